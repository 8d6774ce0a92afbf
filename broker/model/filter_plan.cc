#include "broker/model/filter_plan.h"

#include <algorithm>
#include <utility>

namespace broker::model {
namespace {

using Node = FilterNode::Kind;
using Value = JsonTree::Kind;

bool IsSame(const FilterOperand& a, const FilterOperand& b) { return a.kind == b.kind && a.name == b.name; }

// Whether any value of the operand passes.
template <class Test>
bool AnyOf(const FilterOperand& operand, const FilterInput& input, const Test& passes) {
  if (operand.kind == FilterOperand::Kind::kBody) {
    const JsonTree* body = input.body();
    return body != nullptr && body->root() == Value::kObject && body->AnyAt(operand.name, passes);
  }
  const Attributes& attributes = input.content().attributes;
  const auto found = attributes.find(operand.name);
  if (found == attributes.end()) return false;
  const Attribute& attribute = found->second;
  if (operand.kind == FilterOperand::Kind::kAttributeText) return passes(Value::kText, attribute.value);
  switch (attribute.kind) {
    case AttributeKind::kNumber: return passes(Value::kNumber, attribute.value);
    case AttributeKind::kBytes: return false;
    case AttributeKind::kText: break;
  }
  if (const JsonTree* list = input.ListOf(attribute)) return list->AnyAt({}, passes);
  return passes(Value::kText, attribute.value);
}

bool Exists(const FilterOperand& operand, const FilterInput& input) {
  if (operand.kind != FilterOperand::Kind::kBody) return input.content().attributes.count(operand.name) > 0;
  return AnyOf(operand, input, [](Value, std::string_view) { return true; });
}

}  // namespace

FilterPlan FilterPlan::Compile(const FilterNode& node) {
  FilterPlan plan(node.kind);
  for (const FilterNode& child : node.children) plan.AddJoined(Compile(child));
  if (node.kind == Node::kExists || node.kind == Node::kTest) plan.operand_ = &node.operand;
  if (node.kind == Node::kTest) plan.test_parts_.push_back(&node.test);
  // What was joined to one is that one.
  const bool joins = node.kind == Node::kAll || node.kind == Node::kAny;
  if (joins && plan.children_.size() == 1) return std::move(plan.children_.front());
  return plan;
}

// a = 1 OR a = 2 is one look at a, and so is NOT a = 1 AND NOT a = 2. An OR in an OR is part of it, and an AND in an AND.
void FilterPlan::AddJoined(FilterPlan child) {
  if (child.kind_ == kind_ && (kind_ == Node::kAny || kind_ == Node::kAll)) {
    for (FilterPlan& grandchild : child.children_) AddJoined(std::move(grandchild));
    return;
  }
  // The tests of an OR's part, or of an AND's part that negates one.
  const auto tests_in = [this](FilterPlan& part) -> FilterPlan* {
    if (kind_ == Node::kAny && part.kind_ == Node::kTest) return &part;
    const bool negates = kind_ == Node::kAll && part.kind_ == Node::kNot;
    return negates && part.children_.front().kind_ == Node::kTest ? &part.children_.front() : nullptr;
  };
  if (FilterPlan* added = tests_in(child)) {
    for (FilterPlan& present : children_) {
      FilterPlan* tests = tests_in(present);
      if (tests == nullptr || !IsSame(*tests->operand_, *added->operand_)) continue;
      tests->test_parts_.insert(tests->test_parts_.end(), added->test_parts_.begin(), added->test_parts_.end());
      return;
    }
  }
  children_.push_back(std::move(child));
}

void FilterPlan::Seal() {
  for (FilterPlan& child : children_) child.Seal();
  tests_ = FilterTests(std::exchange(test_parts_, {}));
}

bool FilterPlan::Holds(const FilterInput& input) const {
  const auto holds = [&](const FilterPlan& child) { return child.Holds(input); };
  switch (kind_) {
    case Node::kAll: return std::all_of(children_.begin(), children_.end(), holds);
    case Node::kAny: return std::any_of(children_.begin(), children_.end(), holds);
    case Node::kNot: return !holds(children_.front());
    case Node::kExists: return Exists(*operand_, input);
    case Node::kTest:
      return AnyOf(*operand_, input,
                   [&](Value kind, std::string_view text) { return tests_.AnyPasses(kind, text); });
    case Node::kBodyIsObject: return input.body() != nullptr && input.body()->root() == Value::kObject;
  }
  return false;
}

std::size_t FilterPlan::steps() const {
  std::size_t steps = kind_ == Node::kTest ? tests_.steps() : kind_ == Node::kExists ? 1 : 0;
  for (const FilterPlan& child : children_) steps += child.steps();
  return steps;
}

}  // namespace broker::model
