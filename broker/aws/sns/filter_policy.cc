#include "broker/aws/sns/filter_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/shown.h"
#include "broker/model/decimal.h"
#include "broker/model/filter_node.h"

namespace broker::aws::sns {
namespace {

using model::FilterNode;
using model::FilterOperand;
using model::FilterTest;
using Kind = Value::Kind;

// What is wrong, without the place.
struct Wrong {
  std::string why;
};
template <class T>
using Compiled = Result<T, Wrong>;

// A policy, or the part below a key.
struct Part {
  std::vector<FilterNode> nodes;  // all must hold
  std::size_t keys = 0;
  std::uint64_t combinations = 1;
};

Compiled<std::string> TextOf(std::string_view word, const Value& value) {
  if (value.kind != Kind::kText) return Wrong{fmt::format("{} match pattern must be a string", word)};
  return value.text;
}

Compiled<FilterTest> Scalar(const Value& value) {
  switch (value.kind) {
    case Kind::kText: return FilterTest::Text(value.text);
    case Kind::kNumber: return FilterTest::Number(value.text);
    case Kind::kBoolean: return FilterTest::Boolean(value.text == "true");
    case Kind::kNull: return FilterTest::Null();
    case Kind::kList:
    case Kind::kObject: break;
  }
  return Wrong{"Match value must be String, number, true, false, or null"};
}

// ["=", 1], [">", 0], [">", 0, "<=", 10]
Compiled<FilterTest> Numeric(const Value& value) {
  if (value.kind != Kind::kList) return Wrong{"Value of numeric must be an array."};
  if (value.items.empty()) return Wrong{"Invalid member in numeric match: ]"};
  if (value.items.size() > 4) return Wrong{"Too many elements in numeric expression"};
  std::optional<model::FilterBound> low, high;
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const Value& word = value.items[i];
    if (word.kind != Kind::kText) return Wrong{fmt::format("Invalid member in numeric match: {}", Shown(word.text))};
    const bool equal = word.text == "=";
    const bool above = word.text == ">" || word.text == ">=";
    const bool below = word.text == "<" || word.text == "<=";
    if (!equal && !above && !below)
      return Wrong{fmt::format("Unrecognized numeric range operator: {}", Shown(word.text))};
    if (i + 1 == value.items.size() || value.items[i + 1].kind != Kind::kNumber) {
      return Wrong{fmt::format("Value of {} must be numeric", word.text)};
    }
    const model::FilterBound bound{value.items[i + 1].text, word.text.ends_with('=')};
    if (equal) {
      if (value.items.size() != 2) return Wrong{"Too many elements in numeric expression"};
      return FilterTest::Number(bound.number);
    }
    if ((above && (low || high)) || (below && high)) return Wrong{"Too many terms in numeric range expression"};
    (above ? low : high) = bound;
  }
  if (low && high) {
    const auto bottom = model::Decimal::Parse(low->number);
    const auto top = model::Decimal::Parse(high->number);
    if (bottom && top && *bottom >= *top) {
      return Wrong{fmt::format("Bottom must be less than top: {}, {}", low->number, high->number)};
    }
  }
  return FilterTest::Range(std::move(low), std::move(high));
}

Compiled<FilterTest> TextTest(std::string_view word, const Value& value) {
  auto text = TextOf(word, value);
  if (!text.ok()) return std::move(text).error();
  if (word == "prefix") return FilterTest::Prefix(*std::move(text));
  if (word == "suffix") return FilterTest::Suffix(*std::move(text));
  if (word == "equals-ignore-case") return FilterTest::IgnoreCase(*std::move(text));
  return FilterTest::Network(*std::move(text));  // "cidr"
}

bool IsTextTest(std::string_view word) {
  return word == "prefix" || word == "suffix" || word == "equals-ignore-case" || word == "cidr";
}

Compiled<FilterTest> AnythingBut(const Value& value) {
  std::vector<FilterTest> tests;
  if (value.kind == Kind::kObject) {
    if (value.members.size() != 1) return Wrong{"Only one key allowed in match expression"};
    const Member& only = value.members.front();
    if (!IsTextTest(only.name)) return Wrong{fmt::format("Unsupported anything-but pattern: {}", Shown(only.name))};
    const std::vector<Value> single{only.value};
    for (const Value& each : only.value.kind == Kind::kList ? only.value.items : single) {
      auto test = TextTest(only.name, each);
      if (!test.ok()) return test;
      tests.push_back(*std::move(test));
    }
  } else {
    const std::vector<Value> single{value};
    for (const Value& each : value.kind == Kind::kList ? value.items : single) {
      if (each.kind != Kind::kText && each.kind != Kind::kNumber) {
        return Wrong{"Value of anything-but must be an array or single string/number value."};
      }
      auto test = Scalar(each);
      if (!test.ok()) return test;
      tests.push_back(*std::move(test));
    }
  }
  if (tests.empty()) return Wrong{"Value of anything-but must be an array or single string/number value."};
  return FilterTest::AnythingBut(std::move(tests));
}

Compiled<FilterNode> Test(const FilterOperand& operand, const Value& value) {
  Compiled<FilterTest> test(Wrong{});
  if (value.kind != Kind::kObject) {
    test = Scalar(value);
  } else {
    if (value.members.size() != 1) return Wrong{"Only one key allowed in match expression"};
    const auto& [word, argument] = value.members.front();
    if (word == "exists") {
      if (argument.kind != Kind::kBoolean) return Wrong{"exists match pattern must be either true or false."};
      FilterNode exists = FilterNode::Exists(operand);
      return argument.text == "true" ? std::move(exists) : FilterNode::Not(std::move(exists));
    }
    if (IsTextTest(word)) {
      test = TextTest(word, argument);
    } else if (word == "numeric") {
      test = Numeric(argument);
    } else if (word == "anything-but") {
      test = AnythingBut(argument);
    } else {
      return Wrong{fmt::format("Unrecognized match type {}", Shown(word))};
    }
  }
  if (!test.ok()) return std::move(test).error();
  return FilterNode::Where(operand, *std::move(test));
}

class Compiler {
 public:
  explicit Compiler(FilterScope scope) : scope_(scope) {}

