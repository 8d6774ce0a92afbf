#include "broker/model/filter_node.h"

#include <utility>

namespace broker::model {

FilterTest FilterTest::Range(std::optional<FilterBound> low, std::optional<FilterBound> high) {
  FilterTest test{Kind::kRange};
  test.low = std::move(low);
  test.high = std::move(high);
  return test;
}

FilterTest FilterTest::AnythingBut(std::vector<FilterTest> tests) {
  FilterTest test{Kind::kAnythingBut};
  test.tests = std::move(tests);
  return test;
}

FilterNode FilterNode::All(std::vector<FilterNode> children) {
  if (children.size() == 1) return std::move(children.front());
  return {Kind::kAll, std::move(children)};
}

FilterNode FilterNode::Any(std::vector<FilterNode> children) {
  if (children.size() == 1) return std::move(children.front());
  return {Kind::kAny, std::move(children)};
}

FilterNode FilterNode::Not(FilterNode child) {
  FilterNode node{Kind::kNot};
  node.children.push_back(std::move(child));
  return node;
}

FilterNode FilterNode::Exists(FilterOperand operand) {
  if (operand.kind == FilterOperand::Kind::kAttributeText) operand.kind = FilterOperand::Kind::kAttribute;
  FilterNode node{Kind::kExists};
  node.operand = std::move(operand);
  return node;
}

FilterNode FilterNode::Where(FilterOperand operand, FilterTest test) {
  FilterNode node{Kind::kTest};
  node.operand = std::move(operand);
  node.test = std::move(test);
  return node;
}

FilterNode FilterNode::BodyIsObject() { return {Kind::kBodyIsObject}; }

}  // namespace broker::model
