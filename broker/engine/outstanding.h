// What a cursor has handed out, must hand out again, or holds back behind an ordering key: its settled set's complement
// below the position. Kept in pages of 64 sequences, which is how it is stored: a page is put once per commit group,
// however many of its entries changed.
//
// The indexes (by deadline, by readiness, by key) are derived and not stored. An entry is in exactly one of:
//   leased               until `due`
//   backing off          waiting, due in the future
//   ready                waiting, due has come, and (ordered) nothing of its key stands before it
//   behind its key       waiting, ordered, with a key
//   gone to dead letter  taken out of all of them while its body is read
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/engine/groups.h"
#include "broker/engine/stored_record.h"
#include "broker/engine/totals.h"

namespace broker::engine {

// Orders the leases of one data folder: a later one is greater, also across restarts.
struct Nonce {
  std::uint64_t boot = 0;
  std::uint64_t counter = 0;
  auto operator<=>(const Nonce&) const = default;
};

struct Entry {
  bool leased = false;
  bool dying = false;  // on its way to the dead-letter target; not stored
  bool held = false;   // its record is held: nothing else brings it to this cursor
  std::uint16_t consumer = 0;  // that holds the lease, by its number in Consumers; not stored
  std::uint32_t attempts = 0;
  Time due{};
  Nonce nonce;
  std::uint64_t key_hash = 0;  // 0: no key. Of an unordered cursor it names the group, and holds nothing back
  Time first_attempt{};
  Time lease_start{};
  std::uint64_t size_bytes = 0;
  Time append_time{};
  Time expires{};  // zero: none
  std::shared_ptr<const std::string> reason;  // of the last attempt; null: none. Shared by entries of one command

  bool tried() const { return nonce != Nonce{}; }  // it was handed out before
};

// Of a record that was never handed out.
Entry FreshEntry(const StoredRecord& record, Time now);
// As if it had never been handed out.
Entry AsNew(Entry entry);

class Outstanding {
 public:
  using Page = std::map<std::uint8_t, Entry>;

  explicit Outstanding(bool ordered) : ordered_(ordered) {}

  std::size_t size() const { return size_; }
  const Entry* Find(std::uint64_t sequence) const;
  // The first outstanding sequence at or after `sequence`.
  std::optional<std::uint64_t> NextFrom(std::uint64_t sequence) const;

  // Inserts or replaces the entry. Its indexes follow.
  void Put(std::uint64_t sequence, Entry entry);
  // REQUIRES: Find(sequence)
  Entry Remove(std::uint64_t sequence);
  void Clear();

  // Moves what has come due from backing off to ready, and says what that was.
  std::vector<std::uint64_t> MoveDue(Time now);

  // Deliverable sequences, oldest first, as of the last MoveDue: at most `limit`. In an ordered set, those of one key
  // follow each other in order, from its head on. REQUIRES: in an unordered one, at most one group.
  std::vector<std::uint64_t> Ready(std::size_t limit) const;
  bool HasReady() const { return groups_.HasReady() || !ready_keys_.empty(); }
  // The first at or after `sequence` that is neither leased nor gone to dead letter.
  std::optional<std::uint64_t> NextWaiting(std::uint64_t sequence) const;
  // Of an unordered set; of an ordered one, those without a key are group 0.
  const Groups& groups() const { return groups_; }
  // How many of this ordering key are outstanding: another one must not overtake them.
  std::size_t CountOfKey(std::uint64_t key_hash) const;
  // The leased sequences of `key_hash` above `sequence`.
  std::vector<std::uint64_t> LeasedAfter(std::uint64_t key_hash, std::uint64_t sequence) const;
  // Leases of a consumer. Those of number 0 are not counted.
  std::uint64_t HeldBy(std::uint16_t consumer) const { return consumer < held_.size() ? held_[consumer] : 0; }

  // The earliest deadline of a lease, and the earliest end of a backoff.
  std::optional<Time> NextLeaseEnd() const;
  std::optional<Time> NextBackoffEnd() const;
  // The leases that ended at or before `now`, in order of deadline and sequence: at most `limit`.
  std::vector<std::uint64_t> EndedLeases(Time now, std::size_t limit) const;

  const std::map<std::uint64_t, Page>& pages() const { return pages_; }

  Totals leased() const { return leased_; }
  Totals dying() const { return dying_; }
  Totals all() const { return all_; }
  // Waiting with a due time in the future.
  std::uint64_t Retrying(Time now) const;

  // Pages changed since the last call, with whether each one holds anything.
  std::vector<std::uint64_t> TakeDirtyPages();
  // Whether the store may hold this page; set by whoever writes it.
  bool IsStored(std::uint64_t page) const { return stored_.count(page) != 0; }
  void SetStored(std::uint64_t page, bool stored);

 private:
  // One ordering key with anything outstanding.
  struct Key {
    std::set<std::uint64_t> waiting;
    std::set<std::uint64_t> leased;
    std::optional<std::uint64_t> ready_head;  // as it stands in ready_keys_
  };

  void Index(std::uint64_t sequence, const Entry& entry);
  void Unindex(std::uint64_t sequence, const Entry& entry);
  void RefreshKey(std::uint64_t key_hash);
  Entry* FindMutable(std::uint64_t sequence);
  void Touch(std::uint64_t sequence) { dirty_.insert(sequence / 64); }

  bool ordered_;
  std::size_t size_ = 0;
  Totals all_;
  Totals leased_;
  Totals dying_;
  Time now_{};  // of the last MoveDue
  std::map<std::uint64_t, Page> pages_;
  std::set<std::pair<Time, std::uint64_t>> leases_;
  std::set<std::pair<Time, std::uint64_t>> backing_off_;
  Groups groups_;  // of what is ready and leased; of an ordered set only what has no key
  std::set<std::uint64_t> waiting_;  // whether or not they may go yet
  std::unordered_map<std::uint64_t, Key> keys_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> ready_keys_;  // (head sequence, key)
  std::vector<std::uint64_t> held_;                               // leases by consumer
  std::set<std::uint64_t> dirty_;
  std::set<std::uint64_t> stored_;
};

}  // namespace broker::engine
