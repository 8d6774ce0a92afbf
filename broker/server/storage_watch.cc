#include "broker/server/storage_watch.h"

#include <utility>

namespace broker::server {

void StorageWatch::Look() {
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
