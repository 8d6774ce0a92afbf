// What receives with an attempt id were given, so that one whose answer was lost can be asked again. In memory only, for
// model::kAttemptIdWindow from the first answer on, and at most kMostDeliveries deliveries: then the oldest attempts go.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/engine/commands.h"
#include "broker/engine/cursor.h"
#include "broker/engine/plan.h"

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

  // What the receive with this attempt id got, to be handed out again; nullopt when it is one like any other.
  std::optional<Plan> PlanAgain(const Cursor& cursor, const ReceiveRequest& request, Time now) const;
  // What it gets, once it is leased; without an attempt id no effect.
  void Remember(const Cursor& cursor, const ReceiveRequest& request, const Plan& plan, Time now);

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
