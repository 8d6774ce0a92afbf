// A marker in memory: survives the simulated crashes of the process that uses it.
#pragma once

#include <optional>

#include "storage/committer.h"

namespace broker::test {

class MemoryMarker final : public storage::Marker {
 public:
  Status Store(std::uint64_t group) override {
    group_ = group;
    return {};
  }
  Result<std::optional<std::uint64_t>> Load() const override { return group_; }

 private:
  std::optional<std::uint64_t> group_;
};

}  // namespace broker::test
