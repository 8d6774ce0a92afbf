#include "broker/server/storage_watch.h"

#include <utility>

namespace broker::server {

void StorageWatch::Look() {
  std::optional<std::string> why = space_.Check();
  // An error of the store's own threads, such as no room for a table file, means the same to publishers: take no more.
  if (const auto error = kv_.BackgroundError(); !why && error) why = error->message;
  if (why.has_value() == full_) return;
  full_ = why.has_value();
  tell_(std::move(why));
}

}  // namespace broker::server
