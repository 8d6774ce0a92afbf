// Notices when the storage fills up or has room again, and tells whom it concerns.
// Thread contract: confined to one thread; `tell` is called on it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "storage/kv.h"
#include "storage/space.h"

namespace broker::server {

class StorageWatch {
 public:
  // Why the storage counts as full, or nullopt again.
  using Tell = std::function<void(std::optional<std::string> why)>;

  StorageWatch(storage::FreeSpace& space, const storage::Kv& kv, Tell tell)
      : space_(space), kv_(kv), tell_(std::move(tell)) {}

  // To be called about once a second. Calls `tell` when the answer has changed.
  void Look();

 private:
  storage::FreeSpace& space_;
  const storage::Kv& kv_;
  const Tell tell_;
  bool full_ = false;
};

}  // namespace broker::server
