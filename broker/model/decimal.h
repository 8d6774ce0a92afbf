// A decimal number in its text, compared exactly however many digits it has: 1, 1.0 and 10e-1 are equal, and 38 digits
// do not become 15. Immutable view: the text must outlive it. Comparing allocates nothing.
//
// Exponents beyond 10^15 in size all count as 10^15.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace broker::model {

class Decimal {
 public:
  // [+-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point.
  static std::optional<Decimal> Parse(std::string_view text);

  // Digits from the first to the last that is not 0; of zero none.
  std::size_t digits() const;
  // Power of ten of the first of them; of zero 0.
  std::int64_t magnitude() const { return magnitude_; }

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  std::strong_ordering CompareSize(const Decimal& other) const;

  bool negative_ = false;
  std::string_view digits_;      // from the first to the last that is not 0, perhaps with a point in it; empty: zero
  std::int64_t magnitude_ = 0;   // power of ten of the first of them
};

}  // namespace broker::model
