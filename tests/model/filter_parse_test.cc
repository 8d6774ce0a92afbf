// What is no filter, and what a refusal says; and what a face may build.
#include <gmock/gmock.h>

#include "broker/model/filter.h"
#include "broker/model/filter_node.h"
#include "broker/model/limits.h"

namespace broker::model {
namespace {

using testing::HasSubstr;

std::string Refusal(const Result<Filter>& filter) {
  if (filter.ok()) return "it is the filter " + filter->text();
  EXPECT_EQ(filter.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(filter.error().reason, "INVALID_FILTER");
  return filter.error().message;
}

struct Case {
  std::string filter;
  std::string refusal;
};

class Wrong : public testing::TestWithParam<Case> {};
TEST_P(Wrong, IsRefusedWithItsPlace) { EXPECT_THAT(Refusal(Filter::Parse(GetParam().filter)), HasSubstr(GetParam().refusal)); }
INSTANTIATE_TEST_SUITE_P(
    Table, Wrong,
    testing::Values(
        Case{"", "at character 1: found the end, expected a condition"}, Case{"   ", "at character 4: found the end"},
        Case{"attributes", "at character 11: found the end, expected \".\" or \":\" and a name"},
        Case{"attributes.a", "at character 13: found the end, expected one of = != < <= > >="},
        Case{"attributes.a ~ 1", "at character 14: found \"~\", expected one of = != < <= > >="},
        Case{"attributes.a = ", "found the end, expected a text in quotes, a number, true"},
        Case{"attributes.a = red", "at character 16: found \"red\", expected a text in quotes"},
        Case{"attributes.a = 'red'", "at character 16: found \"'\""}, Case{R"(attributes.a = "red)", "at character 16: a text that does not end"},
        Case{R"(attributes.a = "\x")", "at character 17: a wrong escape"}, Case{R"(attributes.a = "\ud800")", "a wrong escape"},
        Case{R"(attributes.a = "\udc00\ud800")", "a wrong escape"}, Case{R"(attributes.a = "\u12")", "a wrong escape"},
        Case{"attributes.a = 01", "found \"01\", expected a number"}, Case{"attributes.a = 1.", "expected a number"},
        Case{"attributes.a = 1x", "found \"1x\", expected a number"}, Case{"attributes.a = -", "found \"-\""},
        Case{"attributes.a > \"x\"", "at character 16: found \"\"\", expected a number"}, Case{"attributes.a => 1", "found \">\""},
        Case{"attributes.1 = 1", "at character 12: found \"1\", expected a name, quoted"},
        Case{"attributes.a.b = 1", "at character 13: found \".\", expected one of ="},
        Case{"body = 1", "at character 6: found \"=\", expected \".\" or \":\" and a path"}, Case{"body. = 1", "expected a name, quoted"},
        Case{R"(body."" = 1)", "a path into the body that is empty"}, Case{R"(attributes:"")", "the name of an attribute that is empty"},
        Case{"subject = 1", "at character 1: found \"subject\", expected a condition"},
        Case{"attributes:a AND", "found the end, expected a condition"}, Case{"attributes:a and attributes:b", "at character 14: found \"and\", expected AND, OR or the end"},
        Case{"attributes:a AND attributes:b OR attributes:c", "at character 31: AND and OR side by side; expected parentheses"},
        Case{"attributes:a attributes:b", "expected AND, OR or the end"}, Case{"attributes:a OR attributes:b)", "found \")\", expected OR or the end"},
        Case{"(attributes:a", "found the end, expected AND, OR or \")\""}, Case{"(attributes:a AND attributes:b x", "expected AND or \")\""},
        Case{"NOT", "found the end, expected a condition"}, Case{"hasPrefix(attributes.a)", "found \")\", expected \",\""},
        Case{"hasPrefix(attributes:a, \"x\")", "found \":\""}, Case{"hasSuffix(attributes.a, \"x\")", "at character 1: found \"hasSuffix\", expected a condition"},
        Case{"attributes.a = contains(\"x\")", "at character 16: found \"contains\", expected a text in quotes, a number, true, false, null, prefix"},
        Case{"attributes.a = prefix(1)", "expected a text in quotes"}, Case{"attributes.a = prefix(\"x\"", "expected \")\""},
        Case{"attributes.a = range()", "found \")\", expected one of < <= > >="}, Case{"attributes.a = range(> 1, > 2)", "a second bound of the same side"},
        Case{"attributes.a = range(> 1, < 2, < 3)", "found \",\", expected \")\""}, Case{"attributes.a = range(> 1; < 2)", "expected \",\" or \")\""},
        Case{"attributes.a = anythingBut()", "found \")\""}, Case{"attributes.a = anythingBut(1 2)", "expected \",\" or \")\""},
        Case{R"(attributes.a = network("10.0.0.0/33"))", "\"10.0.0.0/33\" where a network is needed"},
        Case{"isObject(attributes)", "found \"attributes\", expected body"}, Case{"text(body.a) = 1", "found \"body\", expected attributes.NAME"},
        Case{"text(attributes.a = 1", "expected \")\""}, Case{"attributes.\xc3\xa9 = 1", "found \"\xc3\xa9\""},
        Case{"attributes.a = \"\xff\"", "not valid UTF-8"}));

TEST(FilterLimits, AreNamed) {
  const std::string name(kMaxAttributeNameBytes, 'n');
  EXPECT_TRUE(Filter::Parse("attributes:" + name).ok());
  EXPECT_THAT(Refusal(Filter::Parse("attributes:" + name + "n")), HasSubstr("the name of an attribute of 257 bytes"));
  EXPECT_THAT(Refusal(Filter::Parse("attributes:" + name + "n")), HasSubstr("at most 256"));
  EXPECT_THAT(Refusal(Filter::Parse("body:" + std::string(1'025, 'p'))), HasSubstr("1025 bytes"));
  EXPECT_TRUE(Filter::Parse("attributes.a = \"" + std::string(kMaxFilterValueBytes, 'v') + '"').ok());
  EXPECT_THAT(Refusal(Filter::Parse("attributes.a = \"" + std::string(kMaxFilterValueBytes + 1, 'v') + '"')),
              HasSubstr("a value of 16385 bytes"));
  EXPECT_THAT(Refusal(Filter::Parse(std::string(kMaxFilterBytes + 1, ' '))), HasSubstr("has 262145 bytes; at most 262144"));
}

TEST(FilterLimits, OfDepth) {
  const auto nested = [](std::size_t parentheses) {
    return std::string(parentheses, '(') + "attributes:a" + std::string(parentheses, ')');
  };
  const auto negated = [](std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += "NOT ";
    return text + "attributes.a = 1";
  };
  const auto excluded = [](std::size_t times) {
    std::string text = "attributes.a = ";
    for (std::size_t i = 0; i < times; ++i) text += "anythingBut(";
    return text + "1" + std::string(times, ')');
  };
  EXPECT_TRUE(Filter::Parse(nested(31)).ok());
  EXPECT_THAT(Refusal(Filter::Parse(nested(32))), HasSubstr("more than 32 levels of nesting"));
  EXPECT_TRUE(Filter::Parse(negated(31)).ok());
  EXPECT_THAT(Refusal(Filter::Parse(negated(32))), HasSubstr("more than 32 levels"));
  EXPECT_TRUE(Filter::Parse(excluded(31)).ok());
  EXPECT_THAT(Refusal(Filter::Parse(excluded(32))), HasSubstr("more than 32 levels"));
  EXPECT_THAT(Refusal(Filter::Parse(nested(100'000))), HasSubstr("more than 32 levels"));
}

TEST(FilterLimits, OfNodes) {
  const auto joined = [](std::size_t conditions) {
    std::string text = "attributes:a";
    for (std::size_t i = 1; i < conditions; ++i) text += " OR attributes:a";
    return text;
  };
  EXPECT_TRUE(Filter::Parse(joined(kMaxFilterNodes - 1)).ok());
  EXPECT_THAT(Refusal(Filter::Parse(joined(kMaxFilterNodes))), HasSubstr("more than 2000 conditions and values"));
}

TEST(FilterText, IsWrittenInOneWay) {
  const auto text = [](std::string_view filter) { return Filter::Parse(filter)->text(); };
  EXPECT_EQ(text("  ((attributes:a))AND(body:b) "), "attributes:a AND body:b");
  EXPECT_EQ(text("hasPrefix(attributes.\"a\",\"x\")"), "attributes.a = prefix(\"x\")");
  EXPECT_EQ(text("-attributes.\"a b\"!=1.0"), "NOT NOT attributes.\"a b\" = 1.0");
  EXPECT_EQ(text("body.\"a.b\".c<5"), "body.a.b.c < 5");
  EXPECT_EQ(text("body.a=range(<=10,>0)"), "body.a = range(> 0, <= 10)");
  EXPECT_EQ(text("body.a=range(>=10)"), "body.a >= 10");
  EXPECT_EQ(text("attributes.a=\"\\u0041\\u00e9\\n\\/\""), "attributes.a = \"A\xc3\xa9\\u000a/\"");
  EXPECT_EQ(text("(attributes:a AND attributes:b) OR NOT (attributes:c OR attributes:d)"),
            "(attributes:a AND attributes:b) OR NOT (attributes:c OR attributes:d)");
}

TEST(FilterNodes, AreWhatTheyAreWrittenAs) {
  const auto made = [](FilterNode node) {
    auto filter = Filter::Make(std::move(node));
    return filter.ok() ? filter->text() : filter.error().message;
  };
  const FilterOperand a = FilterOperand::Attribute("a");
  EXPECT_EQ(made(FilterNode::Exists(FilterOperand::AttributeText("a"))), "attributes:a");
  EXPECT_EQ(made(FilterNode::All({FilterNode::BodyIsObject()})), "isObject(body)");
  EXPECT_EQ(made(FilterNode::Any({FilterNode::Where(a, FilterTest::Boolean(true)), FilterNode::Where(a, FilterTest::Null())})),
            "attributes.a = true OR attributes.a = null");
  EXPECT_EQ(made(FilterNode::Where(a, FilterTest::AnythingBut({FilterTest::Range(FilterBound{"1", true}, {})}))),
            "attributes.a = anythingBut(range(>= 1))");
}

TEST(FilterNodes, AreChecked) {
  const auto refusal = [](FilterNode node) { return Refusal(Filter::Make(std::move(node))); };
  const FilterOperand a = FilterOperand::Attribute("a");
  EXPECT_THAT(refusal(FilterNode::All({})), HasSubstr("an AND or OR of nothing"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::AnythingBut({}))), HasSubstr("anythingBut of nothing"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Range({}, {}))), HasSubstr("a range without a bound"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Number("+1"))), HasSubstr("\"+1\" where a number is needed"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Number(""))), HasSubstr("where a number is needed"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Range(FilterBound{"x"}, {}))), HasSubstr("\"x\" where a number is needed"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Network("x/8"))), HasSubstr("\"x/8\" where a network is needed"));
  EXPECT_THAT(refusal(FilterNode::Where(a, FilterTest::Text("\xff"))), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(refusal(FilterNode::Exists(FilterOperand::Body(""))), HasSubstr("a path into the body that is empty"));
  EXPECT_THAT(refusal(FilterNode::Exists(FilterOperand::Body("\xff"))), HasSubstr("not valid UTF-8"));
  FilterNode deep = FilterNode::Exists(a);
  for (std::size_t i = 0; i < kMaxFilterDepth; ++i) deep = FilterNode::Not(std::move(deep));
  EXPECT_THAT(refusal(std::move(deep)), HasSubstr("more than 32 levels"));
}

}  // namespace
}  // namespace broker::model
