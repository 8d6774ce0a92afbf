// Notices when the storage fills up or has room again, and when the store has failed for good, and tells whom it concerns.
// Thread contract: confined to one thread; `tell` and `tell_failed` are called on it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "broker/base/error.h"
#include "storage/kv.h"
#include "storage/space.h"

namespace broker::server {

class StorageWatch {
 public:
  // Why the storage counts as full, or nullopt again.
  using Tell = std::function<void(std::optional<std::string> why)>;
  // Damage, or a failed medium, that the store's own threads met: no write succeeds any more.
  using TellFailed = std::function<void(const Error&)>;

  StorageWatch(storage::FreeSpace& space, const storage::Kv& kv, Tell tell, TellFailed tell_failed)
      : space_(space), kv_(kv), tell_(std::move(tell)), tell_failed_(std::move(tell_failed)) {}

  // Says that so much was written. Looks at once when it adds up, so that no rate outruns the reserve.
  void Wrote(std::uint64_t bytes);
  // To be called about once a second. Calls `tell` when the answer has changed, `tell_failed` once.
  void Look();

 private:
  storage::FreeSpace& space_;
  const storage::Kv& kv_;
  const Tell tell_;
  const TellFailed tell_failed_;
  std::uint64_t wrote_bytes_ = 0;  // since the last look
  bool full_ = false;
  bool failed_ = false;
};

}  // namespace broker::server
