// What a filter means, one condition and one test after the other as filter.h says it, with nothing put together: what
// the real one is held against.
#pragma once

#include <algorithm>

#include "broker/model/decimal.h"
#include "broker/model/filter_input.h"
#include "broker/model/filter_node.h"

namespace broker::model::oracle {

inline bool Passes(const FilterTest& test, JsonTree::Kind kind, std::string_view text) {
  const auto lower = [](std::string_view from) {
    std::string to(from);
    for (char& c : to) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return to;
  };
  const auto order = [&](const FilterBound& bound) { return *Decimal::Parse(text) <=> *Decimal::Parse(bound.number); };
  const bool is_text = kind == JsonTree::Kind::kText;
  const bool is_number = kind == JsonTree::Kind::kNumber;
  switch (test.kind) {
    case FilterTest::Kind::kText: return is_text && text == test.text;
    case FilterTest::Kind::kNumber: return is_number && *Decimal::Parse(text) == *Decimal::Parse(test.text);
    case FilterTest::Kind::kTrue: return kind == JsonTree::Kind::kTrue;
    case FilterTest::Kind::kFalse: return kind == JsonTree::Kind::kFalse;
    case FilterTest::Kind::kNull: return kind == JsonTree::Kind::kNull;
    case FilterTest::Kind::kPrefix: return is_text && text.starts_with(test.text);
    case FilterTest::Kind::kSuffix: return is_text && text.ends_with(test.text);
    case FilterTest::Kind::kIgnoreCase: return is_text && lower(text) == lower(test.text);
    case FilterTest::Kind::kNetwork: {
      const auto address = IpNetwork::ParseAddress(text);
      return is_text && address && IpNetwork::Parse(test.text)->Contains(*address);
    }
    case FilterTest::Kind::kRange:
      return is_number && (!test.low || order(*test.low) > 0 || (test.low->inclusive && order(*test.low) == 0)) &&
             (!test.high || order(*test.high) < 0 || (test.high->inclusive && order(*test.high) == 0));
    case FilterTest::Kind::kAnythingBut:
      return std::none_of(test.tests.begin(), test.tests.end(),
                          [&](const FilterTest& each) { return Passes(each, kind, text); });
  }
  return false;
}

template <class Visit>
bool AnyValue(const FilterOperand& operand, const FilterInput& input, const Visit& visit) {
  if (operand.kind == FilterOperand::Kind::kBody) {
    const JsonTree* body = input.body();
    return body != nullptr && body->root() == JsonTree::Kind::kObject && body->AnyAt(operand.name, visit);
  }
  const auto found = input.content().attributes.find(operand.name);
  if (found == input.content().attributes.end()) return false;
  const Attribute& attribute = found->second;
  if (operand.kind == FilterOperand::Kind::kAttributeText) return visit(JsonTree::Kind::kText, attribute.value);
  if (attribute.kind == AttributeKind::kBytes) return false;
  if (attribute.kind == AttributeKind::kNumber) return visit(JsonTree::Kind::kNumber, attribute.value);
  const JsonTree* list = input.ListOf(attribute);
  return list != nullptr ? list->AnyAt({}, visit) : visit(JsonTree::Kind::kText, attribute.value);
}

inline bool Holds(const FilterNode& node, const FilterInput& input) {
  const auto holds = [&](const FilterNode& child) { return Holds(child, input); };
  switch (node.kind) {
    case FilterNode::Kind::kAll: return std::all_of(node.children.begin(), node.children.end(), holds);
    case FilterNode::Kind::kAny: return std::any_of(node.children.begin(), node.children.end(), holds);
    case FilterNode::Kind::kNot: return !holds(node.children.front());
    case FilterNode::Kind::kExists:
      if (node.operand.kind != FilterOperand::Kind::kBody) return input.content().attributes.count(node.operand.name) > 0;
      return AnyValue(node.operand, input, [](JsonTree::Kind, std::string_view) { return true; });
    case FilterNode::Kind::kTest:
      return AnyValue(node.operand, input,
                      [&](JsonTree::Kind kind, std::string_view text) { return Passes(node.test, kind, text); });
    case FilterNode::Kind::kBodyIsObject:
      return input.body() != nullptr && input.body()->root() == JsonTree::Kind::kObject;
  }
  return false;
}

}  // namespace broker::model::oracle
