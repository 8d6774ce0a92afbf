#include "broker/aws/sns/filter_policy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace broker::aws::sns {
namespace {

using ::testing::HasSubstr;

model::MessageContent With(model::Attributes attributes, std::string body = {}) {
  model::MessageContent content;
  content.attributes = std::move(attributes);
  content.body = std::move(body);
  return content;
}
model::Attribute Text(std::string value) { return {model::AttributeKind::kText, std::move(value), {}}; }
model::Attribute Number(std::string value) { return {model::AttributeKind::kNumber, std::move(value), {}}; }
model::Attribute List(std::string value) { return {model::AttributeKind::kText, std::move(value), "String.Array"}; }

bool Passes(const std::string& policy, FilterScope scope, const model::MessageContent& content) {
  const auto filter = CompileFilterPolicy("FilterPolicy", policy, scope);
  EXPECT_TRUE(filter.ok()) << policy << ": " << (filter.ok() ? "" : filter.error().message);
  return filter.ok() && filter->has_value() && (*filter)->Matches(content);
}

struct AttributeCase {
  std::string policy;
  model::Attributes attributes;
  bool passes;
};
class AttributePolicy : public ::testing::TestWithParam<AttributeCase> {};

TEST_P(AttributePolicy, Matches) {
  const auto& [policy, attributes, passes] = GetParam();
  EXPECT_EQ(Passes(policy, FilterScope::kAttributes, With(attributes)), passes) << policy;
}

INSTANTIATE_TEST_SUITE_P(
    All, AttributePolicy,
    ::testing::Values(
        AttributeCase{R"({"kind":["a","b"]})", {{"kind", Text("b")}}, true},
        AttributeCase{R"({"kind":["a","b"]})", {{"kind", Text("c")}}, false},
        AttributeCase{R"({"kind":["a"],"size":[1]})", {{"kind", Text("a")}}, false},
        AttributeCase{R"({"kind":["a"],"size":[1]})", {{"kind", Text("a")}, {"size", Number("1.0")}}, true},
        AttributeCase{R"({"kind":[{"prefix":"or"}]})", {{"kind", Text("order")}}, true},
        AttributeCase{R"({"kind":[{"suffix":"er"}]})", {{"kind", Text("order")}}, true},
        AttributeCase{R"({"kind":[{"equals-ignore-case":"ORDER"}]})", {{"kind", Text("order")}}, true},
        AttributeCase{R"({"kind":[{"anything-but":"a"}]})", {{"kind", Text("b")}}, true},
        AttributeCase{R"({"kind":[{"anything-but":["a","b"]}]})", {{"kind", Text("b")}}, false},
        AttributeCase{R"({"kind":[{"anything-but":"a"}]})", {}, false},
        AttributeCase{R"({"kind":[{"anything-but":{"prefix":"or"}}]})", {{"kind", Text("order")}}, false},
        AttributeCase{R"({"kind":[{"anything-but":{"prefix":"or"}}]})", {{"kind", Text("mail")}}, true},
        AttributeCase{R"({"kind":[{"anything-but":{"suffix":"il"}}]})", {{"kind", Text("mail")}}, false},
        AttributeCase{R"({"size":[{"anything-but":[1,2]}]})", {{"size", Number("3")}}, true},
        AttributeCase{R"({"size":[{"numeric":["=",5]}]})", {{"size", Number("5.0")}}, true},
        AttributeCase{R"({"size":[{"numeric":[">",0,"<=",10]}]})", {{"size", Number("10")}}, true},
        AttributeCase{R"({"size":[{"numeric":[">",0,"<=",10]}]})", {{"size", Number("0")}}, false},
        AttributeCase{R"({"size":[{"numeric":["<",-1e3]}]})", {{"size", Number("-1001")}}, true},
        AttributeCase{R"({"size":["5"]})", {{"size", Number("5")}}, false},
        AttributeCase{R"({"kind":[{"exists":true}]})", {{"kind", Text("x")}}, true},
        AttributeCase{R"({"kind":[{"exists":true}]})", {}, false},
        AttributeCase{R"({"kind":[{"exists":false}]})", {}, true},
        AttributeCase{R"({"kind":["a",{"exists":false}]})", {}, true},
        AttributeCase{R"({"address":[{"cidr":"10.0.0.0/24"}]})", {{"address", Text("10.0.0.255")}}, true},
        AttributeCase{R"({"address":[{"cidr":"10.0.0.0/24"}]})", {{"address", Text("10.0.1.0")}}, false},
        AttributeCase{R"({"kinds":["b"]})", {{"kinds", List(R"(["a","b"])")}}, true},
        AttributeCase{R"({"kinds":[true]})", {{"kinds", List(R"(["a",true])")}}, true},
        AttributeCase{R"({"kinds":[null]})", {{"kinds", List("[null]")}}, true},
        AttributeCase{R"({"kinds":[{"prefix":"z"}]})", {{"kinds", List(R"(["a","b"])")}}, false},
        AttributeCase{R"({"kind":["a"],"$or":[{"size":[1]},{"tint":["red"]}]})",
                      {{"kind", Text("a")}, {"tint", Text("red")}},
                      true},
        AttributeCase{R"({"kind":["a"],"$or":[{"size":[1]},{"tint":["red"]}]})", {{"kind", Text("a")}}, false},
        AttributeCase{R"({"$or":["a"]})", {{"$or", Text("a")}}, true}));

struct BodyCase {
  std::string policy;
  std::string body;
  bool passes;
};
class BodyPolicy : public ::testing::TestWithParam<BodyCase> {};

TEST_P(BodyPolicy, Matches) {
  const auto& [policy, body, passes] = GetParam();
  EXPECT_EQ(Passes(policy, FilterScope::kBody, With({}, body)), passes) << policy << " of " << body;
}

INSTANTIATE_TEST_SUITE_P(
    All, BodyPolicy,
    ::testing::Values(BodyCase{R"({"kind":["a"]})", R"({"kind":"a"})", true}, BodyCase{R"({"kind":["a"]})", "a", false},
                      BodyCase{R"({"kind":["a"]})", R"({"kind":["b","a"]})", true},
                      BodyCase{R"({"order":{"total":[{"numeric":[">",10]}]}})", R"({"order":{"total":11}})", true},
                      BodyCase{R"({"order":{"total":[{"numeric":[">",10]}]}})", R"({"order":{"total":"11"}})", false},
                      BodyCase{R"({"order.total":[11]})", R"({"order":{"total":11}})", true},
                      BodyCase{R"({"order":{"total":[11]}})", R"({"order.total":11})", true},
                      BodyCase{R"({"order":{"lines":{"id":["x"]}}})", R"({"order":{"lines":[{"id":"y"},{"id":"x"}]}})",
                               true},
                      BodyCase{R"({"paid":[true]})", R"({"paid":true})", true},
                      BodyCase{R"({"note":[null]})", R"({"note":null})", true},
                      BodyCase{R"({"kind":[{"exists":false}]})", R"({"other":1})", true},
                      BodyCase{R"({"kind":[{"exists":false}]})", "no JSON", false},
                      BodyCase{R"({"o":{"$or":[{"a":[1]},{"b":[2]}]}})", R"({"o":{"b":2}})", true},
                      BodyCase{R"({"o":{"$or":[{"a":[1]},{"b":[2]}]}})", R"({"o":{"b":3}})", false}));

struct RefusedCase {
  std::string policy;
  std::string part;
  FilterScope scope = FilterScope::kAttributes;
};
class RefusedPolicy : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedPolicy, SaysWhy) {
  const auto& [policy, part, scope] = GetParam();
  const auto filter = CompileFilterPolicy("FilterPolicy", policy, scope);
  ASSERT_FALSE(filter.ok()) << policy;
  EXPECT_EQ(filter.error().fault.code, "InvalidParameter");
  EXPECT_THAT(filter.error().message, ::testing::StartsWith("Invalid parameter: FilterPolicy: "));
  EXPECT_THAT(filter.error().message, HasSubstr(part));
}

