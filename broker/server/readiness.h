// Whether the daemon takes work, and if not, why: what /readyz and the log say.
// Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/base/mutex.h"

namespace broker::server {

class Readiness {
 public:
  // While any reason stands the daemon is not ready. It begins with "starting".
  Readiness() { reasons_.emplace("starting", "reading the data folder"); }

  void Block(std::string_view reason, std::string why);
  void Unblock(std::string_view reason);
  // What an operator must know although work goes on, such as "storage_full": acks and deletes are still taken.
  void Warn(std::string_view reason, std::string why);
  void Unwarn(std::string_view reason);

  bool ready() const;
  // {"ready":false,"reasons":{"stopping":"..."},"warnings":{}}
  std::string Json() const;

 private:
  using Reasons = std::map<std::string, std::string, std::less<>>;

  mutable Mutex mutex_;
  Reasons reasons_ BROKER_GUARDED_BY(mutex_);
  Reasons warnings_ BROKER_GUARDED_BY(mutex_);
};

}  // namespace broker::server
