#include "broker/aws/wire/form_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace broker::aws {
namespace {

using ::testing::HasSubstr;

TEST(FormReaderTest, DotsMakeATree) {
  FormReader reader;
  ASSERT_TRUE(reader.Add("Action=Send+Message&A.1.Name=n&A.1.Value.StringValue=v%26w&&Empty=&Bare").ok());
  Value root = reader.Take();
  EXPECT_EQ(root.Find("Action")->text, "Send Message");
  Value& first = *root.Find("A")->Find("1");
  EXPECT_EQ(first.Find("Name")->text, "n");
  EXPECT_EQ(first.Find("Value")->Find("StringValue")->text, "v&w");
  EXPECT_EQ(root.Find("Empty")->text, "");
  EXPECT_EQ(root.Find("Bare")->kind, Value::Kind::kText);
}

TEST(FormReaderTest, QueryAndBodyAreOneForm) {
  FormReader reader;
  ASSERT_TRUE(reader.Add("Action=x").ok());
  ASSERT_TRUE(reader.Add("A.2=b&A.1=a").ok());
  EXPECT_FALSE(reader.Add("Action=y").ok());
}

TEST(FormReaderTest, WhatIsMalformedIsRefusedByName) {
  for (const auto& [form, why] : {std::pair{"a=%zz", "\"a\" is not well percent-encoded"},
                                  {"a%=1", "not well percent-encoded"},
                                  {"a=1&a=2", "\"a\" is there twice"},
                                  {"a=1&a.b=2", "both a value and a structure"},
                                  {"a.b=1&a=2", "\"a\" is there twice"},
                                  {"a..b=1", "empty part"},
                                  {".a=1", "empty part"},
                                  {"a.=1", "empty part"},
                                  {"=1", "empty part"},
                                  {"a=%ff", "\"a\" is not valid UTF-8"},
                                  {"%ff=1", "\"%ff\" is not valid UTF-8"}}) {
    FormReader reader;
    const Status read = reader.Add(form);
    ASSERT_FALSE(read.ok()) << form;
    EXPECT_THAT(read.error().message, HasSubstr(why));
  }
}

TEST(FormReaderTest, TheBoundsHold) {
  std::string deep = "a";
  for (std::size_t i = 1; i < kMaxDepth; ++i) deep += ".a";
  EXPECT_TRUE(FormReader().Add(deep + "=1").ok());
  EXPECT_FALSE(FormReader().Add(deep + ".a=1").ok());

  std::string wide;
  for (std::size_t i = 0; i < kMaxMembers; ++i) wide += fmt::format("a.{}=1&", i);
  EXPECT_TRUE(FormReader().Add(wide).ok());
  EXPECT_FALSE(FormReader().Add(wide + "a.x=1").ok());

  std::string many;
  for (std::size_t i = 0; i < kMaxValues; ++i) many += fmt::format("a{}.{}=1&", i % 900, i);
  EXPECT_FALSE(FormReader().Add(many).ok());
}

}  // namespace
}  // namespace broker::aws
