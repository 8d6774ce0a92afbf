#include "broker/engine/groups.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace broker::engine {

template <class Apply>
void Groups::Change(std::uint64_t key_hash, Apply apply) {
  if (key_hash == 0) return apply(without_key_);
  Group& group = groups_[key_hash];
  const auto turns = [&](auto&& each) {
    for (const Side side : {kUntried, kTried}) {
      if (!group.ready[side].empty()) each(turns_[side], Turn{group.leased, *group.ready[side].begin(), key_hash});
    }
  };
  turns([](std::set<Turn>& of_side, const Turn& turn) { of_side.erase(turn); });
  apply(group);
  turns([](std::set<Turn>& of_side, const Turn& turn) { of_side.insert(turn); });
  if (group.empty()) groups_.erase(key_hash);
}

void Groups::AddReady(std::uint64_t key_hash, std::uint64_t sequence, bool tried) {
  const Side side = tried ? kTried : kUntried;
  ++ready_[side];
  Change(key_hash, [&](Group& group) { group.ready[side].insert(sequence); });
}

void Groups::RemoveReady(std::uint64_t key_hash, std::uint64_t sequence, bool tried) {
  const Side side = tried ? kTried : kUntried;
  const Group* known = Find(key_hash);
  if (known == nullptr || known->ready[side].count(sequence) == 0) return;
  --ready_[side];
  Change(key_hash, [&](Group& group) { group.ready[side].erase(sequence); });
}

void Groups::AddLease(std::uint64_t key_hash) {
  Change(key_hash, [](Group& group) { ++group.leased; });
}

void Groups::RemoveLease(std::uint64_t key_hash) {
  Change(key_hash, [](Group& group) { --group.leased; });
}

const Groups::Group* Groups::Find(std::uint64_t key_hash) const {
  if (key_hash == 0) return &without_key_;
  const auto group = groups_.find(key_hash);
  return group == groups_.end() ? nullptr : &group->second;
}

std::vector<std::uint64_t> Groups::OldestOf(std::uint64_t key_hash, std::size_t limit) const {
  std::vector<std::uint64_t> oldest;
  const Group* group = Find(key_hash);
  if (group == nullptr) return oldest;
  auto untried = group->ready[kUntried].begin();
  auto tried = group->ready[kTried].begin();
  while (oldest.size() < limit) {
    const bool no_untried = untried == group->ready[kUntried].end();
    const bool no_tried = tried == group->ready[kTried].end();
    if (no_untried && no_tried) break;
    oldest.push_back(no_tried || (!no_untried && *untried < *tried) ? *untried++ : *tried++);
  }
  return oldest;
}

// One choice, as it goes on. What was chosen counts as in flight; the groups' own turns stay as they are and are looked at
// only as far as needed.
class Groups::Sharing {
 public:
  explicit Sharing(const Groups& groups) : groups_(groups) {
    for (const Side side : {kUntried, kTried}) {
      next_[side] = groups.turns_[side].begin();
      Return(0, side);
    }
  }

  // Whose turn it is on this side.
  std::optional<Turn> Peek(Side side) {
    Settle(side);
    const bool more = next_[side] != groups_.turns_[side].end();
    if (again_[side].empty()) return more ? std::optional(*next_[side]) : std::nullopt;
    return more ? std::min(*next_[side], again_[side].top()) : again_[side].top();
  }
  std::uint64_t Take(Side side) {
    const Turn turn = *Peek(side);
    const auto [in_flight, sequence, key_hash] = turn;
    ++Taken(key_hash)[side];
    if (next_[side] != groups_.turns_[side].end() && turn == *next_[side]) {
      ++next_[side];
    } else {
      again_[side].pop();
    }
    Return(key_hash, side);
    return sequence;
  }

 private:
  std::array<std::size_t, 2>& Taken(std::uint64_t key_hash) { return taken_[key_hash]; }
  std::uint64_t InFlight(std::uint64_t key_hash) {
    const auto taken = taken_.find(key_hash);
    const std::uint64_t chosen = taken == taken_.end() ? 0 : taken->second[kUntried] + taken->second[kTried];
    return groups_.Find(key_hash)->leased + chosen;
  }
  // Puts the group back into line with what it has left.
  void Return(std::uint64_t key_hash, Side side) {
    const std::set<std::uint64_t>& ready = groups_.Find(key_hash)->ready[side];
    auto& place = places_[side].try_emplace(key_hash, ready.begin()).first->second;
    if (const auto taken = taken_.find(key_hash); taken != taken_.end() && taken->second[side] > 0) ++place;
    if (place != ready.end()) again_[side].push({InFlight(key_hash), *place, key_hash});
  }
  // Turns of groups that the other side took from meanwhile come later.
  void Settle(Side side) {
    while (next_[side] != groups_.turns_[side].end() && taken_.count(std::get<2>(*next_[side])) > 0) {
      const auto [in_flight, sequence, key_hash] = *next_[side]++;
      if (places_[side].count(key_hash) == 0) Return(key_hash, side);
    }
    while (!again_[side].empty()) {
      const auto [in_flight, sequence, key_hash] = again_[side].top();
      const std::uint64_t now = InFlight(key_hash);
      if (in_flight == now) return;
      again_[side].pop();
      again_[side].push({now, sequence, key_hash});
    }
  }

  const Groups& groups_;
  std::array<std::set<Turn>::const_iterator, 2> next_;
  std::array<std::priority_queue<Turn, std::vector<Turn>, std::greater<>>, 2> again_;
  std::unordered_map<std::uint64_t, std::array<std::size_t, 2>> taken_;
  std::array<std::unordered_map<std::uint64_t, std::set<std::uint64_t>::const_iterator>, 2> places_;
};

std::vector<std::uint64_t> Groups::Share(std::size_t limit, std::size_t most_tried) const {
  std::vector<std::uint64_t> chosen;
  Sharing sharing(*this);
  std::size_t tried = 0;
  while (chosen.size() < limit) {
    const auto again = sharing.Peek(kTried);
    const auto fresh = sharing.Peek(kUntried);
    if (!again && !fresh) break;
    const bool retry = again && (!fresh || (tried < most_tried && std::get<0>(*again) <= std::get<0>(*fresh)));
    if (retry) ++tried;
    chosen.push_back(sharing.Take(retry ? kTried : kUntried));
  }
  return chosen;
}

}  // namespace broker::engine
