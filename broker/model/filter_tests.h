// Several tests of one value, taken together: whether any of them passes, in time that grows with the logarithm of how
// many they are (but for kAnythingBut, which are looked at one by one). So a condition with a thousand values costs
// little more than one with ten.
// Immutable once built; views of the FilterTests, which must outlive it and stay where they are.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/base/ip_network.h"
#include "broker/model/decimal.h"
#include "broker/model/filter_node.h"
#include "broker/model/json_tree.h"

namespace broker::model {

class FilterTests {
 public:
  FilterTests() = default;
  explicit FilterTests(const std::vector<const FilterTest*>& tests);

  // Of a JSON scalar; `text` is that of a text or a number. Allocates nothing.
  bool AnyPasses(JsonTree::Kind kind, std::string_view text) const;
  // How many looks at a value it takes at most, a search counted as one.
  std::size_t steps() const;

 private:
  struct Bound {
    Decimal number;
    bool inclusive = false;
  };
  // Never empty; without a bound it goes on for ever.
  struct Interval {
    std::optional<Bound> low;
    std::optional<Bound> high;
  };

  void Add(const FilterTest& test);
  void Seal();
  bool TextPasses(std::string_view text) const;
  bool NumberPasses(std::string_view text) const;

  static bool IsEmpty(const Interval& interval);
  static bool BeginsBefore(const Interval& a, const Interval& b);
  static bool EndsBefore(const std::optional<Bound>& a, const std::optional<Bound>& b);
  // Whether something, if only a point that both name, lies between the end of `a` and the beginning of `b`.
  static bool Apart(const Interval& a, const Interval& b);

  bool true_ = false;
  bool false_ = false;
  bool null_ = false;
  // Each sorted, none twice. No prefix begins with another, no suffix ends with another.
  std::vector<std::string_view> texts_;
  std::vector<std::string_view> prefixes_;
  std::vector<std::string_view> suffixes_;     // by their bytes from the last to the first
  std::vector<std::string_view> ignore_case_;  // by their bytes in lower case
  std::vector<IpNetwork> networks_;            // none within another
  std::vector<Interval> intervals_;            // numbers and ranges; none touches another
  std::vector<FilterTests> anything_but_;      // each passes what none of it does
};

}  // namespace broker::model
