#include "broker/aws/wire/json_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "broker/aws/wire/json_writer.h"

namespace broker::aws {
namespace {

using Kind = Value::Kind;
using ::testing::HasSubstr;

Value Read(std::string_view text) {
  auto read = ReadJson(text);
  EXPECT_TRUE(read.ok()) << text << ": " << (read.ok() ? "" : read.error().message);
  return read.ok() ? *std::move(read) : Value{};
}

TEST(JsonReaderTest, EveryKindIsTold) {
  Value root = Read(R"( {"t":"x","i":-12,"u":18446744073709551615,"d":1.50e3,"b":true,"f":false,"n":null,)"
                    R"("l":["a",[],{}],"o":{"k":"v"}} )");
  EXPECT_EQ(root.kind, Kind::kObject);
  EXPECT_EQ(root.Find("t")->text, "x");
  EXPECT_EQ(root.Find("i")->kind, Kind::kNumber);
  EXPECT_EQ(root.Find("i")->text, "-12");
  EXPECT_EQ(root.Find("u")->text, "18446744073709551615");
  EXPECT_EQ(root.Find("d")->text, "1.50e3");
  EXPECT_EQ(root.Find("b")->text, "true");
  EXPECT_EQ(root.Find("f")->text, "false");
  EXPECT_EQ(root.Find("f")->kind, Kind::kBoolean);
  EXPECT_EQ(root.Find("n")->kind, Kind::kNull);
  ASSERT_EQ(root.Find("l")->items.size(), 3u);
  EXPECT_EQ(root.Find("l")->items[1].kind, Kind::kList);
  EXPECT_EQ(root.Find("l")->items[2].kind, Kind::kObject);
  EXPECT_EQ(root.Find("o")->Find("k")->text, "v");
  EXPECT_EQ(root.Find("missing"), nullptr);
}

TEST(JsonReaderTest, StringsAreUnescaped) {
  EXPECT_EQ(Read(R"("a\"\\\/\b\f\n\r\t\u0041\u00e4\ud83d\ude00\u0000")").text,
            std::string("a\"\\/\b\f\n\r\tA\xC3\xA4\xF0\x9F\x98\x80", 16) + std::string(1, '\0'));
  EXPECT_EQ(Read("\"" + std::string(1'000'000, 'x') + "\"").text.size(), 1'000'000u);
}

TEST(JsonReaderTest, WhatIsMalformedIsRefused) {
  for (const std::string_view text :
       {"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{'a':1}", "{\"a\" 1}", "nul", "01", "+1", "1.", ".5", "0x1", "NaN",
        "\"", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "// x\n1", "{} {}", "{}x", "[1 2]", "\"\\ud800\"", "\"\\udc00\""}) {
    const auto read = ReadJson(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(read.error().message, HasSubstr("at byte"));
  }
}

TEST(JsonReaderTest, Utf8ThatIsNotValidIsRefused) {
  for (const std::string_view bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    EXPECT_FALSE(ReadJson(fmt::format("{{\"a\":\"{}\"}}", bytes)).ok());
    EXPECT_FALSE(ReadJson(fmt::format("{{\"{}\":1}}", bytes)).ok());
  }
}

TEST(JsonReaderTest, ANameThatIsThereTwiceIsRefused) {
  const auto read = ReadJson(R"({"a":{"b":1,"c":2,"b":3}})");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("\"b\" is there twice"));
  EXPECT_FALSE(ReadJson(R"({"a":1,"\u0061":2})").ok());
  EXPECT_TRUE(ReadJson(R"([{"a":1},{"a":2}])").ok());
}

TEST(JsonReaderTest, TheBoundsHold) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(ReadJson(nested(kMaxDepth)).ok());
  EXPECT_FALSE(ReadJson(nested(kMaxDepth + 1)).ok());
  EXPECT_FALSE(ReadJson(nested(1'000'000)).ok());

  const auto list = [](std::size_t size) {
    std::string text = "[0";
    for (std::size_t i = 1; i < size; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(ReadJson(list(kMaxValues - 1)).ok());
  EXPECT_FALSE(ReadJson(list(kMaxValues)).ok());

  const auto object = [](std::size_t size) {
    std::string text = "{\"0\":0";
    for (std::size_t i = 1; i < size; ++i) text += fmt::format(",\"{}\":0", i);
    return text + "}";
  };
  EXPECT_TRUE(ReadJson(object(kMaxMembers)).ok());
  EXPECT_FALSE(ReadJson(object(kMaxMembers + 1)).ok());
}

TEST(JsonReader, WhatIsReadIsWrittenAgain) {
  for (const std::string text :
       {R"({"a":[1.50,-2e3,true,false,null],"b":{"c":{},"d":[]},"\n\"":"\u0001é"})", R"([[],{}])", R"("a")", "7"}) {
    EXPECT_EQ(ToJson(ReadJson(text).value()), text);
  }
}

}  // namespace
}  // namespace broker::aws