std::string Values(int count) {
  std::string values;
  for (int i = 0; i < count; ++i) values += fmt::format("{}{}", i > 0 ? "," : "", i);
  return values;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedPolicy,
    ::testing::Values(
        RefusedCase{"{", "failed to parse JSON"}, RefusedCase{"[]", "failed to parse JSON"},
        RefusedCase{R"({"a":"b"})", "\"a\" must be an object or an array"},
        RefusedCase{R"({"a":[]})", "Empty arrays are not allowed"},
        RefusedCase{R"({"a":[["b"]]})", "Match value must be String, number, true, false, or null"},
        RefusedCase{R"({"a":[{"wildcard":"x"}]})", "Unrecognized match type wildcard"},
        RefusedCase{R"({"a":[{"prefix":"x","suffix":"y"}]})", "Only one key allowed in match expression"},
        RefusedCase{R"({"a":[{"prefix":1}]})", "prefix match pattern must be a string"},
        RefusedCase{R"({"a":[{"exists":"yes"}]})", "exists match pattern must be either true or false."},
        RefusedCase{R"({"a":[{"numeric":[]}]})", "Invalid member in numeric match: ]"},
        RefusedCase{R"({"a":[{"numeric":["=","1"]}]})", "Value of = must be numeric"},
        RefusedCase{R"({"a":[{"numeric":["~",1]}]})", "Unrecognized numeric range operator: ~"},
        RefusedCase{R"({"a":[{"numeric":[">",1,"<",2,"<",3]}]})", "Too many elements in numeric expression"},
        RefusedCase{R"({"a":[{"numeric":[">",5,"<",1]}]})", "Bottom must be less than top: 5, 1"},
        RefusedCase{R"({"a":[{"numeric":[">=",1,"<=",1.0]}]})", "Bottom must be less than top: 1, 1.0"},
        RefusedCase{R"({"a":[{"cidr":"10.0.0"}]})", "10.0.0"},
        RefusedCase{R"({"a":[{"anything-but":[]}]})", "Value of anything-but must be"},
        RefusedCase{R"({"a":[{"anything-but":{"exists":true}}]})", "Unsupported anything-but pattern: exists"},
        RefusedCase{R"({"a":{"b":["c"]}})",
                    "Filter policy scope MessageAttributes does not support nested filter policy"},
        RefusedCase{R"({"a":{}})", "\"a\" must not be empty", FilterScope::kBody},
        RefusedCase{R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]})", "can not have more than 5 keys"},
        RefusedCase{R"({"a":{"b":[1],"c":[1],"d":[1]},"e":[1],"f":[1],"g":[1]})", "can not have more than 5 keys",
                    FilterScope::kBody},
        RefusedCase{fmt::format(R"({{"a":[{}]}})", Values(151)), "too complex"},
        RefusedCase{fmt::format(R"({{"a":[{}],"b":[{}]}})", Values(76), Values(2)), "too complex"},
        RefusedCase{fmt::format(R"({{"a":{{"b":[{}]}}}})", Values(76)), "too complex", FilterScope::kBody}));

TEST(FilterPolicy, AtTheLimitsIsTaken) {
  for (const std::string& policy :
       {std::string(R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1]})"), fmt::format(R"({{"a":[{}]}})", Values(150)),
        fmt::format(R"({{"a":[{}],"b":[{}]}})", Values(75), Values(2))}) {
    EXPECT_TRUE(CompileFilterPolicy("FilterPolicy", policy, FilterScope::kAttributes).ok()) << policy;
  }
}

TEST(FilterPolicy, WithoutKeysLetsEverythingPass) {
  for (const std::string policy : {"", "{}"}) {
    const auto filter = CompileFilterPolicy("FilterPolicy", policy, FilterScope::kAttributes);
    ASSERT_TRUE(filter.ok());
    EXPECT_FALSE(filter->has_value());
  }
}

}  // namespace
}  // namespace broker::aws::sns
