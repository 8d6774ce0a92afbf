// The injected source of chance: ids of data folders, jitter. A simulation gives a seeded one.
#pragma once

#include <cstdint>

namespace broker {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::uint64_t Next64() = 0;
};

// The operating system's randomness. Thread-safe.
class SystemEntropy final : public Entropy {
 public:
  std::uint64_t Next64() override;
};

}  // namespace broker
