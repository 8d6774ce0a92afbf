// Holding a message against a filter. Nothing here allocates but the input's parsing.
#include <algorithm>

#include "broker/model/decimal.h"
#include "broker/model/filter.h"
#include "broker/model/filter_node.h"

namespace broker::model {
namespace {

using Kind = JsonTree::Kind;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameButForCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

bool InRange(const FilterTest& range, std::string_view text) {
  const auto number = Decimal::Parse(text);
  if (!number) return false;
  if (range.low) {
    const auto order = *number <=> *Decimal::Parse(range.low->number);
    if (order < 0 || (order == 0 && !range.low->inclusive)) return false;
  }
  if (range.high) {
    const auto order = *number <=> *Decimal::Parse(range.high->number);
    if (order > 0 || (order == 0 && !range.high->inclusive)) return false;
  }
  return true;
}

bool Passes(const FilterTest& test, Kind kind, std::string_view text) {
  const bool is_text = kind == Kind::kText;
  switch (test.kind) {
    case FilterTest::Kind::kText: return is_text && text == test.text;
    case FilterTest::Kind::kNumber: return kind == Kind::kNumber && Decimal::Parse(text) == Decimal::Parse(test.text);
    case FilterTest::Kind::kTrue: return kind == Kind::kTrue;
    case FilterTest::Kind::kFalse: return kind == Kind::kFalse;
    case FilterTest::Kind::kNull: return kind == Kind::kNull;
    case FilterTest::Kind::kPrefix: return is_text && text.substr(0, test.text.size()) == test.text;
    case FilterTest::Kind::kSuffix:
      return is_text && text.size() >= test.text.size() && text.substr(text.size() - test.text.size()) == test.text;
    case FilterTest::Kind::kIgnoreCase: return is_text && SameButForCase(text, test.text);
    case FilterTest::Kind::kNetwork: return is_text && test.network.Contains(text);
    case FilterTest::Kind::kRange: return kind == Kind::kNumber && InRange(test, text);
    case FilterTest::Kind::kAnythingBut:
      return std::none_of(test.tests.begin(), test.tests.end(),
                          [&](const FilterTest& each) { return Passes(each, kind, text); });
  }
  return false;
}

// Whether any value of the operand passes.
template <class Test>
bool AnyOf(const FilterOperand& operand, const FilterInput& input, const Test& passes) {
  if (operand.kind == FilterOperand::Kind::kBody) {
    const JsonTree* body = input.body();
    return body != nullptr && body->root() == Kind::kObject && body->AnyAt(operand.name, passes);
  }
  const Attributes& attributes = input.content().attributes;
  const auto found = attributes.find(operand.name);
  if (found == attributes.end()) return false;
  const Attribute& attribute = found->second;
  if (operand.kind == FilterOperand::Kind::kAttributeText) return passes(Kind::kText, attribute.value);
  switch (attribute.kind) {
    case AttributeKind::kNumber: return passes(Kind::kNumber, attribute.value);
    case AttributeKind::kBytes: return false;
    case AttributeKind::kText: break;
  }
  if (const JsonTree* list = input.ListOf(attribute)) return list->AnyAt({}, passes);
  return passes(Kind::kText, attribute.value);
}

bool Exists(const FilterOperand& operand, const FilterInput& input) {
  if (operand.kind != FilterOperand::Kind::kBody) return input.content().attributes.count(operand.name) > 0;
  return AnyOf(operand, input, [](Kind, std::string_view) { return true; });
}

bool Holds(const FilterNode& node, const FilterInput& input) {
  const auto holds = [&](const FilterNode& child) { return Holds(child, input); };
  switch (node.kind) {
    case FilterNode::Kind::kAll: return std::all_of(node.children.begin(), node.children.end(), holds);
    case FilterNode::Kind::kAny: return std::any_of(node.children.begin(), node.children.end(), holds);
    case FilterNode::Kind::kNot: return !Holds(node.children.front(), input);
    case FilterNode::Kind::kExists: return Exists(node.operand, input);
    case FilterNode::Kind::kTest:
      return AnyOf(node.operand, input,
                   [&](Kind kind, std::string_view text) { return Passes(node.test, kind, text); });
    case FilterNode::Kind::kBodyIsObject:
      return input.body() != nullptr && input.body()->root() == Kind::kObject;
  }
  return false;
}

}  // namespace

bool Filter::Matches(const FilterInput& input) const { return Holds(*root_, input); }

}  // namespace broker::model
