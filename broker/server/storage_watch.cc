#include "broker/server/storage_watch.h"

#include <utility>

namespace broker::server {

void StorageWatch::Wrote(std::uint64_t bytes) {
  constexpr std::uint64_t kLookAfterBytes = 4u << 20;  // of the reserve, which is many times that
  wrote_bytes_ += bytes;
  if (wrote_bytes_ >= kLookAfterBytes) Look();
}

void StorageWatch::Look() {
  wrote_bytes_ = 0;
  std::optional<std::string> why = space_.Check();
  const auto error = kv_.BackgroundError();
  // No room for a table file means the same to publishers as less than the reserve: take no more.
  if (!why && error && error->code == ErrorCode::kStorageFull) why = error->message;
  if (!failed_ && error && error->code != ErrorCode::kStorageFull) {
    failed_ = true;
    tell_failed_(*error);
  }
  if (why.has_value() == full_) return;
  full_ = why.has_value();
  tell_(std::move(why));
}

}  // namespace broker::server
