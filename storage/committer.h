// Numbers commit groups and makes them durable: each group's batch gains the group's number and the engine's time, is
// written, and, when it was synced, the number goes into the marker. The engine never reads the clock or a random
// source behind this point: what arrives here is decided.
//
// Not here: threads. The composition calls Commit on the engine's strand or on a thread of its own.
// Thread contract: one caller at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "storage/kv.h"

namespace broker::storage {

struct CommitGroup {
  std::unique_ptr<Batch> batch;  // null: nothing to write; Commit is then a no-op
  Sync sync = Sync::kYes;
  Time engine_time{};
};

// What the last commit group said. A new store is at group 0.
struct GroupState {
  std::uint64_t number = 0;
  Time engine_time{};
};

// Holds the number of the last synced group outside the store, so that a store which lost its tail is noticed.
// Written after each synced group and itself not synced.
class Marker {
 public:
  virtual ~Marker() = default;
  virtual Status Store(std::uint64_t group) = 0;
  // nullopt: none was ever written, or it is torn. Errors: kInternal when it cannot be read.
  virtual Result<std::optional<std::uint64_t>> Load() const = 0;
};

class Committer {
 public:
  // Reads the last group from `kv` and holds it against `marker`. Errors: kDataLoss (reason MISSING_COMMIT_GROUPS)
  // when the store has fewer groups than the marker says, naming both numbers.
  static Result<std::unique_ptr<Committer>> Open(Kv& kv, Marker& marker);

  // The last group committed.
  const GroupState& state() const { return state_; }

  // On return, durable as `group.sync` says. An error is final: the process must end without answering anyone.
  Status Commit(CommitGroup group);

 private:
  Committer(Kv& kv, Marker& marker, GroupState state) : kv_(kv), marker_(marker), state_(state) {}

  Kv& kv_;
  Marker& marker_;
  GroupState state_;
  std::optional<Error> failed_;  // also a marker that failed ends all commits
};

}  // namespace broker::storage
