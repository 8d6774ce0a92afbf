#include "broker/model/namespaces.h"

#include <gmock/gmock.h>

namespace broker::model {
namespace {

using Entries = std::map<std::string, std::string, std::less<>>;

struct Case {
  Entries entries;
  const char* id;
  const char* expected;
};
class ResolveTest : public ::testing::TestWithParam<Case> {};

TEST_P(ResolveTest, FindsTheNamespace) {
  const auto aliases = NamespaceAliases::Make(GetParam().entries);
  ASSERT_TRUE(aliases.ok()) << aliases.error().message;
  EXPECT_EQ(aliases->Resolve(GetParam().id), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResolveTest,
    ::testing::Values(Case{{}, "", "default"},                                   //
                      Case{{}, "default", "default"},                            //
                      Case{{}, "000000000000", "default"},                       //
                      Case{{}, "123456789012", "123456789012"},                  //
                      Case{{{"123456789012", "default"}}, "123456789012", "default"},
                      Case{{{"123456789012", "default"}}, "999999999999", "999999999999"},
                      Case{{{"123456789012", "a"}, {"*", "b"}}, "123456789012", "a"},
                      Case{{{"123456789012", "a"}, {"*", "b"}}, "other", "b"},
                      Case{{{"*", "b"}}, "", "b"},                               // * is every other id, also this one
                      Case{{{"*", "b"}, {"default", "default"}}, "000000000000", "default"},
                      Case{{{"000000000000", "main"}}, "default", "main"},
                      Case{{{"a", "b"}, {"b", "c"}}, "a", "b"},                  // looked up once
                      Case{{{"a", "000000000000"}}, "a", "default"},
                      Case{{}, "no name", "no name"}));                          // left for the engine to refuse

TEST(NamespaceAliasesTest, WhatIsNoNameIsRefused) {
  EXPECT_FALSE(NamespaceAliases::Make({{"a b", "default"}}).ok());
  EXPECT_FALSE(NamespaceAliases::Make({{"", "default"}}).ok());
  EXPECT_FALSE(NamespaceAliases::Make({{"a", "*"}}).ok());
  EXPECT_FALSE(NamespaceAliases::Make({{"a", ""}}).ok());
  const auto two = NamespaceAliases::Make({{"a", "b c"}, {"x y", "z"}});
  ASSERT_FALSE(two.ok());
  EXPECT_EQ(two.error().violations.size(), 2u);
  EXPECT_THAT(two.error().message, ::testing::HasSubstr("b c"));
}

TEST(NamespaceAliasesTest, TwoNamesOfOneIdMustAgree) {
  EXPECT_FALSE(NamespaceAliases::Make({{"default", "a"}, {"000000000000", "b"}}).ok());
  EXPECT_TRUE(NamespaceAliases::Make({{"default", "a"}, {"000000000000", "a"}}).ok());
}

}  // namespace
}  // namespace broker::model
