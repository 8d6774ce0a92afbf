// What is due when: at most one deadline per (kind, id). Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "broker/base/clock.h"

namespace broker::engine {

enum class TimerKind : std::uint8_t {
  kCursor,       // a lease ends, a backoff ends, an ordered log's head becomes visible
  kDelay,        // a delayed message of a log is due
  kRetention,    // the floors of a log's cursors move
  kChunk,        // a log's open chunk is old enough to close
  kWaiter,       // a Receive has waited long enough
  kDedup,        // a generation of deduplication entries goes
  kTask,         // a task goes on, or an ended one is forgotten
  kIdempotency,  // an idempotency record expires
  kSnapshot,   // a snapshot expires
  kUnused,     // a subscription may have gone unused for too long
  kCatchUp,    // a cursor goes on bringing a queue what waited for it
};

class Timers {
 public:
  struct Key {
    TimerKind kind;
    std::uint64_t id;
    auto operator<=>(const Key&) const = default;
  };

  void Set(Key key, Time due) {
    const auto [it, inserted] = due_by_key_.try_emplace(key, due);
    if (!inserted) {
      if (it->second == due) return;
      queue_.erase({it->second, key});
      it->second = due;
    }
    queue_.emplace(due, key);
  }

  void Clear(Key key) {
    const auto it = due_by_key_.find(key);
    if (it == due_by_key_.end()) return;
    queue_.erase({it->second, key});
    due_by_key_.erase(it);
  }

  // As Set, but never moves an existing deadline to a later time.
  void SetNoLater(Key key, Time due) {
    const auto it = due_by_key_.find(key);
    if (it == due_by_key_.end() || due < it->second) Set(key, due);
  }

  std::optional<Time> Next() const { return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first); }

  // Takes the earliest deadline that has come.
  std::optional<Key> PopDue(Time now) {
    if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
    const Key key = queue_.begin()->second;
    Clear(key);
    return key;
  }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<std::uint64_t>()(key.id * 8 + static_cast<std::uint64_t>(key.kind));
    }
  };
  std::set<std::pair<Time, Key>> queue_;
  std::unordered_map<Key, Time, Hash> due_by_key_;
};

}  // namespace broker::engine
