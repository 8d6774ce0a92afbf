// The groups of an unordered cursor: for each key, what waits to be handed out and how many are in flight. Whose messages
// carry no key are one group of their own, number 0, and keeping it costs next to nothing: a cursor without keys has one.
//
// Confined to the engine's strand.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace broker::engine {

class Groups {
 public:
  // `tried`: it was handed out before.
  void AddReady(std::uint64_t key_hash, std::uint64_t sequence, bool tried);
  void RemoveReady(std::uint64_t key_hash, std::uint64_t sequence, bool tried);  // no effect when it is not there
  void AddLease(std::uint64_t key_hash);
  void RemoveLease(std::uint64_t key_hash);
  void Clear() { *this = Groups(); }

  bool HasReady() const { return ready_[kUntried] + ready_[kTried] > 0; }
  std::size_t untried() const { return ready_[kUntried]; }
  // Groups with a key.
  std::size_t keyed() const { return groups_.size(); }
  std::size_t size() const { return groups_.size() + (without_key_.empty() ? 0 : 1); }
  // REQUIRES: size() == 1
  std::uint64_t only() const { return groups_.empty() ? 0 : groups_.begin()->first; }

  // The oldest of a group that are ready.
  std::vector<std::uint64_t> OldestOf(std::uint64_t key_hash, std::size_t limit) const;
  // What is ready in the order in which to hand it out: each time from the group with the fewest in flight, counting what
  // was chosen before it; of those with equally many, one to be tried again first, then the oldest. At most
  // `most_tried` have been tried, unless nothing else is left.
  std::vector<std::uint64_t> Share(std::size_t limit, std::size_t most_tried) const;

 private:
  enum Side : std::size_t { kUntried = 0, kTried = 1 };
  struct Group {
    std::array<std::set<std::uint64_t>, 2> ready;
    std::uint64_t leased = 0;
    bool empty() const { return leased == 0 && ready[kUntried].empty() && ready[kTried].empty(); }
  };
  // In flight, the oldest that is ready, the group.
  using Turn = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;
  class Sharing;

  const Group* Find(std::uint64_t key_hash) const;
  // Changes a group, and its turns with it.
  template <class Apply>
  void Change(std::uint64_t key_hash, Apply apply);

  Group without_key_;
  std::unordered_map<std::uint64_t, Group> groups_;
  std::array<std::set<Turn>, 2> turns_;  // of groups with a key that have something ready
  std::array<std::size_t, 2> ready_{};
};

}  // namespace broker::engine
