// A filter made ready to be held against many messages: conditions on one operand that are joined by OR, or whose
// negations are joined by AND, are one search.
// Immutable; views of the FilterNode it was made of, which must outlive it and stay where it is.
#pragma once

#include <cstddef>
#include <vector>

#include "broker/model/filter_input.h"
#include "broker/model/filter_node.h"
#include "broker/model/filter_tests.h"

namespace broker::model {

class FilterPlan {
 public:
  explicit FilterPlan(const FilterNode& root) : FilterPlan(Compile(root)) { Seal(); }

  bool Holds(const FilterInput& input) const;
  // How often it looks through a message at most, each time at all of its values.
  std::size_t steps() const;

 private:
  explicit FilterPlan(FilterNode::Kind kind) : kind_(kind) {}
  static FilterPlan Compile(const FilterNode& node);
  void AddJoined(FilterPlan child);
  void Seal();

  FilterNode::Kind kind_;
  std::vector<FilterPlan> children_;
  const FilterOperand* operand_ = nullptr;     // kExists, kTest
  std::vector<const FilterTest*> test_parts_;  // kTest; until sealed
  FilterTests tests_;                          // kTest
};

}  // namespace broker::model
