#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/base64.h"
#include "cli/confirm.h"
#include "cli/message_input.h"
#include "cli/suggest.h"
#include "tests/cli/fake_terminal.h"
#include "tests/cli/temp_folder.h"

namespace broker::cli {
namespace {

struct GoodAttribute {
  const char* text;
  const char* name;
  AttributeKind kind;
  const char* value;
};

class GoodAttributes : public testing::TestWithParam<GoodAttribute> {};

TEST_P(GoodAttributes, AreReadAsTyped) {
  const auto attribute = ParseAttribute(GetParam().text);
  ASSERT_TRUE(attribute.ok()) << attribute.error().message;
  EXPECT_EQ(attribute->name, GetParam().name);
  EXPECT_EQ(attribute->kind, GetParam().kind);
  EXPECT_EQ(attribute->value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodAttributes,
    testing::Values(GoodAttribute{"kind=created", "kind", AttributeKind::kText, "created"},
                    GoodAttribute{"kind=", "kind", AttributeKind::kText, ""},
                    GoodAttribute{"expr=a=b", "expr", AttributeKind::kText, "a=b"},
                    GoodAttribute{"url:x=1", "url:x", AttributeKind::kText, "1"},
                    GoodAttribute{"a:text=1", "a", AttributeKind::kText, "1"},
                    GoodAttribute{"price:number=-12.50", "price", AttributeKind::kNumber, "-12.50"},
                    GoodAttribute{"n:number=12345678901234567890123456789012345678", "n", AttributeKind::kNumber,
                                  "12345678901234567890123456789012345678"},
                    GoodAttribute{"n:number=.5e-3", "n", AttributeKind::kNumber, ".5e-3"},
                    GoodAttribute{"b:bytes=aGk=", "b", AttributeKind::kBytes, "hi"}));

class BadAttributes : public testing::TestWithParam<const char*> {};

TEST_P(BadAttributes, AreRefusedWithTheFlagAndTheText) {
  const auto attribute = ParseAttribute(GetParam());
  ASSERT_FALSE(attribute.ok());
  EXPECT_EQ(attribute.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(attribute.error().message.find("--attribute"), std::string::npos);
  EXPECT_NE(attribute.error().message.find(GetParam()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, BadAttributes,
                         testing::Values("kind", "=x", ":number=1", "n:number=", "n:number=1x", "n:number=e5",
                                         "n:number=1e", "n:number=.", "b:bytes=a", "b:bytes=a$==", "b:bytes=aGk=="));

TEST(Body, IsItself) {
  std::istringstream in("typed");
  EXPECT_EQ(*ReadBody("--body", "{\"a\":1}", in), "{\"a\":1}");
  EXPECT_EQ(*ReadBody("--body", "", in), "");
  EXPECT_EQ(*ReadBody("--body", "@@home", in), "@home");
}

TEST(Body, DashReadsStandardInputToTheEndWithItsBytes) {
  const std::string bytes("a\0b\n\xFF\n", 6);
  std::istringstream in(bytes);
  EXPECT_EQ(*ReadBody("--body", "-", in), bytes);
  std::istringstream nothing;
  EXPECT_EQ(*ReadBody("--body", "-", nothing), "");
}

TEST(Body, AtReadsAFile) {
  TempFolder folder;
  const std::string bytes("x\0y\n", 4);
  std::ofstream(folder.File("body")) << bytes;
  std::ofstream(folder.File("empty")).flush();
  std::istringstream in;
  EXPECT_EQ(*ReadBody("--body", "@" + folder.File("body"), in), bytes);
  EXPECT_EQ(*ReadBody("--body", "@" + folder.File("empty"), in), "");
}

TEST(Body, AMissingFileIsNamed) {
  std::istringstream in;
  const auto body = ReadBody("--body", "@/nonexistent/file", in);
  ASSERT_FALSE(body.ok());
  EXPECT_NE(body.error().message.find("/nonexistent/file"), std::string::npos);
  EXPECT_FALSE(ReadBody("--body", "@/", in).ok());
}

TEST(Body, OfMoreThanAMessageMayHaveIsRefused) {
  std::istringstream most(std::string(kMaxBodyBytes, 'x'));
  EXPECT_EQ(ReadBody("--body", "-", most)->size(), kMaxBodyBytes);
  std::istringstream more(std::string(kMaxBodyBytes + 1, 'x'));
  const auto refused = ReadBody("--body", "-", more);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("standard input has more than 10485760 bytes"), std::string::npos);
  EXPECT_FALSE(ReadBody("--body", "@/dev/zero", more).ok());  // which has no end
}

TEST(Body, ThatCannotBeReadIsNoEmptyBody) {
  struct Broken : std::streambuf {
    int_type underflow() override { throw std::ios_base::failure("broken"); }
  } broken;
  std::istream in(&broken);
  EXPECT_FALSE(ReadBody("--body", "-", in).ok());
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64, KnownTexts) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(DecodeBase64("Zg"), "f");
  EXPECT_EQ(DecodeBase64("_-8"), "\xFF\xEF");
  EXPECT_EQ(DecodeBase64("Z"), std::nullopt);
  EXPECT_EQ(DecodeBase64("Zg=a"), std::nullopt);
  EXPECT_EQ(DecodeBase64("===="), std::nullopt);
}

TEST(Suggest, CountsEdits) {
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("billing", "billing"), 0u);
  EXPECT_EQ(EditDistance("biling", "billing"), 1u);
  EXPECT_EQ(EditDistance("iblling", "billing"), 1u);
  EXPECT_EQ(EditDistance("orders", "order-x"), 2u);
}

TEST(Suggest, OffersWhatIsCloseBestFirst) {
  const std::vector<std::string> names{"email", "billing-dlq", "billing", "inventory"};
  EXPECT_EQ(Similar("biling", names), (std::vector<std::string>{"billing"}));
  EXPECT_EQ(Similar("billing-", names), (std::vector<std::string>{"billing", "billing-dlq"}));
  EXPECT_EQ(Similar("bill", names), (std::vector<std::string>{"billing", "billing-dlq"}));
  EXPECT_TRUE(Similar("zzz", names).empty());
}

TEST(Confirm, YesAsksNothing) {
  FakeTerminal terminal;
  EXPECT_TRUE(Confirm(terminal, "Delete queue billing?", true));
  EXPECT_EQ(terminal.err.str(), "");
}

TEST(Confirm, WithoutATerminalRefusesAndHintsAtYes) {
  FakeTerminal terminal;
  terminal.in.str("y\n");
  EXPECT_FALSE(Confirm(terminal, "Delete queue billing?", false));
  EXPECT_NE(terminal.err.str().find("--yes"), std::string::npos);
}

TEST(Confirm, OnATerminalOnlyYesConfirms) {
  for (const char* answer : {"y\n", "Y\n", "yes\n", "n\n", "\n", "", "yeah\n"}) {
    FakeTerminal terminal;
    terminal.in_is_terminal = true;
    terminal.in.str(answer);
    const std::string text = answer;
    EXPECT_EQ(Confirm(terminal, "Delete?", false), text == "y\n" || text == "Y\n" || text == "yes\n") << text;
    EXPECT_EQ(terminal.out.str(), "");
  }
}

}  // namespace
}  // namespace broker::cli
