// What receives with an attempt id were given, so that one whose answer was lost can be asked again. In memory only, for
// model::kAttemptIdWindow from the first answer on, and at most kMostDeliveries deliveries: then the oldest attempts go.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/engine/outstanding.h"

namespace broker::engine {

class ReceiveAttempts {
 public:
  static constexpr std::size_t kMostDeliveries = 100'000;

  struct Given {
    std::uint64_t sequence = 0;
    Nonce nonce;
    Time due{};  // of its lease, as it was given
  };

  // What the attempt was given last; null when there is none, or it was first answered too long ago.
  const std::vector<Given>* Find(std::uint64_t cursor, const std::string& id, Time now) const;
  // `again`: the window of what Find answered goes on; otherwise a new one begins.
  void Remember(std::uint64_t cursor, const std::string& id, std::vector<Given> given, Time now, bool again);

 private:
  using Key = std::pair<std::uint64_t, std::string>;
  struct Attempt {
    Time first{};
    std::vector<Given> given;
    std::list<Key>::iterator place;
  };
  void Forget(std::map<Key, Attempt>::iterator attempt);

  std::map<Key, Attempt> attempts_;
  std::list<Key> by_age_;  // oldest first
  std::size_t deliveries_ = 0;
};

}  // namespace broker::engine
