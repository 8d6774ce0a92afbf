// Chance from a seed (splitmix64): the same seed gives the same run on every machine.
#pragma once

#include <cstdint>

#include "broker/base/entropy.h"

namespace broker::test {

class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next64() override {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // Below `bound`. REQUIRES: bound > 0. Its bias is of no matter to a test.
  std::uint64_t Below(std::uint64_t bound) { return Next64() % bound; }
  // Between both, both included.
  std::uint64_t Between(std::uint64_t low, std::uint64_t high) { return low + Below(high - low + 1); }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace broker::test
