// Messages and bytes, counted together.
#pragma once

#include <cstdint>

namespace broker::engine {

struct Totals {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  Totals& operator+=(const Totals& other) {
    messages += other.messages;
    bytes += other.bytes;
    return *this;
  }
  Totals& operator-=(const Totals& other) {
    messages -= other.messages;
    bytes -= other.bytes;
    return *this;
  }
  friend Totals operator+(Totals a, const Totals& b) { return a += b; }
  friend Totals operator-(Totals a, const Totals& b) { return a -= b; }
  bool operator==(const Totals&) const = default;
};

}  // namespace broker::engine
