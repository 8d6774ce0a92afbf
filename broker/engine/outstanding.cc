#include "broker/engine/outstanding.h"

#include "broker/base/check.h"

namespace broker::engine {

Entry FreshEntry(const StoredRecord& record, Time now) {
  Entry entry;
  entry.held = record.held;
  entry.key_hash = record.key_hash;
  entry.size_bytes = record.size_bytes;
  entry.append_time = record.damaged ? now : record.append_time;
  entry.expires = record.expires;
  return entry;
}

Entry AsNew(Entry entry) {
  entry.leased = entry.dying = false;
  entry.attempts = 0;
  entry.due = entry.first_attempt = entry.lease_start = Time{};
  entry.nonce = {};
  entry.reason = nullptr;
  return entry;
}

const Entry* Outstanding::Find(std::uint64_t sequence) const {
  const auto page = pages_.find(sequence / 64);
  if (page == pages_.end()) return nullptr;
  const auto entry = page->second.find(static_cast<std::uint8_t>(sequence % 64));
  return entry == page->second.end() ? nullptr : &entry->second;
}

Entry* Outstanding::FindMutable(std::uint64_t sequence) {
  const auto page = pages_.find(sequence / 64);
  if (page == pages_.end()) return nullptr;
  const auto entry = page->second.find(static_cast<std::uint8_t>(sequence % 64));
  return entry == page->second.end() ? nullptr : &entry->second;
}

std::optional<std::uint64_t> Outstanding::NextFrom(std::uint64_t sequence) const {
  for (auto page = pages_.lower_bound(sequence / 64); page != pages_.end(); ++page) {
    const auto from = page->first == sequence / 64 ? static_cast<std::uint8_t>(sequence % 64) : std::uint8_t{0};
    const auto entry = page->second.lower_bound(from);
    if (entry != page->second.end()) return page->first * 64 + entry->first;
  }
  return std::nullopt;
}

void Outstanding::Put(std::uint64_t sequence, Entry entry) {
  Entry& place = pages_[sequence / 64][static_cast<std::uint8_t>(sequence % 64)];
  // A fresh place is not indexed; its size of 0 and unleased state subtract nothing.
  if (Entry* old = FindMutable(sequence); old->append_time != Time{}) {
    Unindex(sequence, *old);
    --size_;
    all_ -= {1, old->size_bytes};
  }
  BROKER_CHECK(entry.append_time != Time{});
  place = std::move(entry);
  ++size_;
  all_ += {1, place.size_bytes};
  Index(sequence, place);
  Touch(sequence);
}

Entry Outstanding::Remove(std::uint64_t sequence) {
  Entry* found = FindMutable(sequence);
  BROKER_CHECK(found != nullptr);
  Entry entry = std::move(*found);
  const auto page = pages_.find(sequence / 64);
  page->second.erase(static_cast<std::uint8_t>(sequence % 64));
  if (page->second.empty()) pages_.erase(page);
  Unindex(sequence, entry);
  --size_;
  all_ -= {1, entry.size_bytes};
  Touch(sequence);
  return entry;
}

void Outstanding::Clear() {
  for (const auto& [page, entries] : pages_) dirty_.insert(page);
  pages_.clear();
  leases_.clear();
  backing_off_.clear();
  groups_.Clear();
  held_.clear();
  waiting_.clear();
  keys_.clear();
  ready_keys_.clear();
  size_ = 0;
  all_ = leased_ = dying_ = Totals{};
}

void Outstanding::Index(std::uint64_t sequence, const Entry& entry) {
  const bool keyed = ordered_ && entry.key_hash != 0;
  if (entry.dying) dying_ += {1, entry.size_bytes};
  if (!entry.leased && !entry.dying) waiting_.insert(sequence);
  if (entry.leased) {
    leases_.emplace(entry.due, sequence);
    leased_ += {1, entry.size_bytes};
    if (!keyed) groups_.AddLease(entry.key_hash);
    if (entry.consumer >= held_.size()) held_.resize(entry.consumer + 1u);
    ++held_[entry.consumer];
  } else if (!entry.dying && entry.due > now_) {
    backing_off_.emplace(entry.due, sequence);
  } else if (!entry.dying && !keyed) {
    groups_.AddReady(entry.key_hash, sequence, entry.tried());
  }
  if (keyed) {
    Key& key = keys_[entry.key_hash];
    // A dying entry blocks its key as a lease does.
    (entry.leased || entry.dying ? key.leased : key.waiting).insert(sequence);
    RefreshKey(entry.key_hash);
  }
}

void Outstanding::Unindex(std::uint64_t sequence, const Entry& entry) {
  const bool keyed = ordered_ && entry.key_hash != 0;
  if (entry.leased) {
    leases_.erase({entry.due, sequence});
    leased_ -= {1, entry.size_bytes};
    if (!keyed) groups_.RemoveLease(entry.key_hash);
    --held_[entry.consumer];
  }
  if (entry.dying) dying_ -= {1, entry.size_bytes};
  waiting_.erase(sequence);
  backing_off_.erase({entry.due, sequence});
  if (!keyed) groups_.RemoveReady(entry.key_hash, sequence, entry.tried());
  if (keyed) {
    Key& key = keys_[entry.key_hash];
    key.waiting.erase(sequence);
    key.leased.erase(sequence);
    RefreshKey(entry.key_hash);
  }
}

void Outstanding::RefreshKey(std::uint64_t key_hash) {
  const auto it = keys_.find(key_hash);
  BROKER_CHECK(it != keys_.end());
  Key& key = it->second;
  if (key.ready_head) ready_keys_.erase({*key.ready_head, key_hash});
  key.ready_head.reset();
  if (key.waiting.empty() && key.leased.empty()) {
    keys_.erase(it);
    return;
  }
  if (!key.leased.empty() || key.waiting.empty()) return;
  const std::uint64_t head = *key.waiting.begin();
  const Entry* entry = Find(head);
  if (entry == nullptr || entry->due > now_) return;
  key.ready_head = head;
  ready_keys_.emplace(head, key_hash);
}

std::vector<std::uint64_t> Outstanding::MoveDue(Time now) {
  now_ = now;
  std::vector<std::uint64_t> moved;
  while (!backing_off_.empty() && backing_off_.begin()->first <= now) {
    const std::uint64_t sequence = backing_off_.begin()->second;
    backing_off_.erase(backing_off_.begin());
    const Entry* entry = Find(sequence);
    if (ordered_ && entry->key_hash != 0) {
      RefreshKey(entry->key_hash);
    } else {
      groups_.AddReady(entry->key_hash, sequence, entry->tried());
    }
    moved.push_back(sequence);
  }
  return moved;
}

std::optional<std::uint64_t> Outstanding::NextWaiting(std::uint64_t sequence) const {
  const auto next = waiting_.lower_bound(sequence);
  return next == waiting_.end() ? std::nullopt : std::optional(*next);
}

std::vector<std::uint64_t> Outstanding::Ready(std::size_t limit) const {
  std::vector<std::uint64_t> found;
  const std::vector<std::uint64_t> singles =
      groups_.OldestOf(!ordered_ && groups_.size() == 1 ? groups_.only() : 0, limit);
  auto single = singles.begin();
  auto group = ready_keys_.begin();
  while (found.size() < limit && (single != singles.end() || group != ready_keys_.end())) {
    if (group == ready_keys_.end() || (single != singles.end() && *single < group->first)) {
      found.push_back(*single++);
      continue;
    }
    for (const std::uint64_t sequence : keys_.at(group->second).waiting) {
      if (found.size() == limit || Find(sequence)->due > now_) break;
      found.push_back(sequence);
    }
    ++group;
  }
  return found;
}

std::size_t Outstanding::CountOfKey(std::uint64_t key_hash) const {
  const auto key = keys_.find(key_hash);
  return key == keys_.end() ? 0 : key->second.waiting.size() + key->second.leased.size();
}

std::vector<std::uint64_t> Outstanding::LeasedAfter(std::uint64_t key_hash, std::uint64_t sequence) const {
  const auto key = keys_.find(key_hash);
  if (key == keys_.end()) return {};
  return {key->second.leased.upper_bound(sequence), key->second.leased.end()};
}

std::optional<Time> Outstanding::NextLeaseEnd() const {
  return leases_.empty() ? std::nullopt : std::optional(leases_.begin()->first);
}

std::optional<Time> Outstanding::NextBackoffEnd() const {
  return backing_off_.empty() ? std::nullopt : std::optional(backing_off_.begin()->first);
}

std::vector<std::uint64_t> Outstanding::EndedLeases(Time now, std::size_t limit) const {
  std::vector<std::uint64_t> ended;
  for (const auto& [due, sequence] : leases_) {
    if (due > now || ended.size() == limit) break;
    ended.push_back(sequence);
  }
  return ended;
}

std::uint64_t Outstanding::Retrying(Time now) const {
  std::uint64_t count = 0;
  for (auto it = backing_off_.rbegin(); it != backing_off_.rend() && it->first > now; ++it) ++count;
  return count;
}

std::vector<std::uint64_t> Outstanding::TakeDirtyPages() {
  std::vector<std::uint64_t> pages(dirty_.begin(), dirty_.end());
  dirty_.clear();
  return pages;
}

void Outstanding::SetStored(std::uint64_t page, bool stored) {
  if (stored) {
    stored_.insert(page);
  } else {
    stored_.erase(page);
  }
}

}  // namespace broker::engine
