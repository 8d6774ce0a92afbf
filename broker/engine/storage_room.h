// Whether there is room on disk for more, as the composition says it; see Engine::SetStorageFull.
// Confined to the engine's strand.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "broker/base/result.h"

namespace broker::engine {

class StorageRoom {
 public:
  // With the reason: there is none.
  void SetFull(std::optional<std::string> why) { full_ = std::move(why); }
  const std::optional<std::string>& full() const { return full_; }
  // kStorageFull below the reserve.
  Status Check() const {
    if (!full_) return {};
    return Error(ErrorCode::kStorageFull, "STORAGE_FULL", *full_);
  }

 private:
  std::optional<std::string> full_;
};

}  // namespace broker::engine