  // `above`: the keys that lead here, joined by dots; `depth` counts them.
  Compiled<Part> Policy(const Value& policy, const std::string& above, std::uint64_t depth) const {
    Part part;
    for (const Member& member : policy.members) {
      auto below = IsOr(member) ? Alternatives(member.value, above, depth)
                                : Key(member.value, above.empty() ? member.name : above + "." + member.name, depth + 1);
      if (!below.ok()) return below;
      for (FilterNode& node : below->nodes) part.nodes.push_back(std::move(node));
      part.keys += below->keys;
      // The product soon passes any limit: kept from overflowing.
      part.combinations = std::min(part.combinations * below->combinations, kMaxFilterCombinations + 1);
    }
    return part;
  }

 private:
  // A list of at least two policies; anything else under this name is a key like any other.
  static bool IsOr(const Member& member) {
    return member.name == "$or" && member.value.kind == Kind::kList && member.value.items.size() >= 2 &&
           std::all_of(member.value.items.begin(), member.value.items.end(),
                       [](const Value& each) { return each.kind == Kind::kObject && !each.members.empty(); });
  }

  Compiled<Part> Alternatives(const Value& list, const std::string& above, std::uint64_t depth) const {
    Part part{{}, 0, 0};
    std::vector<FilterNode> any;
    for (const Value& each : list.items) {
      auto alternative = Policy(each, above, depth);
      if (!alternative.ok()) return alternative;
      part.keys = std::max(part.keys, alternative->keys);
      part.combinations += alternative->combinations;
      any.push_back(FilterNode::All(std::move(alternative->nodes)));
    }
    part.nodes.push_back(FilterNode::Any(std::move(any)));
    return part;
  }

  Compiled<Part> Key(const Value& value, const std::string& name, std::uint64_t depth) const {
    if (value.kind == Kind::kObject) {
      if (scope_ == FilterScope::kAttributes) {
        return Wrong{"Filter policy scope MessageAttributes does not support nested filter policy"};
      }
      if (value.members.empty()) return Wrong{fmt::format("\"{}\" must not be empty", Shown(name))};
      return Policy(value, name, depth);
    }
    if (value.kind != Kind::kList) return Wrong{fmt::format("\"{}\" must be an object or an array", Shown(name))};
    if (value.items.empty()) return Wrong{"Empty arrays are not allowed"};
    const FilterOperand operand =
        scope_ == FilterScope::kAttributes ? FilterOperand::Attribute(name) : FilterOperand::Body(name);
    std::vector<FilterNode> any;
    for (const Value& each : value.items) {
      auto test = Test(operand, each);
      if (!test.ok()) return std::move(test).error();
      any.push_back(*std::move(test));
    }
    const std::uint64_t combinations = any.size() * depth;
    Part part{{}, 1, combinations};
    part.nodes.push_back(FilterNode::Any(std::move(any)));
    return part;
  }

  const FilterScope scope_;
};

}  // namespace

std::optional<FilterScope> ParseFilterScope(std::string_view text) {
  if (text == "MessageAttributes") return FilterScope::kAttributes;
  if (text == "MessageBody") return FilterScope::kBody;
  return std::nullopt;
}

Result<std::optional<model::Filter>, Refusal> CompileFilterPolicy(std::string_view place, std::string_view policy,
                                                                  FilterScope scope) {
  const auto refuse = [&](std::string_view why) {
    return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}: {}", place, why));
  };
  if (policy.empty()) return std::optional<model::Filter>();
  const auto tree = ReadJson(policy);
  if (!tree.ok()) return refuse("failed to parse JSON. " + tree.error().message);
  if (tree->kind != Value::Kind::kObject) return refuse("failed to parse JSON. It is not an object.");
  if (tree->members.empty()) return std::optional<model::Filter>();

  auto part = Compiler(scope).Policy(*tree, {}, 0);
  if (!part.ok()) return refuse(part.error().why);
  if (part->keys > kMaxFilterKeys) {
    return refuse(fmt::format("Filter policy can not have more than {} keys", kMaxFilterKeys));
  }
  if (part->combinations > kMaxFilterCombinations) {
    return refuse(
        fmt::format("Filter policy is too complex: it has more than {} combinations", kMaxFilterCombinations));
  }
  if (scope == FilterScope::kBody) part->nodes.insert(part->nodes.begin(), FilterNode::BodyIsObject());
  auto filter = model::Filter::Make(FilterNode::All(std::move(part->nodes)));
  if (!filter.ok()) return refuse(filter.error().message);
  return std::optional<model::Filter>(*std::move(filter));
}

}  // namespace broker::aws::sns
