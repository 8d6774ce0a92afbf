// The marker file in memory. A power cut may take its last values, as it may those of an unsynced file.
#pragma once

#include <algorithm>
#include <optional>

#include "storage/committer.h"

namespace broker::testing {

class MemoryMarker final : public storage::Marker {
 public:
  Status Store(std::uint64_t group) override {
    group_ = group;
    return {};
  }
  Result<std::optional<std::uint64_t>> Load() const override { return group_; }

  void FallBackTo(std::optional<std::uint64_t> group) { group_ = std::move(group); }
  std::optional<std::uint64_t> group() const { return group_; }

 private:
  std::optional<std::uint64_t> group_;
};

}  // namespace broker::testing
