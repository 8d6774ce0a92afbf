// What each condition of a filter means: one line each of what passes and what does not.
#include <gtest/gtest.h>

#include "broker/model/filter.h"
#include "broker/model/filter_node.h"

namespace broker::model {
namespace {

Filter Parsed(std::string_view text) {
  auto filter = Filter::Parse(text);
  EXPECT_TRUE(filter.ok()) << text << ": " << (filter.ok() ? "" : filter.error().message);
  return filter.ok() ? *std::move(filter) : *Filter::Parse("attributes:x");
}

struct Case {
  std::string filter;
  std::string subject;  // the attribute "a" or the body
  bool passes;
};

// ---- a text attribute "a"
class OfAText : public testing::TestWithParam<Case> {};
TEST_P(OfAText, Passes) {
  EXPECT_EQ(Parsed(GetParam().filter).Matches({.attributes = {{"a", {AttributeKind::kText, GetParam().subject}}}}), GetParam().passes);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OfAText,
    testing::Values(
        Case{R"(attributes.a = "red")", "red", true}, Case{R"(attributes.a = "red")", "Red", false},
        Case{R"(attributes.a = "red")", "reddish", false}, Case{R"(attributes.a = "")", "", true},
        Case{R"(attributes.a != "red")", "blue", true}, Case{R"(attributes.a != "red")", "red", false},
        Case{R"(attributes.b != "red")", "red", true}, Case{R"(attributes.b = "red")", "red", false},
        Case{R"(attributes:a)", "", true}, Case{R"(attributes:b)", "x", false},
        Case{R"(NOT attributes:b)", "x", true}, Case{R"(-attributes:a)", "x", false},
        Case{R"(hasPrefix(attributes.a, "re"))", "red", true}, Case{R"(hasPrefix(attributes.a, "ed"))", "red", false},
        Case{R"(attributes.a = prefix("red"))", "red", true}, Case{R"(attributes.a = prefix("redd"))", "red", false},
        Case{R"(attributes.a = prefix(""))", "red", true}, Case{R"(attributes.a = suffix("ed"))", "red", true},
        Case{R"(attributes.a = suffix("re"))", "red", false}, Case{R"(attributes.a = suffix("a red"))", "red", false},
        Case{R"(attributes.a = ignoreCase("RED"))", "rEd", true}, Case{R"(attributes.a = ignoreCase("RED"))", "re", false},
        Case{R"(attributes.a = ignoreCase("é"))", "É", false},
        Case{R"(attributes.a = network("10.0.0.0/24"))", "10.0.0.255", true},
        Case{R"(attributes.a = network("10.0.0.0/24"))", "10.0.1.0", false},
        Case{R"(attributes.a = network("10.0.0.0/24"))", "home", false},
        Case{R"(attributes.a = network("2001:db8::/32"))", "2001:db8::7", true},
        Case{R"(attributes.a = anythingBut("red", "blue"))", "green", true},
        Case{R"(attributes.a = anythingBut("red", "blue"))", "blue", false},
        Case{R"(attributes.b = anythingBut("red"))", "green", false},
        Case{R"(attributes.a = anythingBut(prefix("re")))", "red", false},
        Case{R"(attributes.a = anythingBut(prefix("re")))", "blue", true},
        Case{R"(attributes.a = anythingBut(suffix("ed"), ignoreCase("BLUE")))", "blue", false},
        Case{R"(attributes.a = anythingBut(100))", "red", true},
        Case{R"(attributes.a = 1)", "1", false}, Case{R"(attributes.a > 0)", "1", false},
        Case{R"(attributes.a = true)", "true", false}, Case{R"(attributes.a = null)", "null", false},
        Case{R"(text(attributes.a) = "red")", "red", true},
        Case{R"(attributes.a = "red" AND attributes:a)", "red", true},
        Case{R"(attributes.a = "red" AND attributes:b)", "red", false},
        Case{R"(attributes.a = "blue" OR attributes.a = "red")", "red", true},
        Case{R"(attributes.a = "blue" OR attributes.a = "green")", "red", false},
        Case{R"(NOT (attributes.a = "blue" OR attributes.a = "green"))", "red", true},
        Case{R"((attributes:b OR attributes:a) AND NOT NOT attributes.a = "red")", "red", true},
        Case{R"(attributes.a = "say \"hi\"\\\u00e9\uD83D\uDE00\n")", "say \"hi\"\\é😀\n", true},
        Case{R"(attributes."a" = "red")", "red", true}));

// ---- a number attribute "a"
class OfANumber : public testing::TestWithParam<Case> {};
TEST_P(OfANumber, Passes) {
  EXPECT_EQ(Parsed(GetParam().filter).Matches({.attributes = {{"a", {AttributeKind::kNumber, GetParam().subject}}}}), GetParam().passes);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OfANumber,
    testing::Values(
        Case{"attributes.a = 100", "100", true}, Case{"attributes.a = 100", "1.00e2", true},
        Case{"attributes.a = 100", "100.1", false}, Case{"attributes.a = -1.50", "-1.5", true},
        Case{"attributes.a != 100", "100", false}, Case{"attributes.a != 100", "99", true},
        Case{"attributes.a < 1", "0.99", true}, Case{"attributes.a < 1", "1", false},
        Case{"attributes.a <= 1", "1.0", true}, Case{"attributes.a <= 1", "1.01", false},
        Case{"attributes.a > -1", "0", true}, Case{"attributes.a > -1", "-1", false},
        Case{"attributes.a >= -1", "-1", true}, Case{"attributes.a >= -1", "-2", false},
        Case{"attributes.a = range(> 0, <= 10)", "10", true}, Case{"attributes.a = range(> 0, <= 10)", "0", false},
        Case{"attributes.a = range(<= 10, > 0)", "5", true}, Case{"attributes.a = range(>= 5)", "5", true},
        Case{"attributes.a = 12345678901234567890123456789012345678", "12345678901234567890123456789012345678", true},
        Case{"attributes.a = 12345678901234567890123456789012345678", "12345678901234567890123456789012345679", false},
        Case{"attributes.a = anythingBut(1, 2)", "3", true}, Case{"attributes.a = anythingBut(1, 2)", "2.0", false},
        Case{"attributes.a = anythingBut(range(> 5))", "6", false},
        Case{R"(attributes.a = anythingBut("1"))", "1", true},
        Case{R"(attributes.a = "100")", "100", false}, Case{R"(text(attributes.a) = "100")", "100", true},
        Case{R"(text(attributes.a) = prefix("10"))", "100", true}, Case{"text(attributes.a) = 100", "100", false},
        Case{"attributes:a", "1", true}));

// ---- a list "a"
class OfAList : public testing::TestWithParam<Case> {};
TEST_P(OfAList, PassesIfAnyElementDoes) {
  EXPECT_EQ(Parsed(GetParam().filter).Matches({.attributes = {{"a", {AttributeKind::kText, GetParam().subject, "String.Array"}}}}),
            GetParam().passes);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OfAList,
    testing::Values(Case{R"(attributes.a = "red")", R"(["blue","red"])", true},
                    Case{R"(attributes.a = "red")", R"(["blue"])", false}, Case{R"(attributes.a = "red")", "[]", false},
                    Case{R"(attributes.a = 1.0)", R"(["blue",1])", true}, Case{R"(attributes.a = true)", "[false,true]", true},
                    Case{R"(attributes.a = false)", "[true]", false}, Case{R"(attributes.a = null)", "[null]", true},
                    Case{R"(attributes.a = anythingBut("red"))", R"(["red","blue"])", true},
                    Case{R"(attributes.a = anythingBut("red"))", R"(["red"])", false},
                    Case{R"(attributes.a = anythingBut("red"))", "[]", false},
                    Case{R"(attributes.a = range(> 1, < 3))", "[1,3]", false},
                    Case{R"(attributes.a = "red")", R"([["red"]])", true}, Case{"attributes:a", "[]", true},
                    Case{R"(attributes.a = "red")", "red", true}, Case{R"(attributes.a = "[not json")", "[not json", true},
                    Case{R"(attributes.a = "{}")", "{}", true},
                    Case{R"(text(attributes.a) = "[1]")", "[1]", true}));

TEST(FilterMatch, BytesAreThereAndHaveNoValue) {
  const MessageContent content{.attributes = {{"a", {AttributeKind::kBytes, "red"}}}};
  EXPECT_TRUE(Parsed("attributes:a").Matches(content));
  EXPECT_FALSE(Parsed(R"(attributes.a = "red")").Matches(content));
  EXPECT_FALSE(Parsed(R"(attributes.a = anythingBut("blue"))").Matches(content));
  EXPECT_TRUE(Parsed(R"(text(attributes.a) = "red")").Matches(content));
}

// ---- the body
class OfABody : public testing::TestWithParam<Case> {};
TEST_P(OfABody, Passes) {
  EXPECT_EQ(Parsed(GetParam().filter).Matches({.body = GetParam().subject}), GetParam().passes);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OfABody,
    testing::Values(
        Case{R"(body.a = "red")", R"({"a":"red"})", true}, Case{R"(body.a = "red")", R"({"b":"red"})", false},
        Case{R"(body.a = "red")", R"({"a":["blue","red"]})", true}, Case{R"(body.a = "red")", R"({"a":{"b":"red"}})", false},
        Case{R"(body.a.b = "red")", R"({"a":{"b":"red"}})", true}, Case{R"(body.a.b = "red")", R"({"a.b":"red"})", true},
        Case{R"(body.a.b.c = 1)", R"({"a.b":{"c":1}})", true}, Case{R"(body.a.b.c = 1)", R"({"a":{"b.c":1}})", true},
        Case{R"(body."a.b" = "red")", R"({"a":{"b":"red"}})", true}, Case{R"(body.a.b = 2)", R"({"a":[{"b":1},{"b":2}]})", true},
        Case{R"(body.a.b = 3)", R"({"a":[{"b":1},{"b":2}]})", false}, Case{R"(body.a = 1)", R"({"a":1.0})", true},
        Case{R"(body.a = 0.1)", R"({"a":0.1000000000000000000000001})", false},
        Case{R"(body.a = 9007199254740993)", R"({"a":9007199254740992})", false},
        Case{R"(body.a = 1e400)", R"({"a":10e399})", true}, Case{R"(body.a = 1)", R"({"a":"1"})", false},
        Case{R"(body.a = "1")", R"({"a":1})", false}, Case{R"(body.a = true)", R"({"a":true})", true},
        Case{R"(body.a = false)", R"({"a":true})", false}, Case{R"(body.a = null)", R"({"a":null})", true},
        Case{R"(body.a = null)", R"({})", false}, Case{R"(body:a)", R"({"a":null})", true},
        Case{R"(body:a)", R"({"a":{"b":1}})", false}, Case{R"(body:a)", R"({"a":{}})", false},
        Case{R"(body:a)", R"({"a":[]})", false}, Case{R"(NOT body:a)", R"({"b":1})", true},
        Case{R"(body.a > 5)", R"({"a":[1,6]})", true}, Case{R"(body.a = range(> 5, < 6))", R"({"a":[1,10]})", false},
        Case{R"(body.a = prefix("re"))", R"({"a":"red"})", true}, Case{R"(body.a = suffix("ed"))", R"({"a":"red"})", true},
        Case{R"(body.a = ignoreCase("RED"))", R"({"a":"red"})", true},
        Case{R"(body.a = network("10.0.0.0/8"))", R"({"a":"10.1.1.1"})", true},
        Case{R"(body.a = anythingBut("x", null))", R"({"a":[null,"y"]})", true},
        Case{R"(body.a = anythingBut("x", null))", R"({"a":null})", false},
        Case{R"(body.a = "\u00e9")", R"({"a":"\u00e9"})", true}, Case{R"(body.a = 1)", R"({"a":2,"a":1})", true},
        Case{R"(body.a = 1)", R"({"a":1} )", true}, Case{R"(body.a = 1)", R"({"a":1} x)", false},
        Case{R"(body.a = 1)", R"([{"a":1}])", false}, Case{R"(body.a = 1)", "", false}, Case{R"(NOT body.a = 1)", "not json", true},
        Case{R"(isObject(body))", "{}", true}, Case{R"(isObject(body))", "[]", false}, Case{R"(isObject(body))", "{", false},
        Case{R"(isObject(body) AND NOT body:a)", "not json", false}));

TEST(FilterMatch, ReadsABodyOnceForManyFilters) {
  const MessageContent content{.body = R"({"a":1,"b":2})"};
  const FilterInput input(content);
  EXPECT_TRUE(Parsed("body.a = 1").Matches(input));
  const JsonTree* tree = input.body();
  EXPECT_TRUE(Parsed("body.b = 2").Matches(input));
  EXPECT_EQ(input.body(), tree);
}

TEST(FilterMatch, KnowsWhetherItReadsBodies) {
  EXPECT_FALSE(Parsed(R"(attributes:a AND text(attributes.b) = "x")").reads_body());
  EXPECT_TRUE(Parsed("attributes:a OR body.a = 1").reads_body());
  EXPECT_TRUE(Parsed("NOT body:a").reads_body());
  EXPECT_TRUE(Parsed("isObject(body)").reads_body());
}

TEST(FilterMatch, ABodyThatNestsTooDeepIsNoJson) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + "1" + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(Parsed("body.a = 1").Matches({.body = nested(100)}));
  EXPECT_FALSE(Parsed("body.a = 1").Matches({.body = nested(101)}));
  EXPECT_FALSE(Parsed("body.a = 1").Matches({.body = nested(1'000'000)}));
}

TEST(FilterMatch, ABodyOfTooManyValuesIsNoJson) {
  const auto listed = [](std::size_t values) {
    std::string body = R"({"a":[)";
    for (std::size_t i = 0; i < values; ++i) body += i == 0 ? "1" : ",1";
    return body + "]}";
  };
  EXPECT_TRUE(Parsed("body.a = 1").Matches({.body = listed(249'998)}));
  EXPECT_FALSE(Parsed("body.a = 1").Matches({.body = listed(249'999)}));
}

}  // namespace
}  // namespace broker::model
