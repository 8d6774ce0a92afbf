// Idempotency records by namespace and key, in the family `idempotency`. Not held in memory: a look is a point lookup in
// the store, under what groups that are not durable yet have changed. Beside each record stands one entry by its time of
// expiry, so that expired ones are found without looking at the others.
//
// All times are expiry time. Confined to the engine's strand, but for FindExpired.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/journal.h"

namespace broker::engine {

class IdempotencyRecords {
 public:
  struct Record {
    std::string name_space;
    std::string key;
    bool done = false;
    std::string token;
    std::string result;
    Time expires{};
  };
  // What a sweep found: entries by expiry, and when the first after them is due.
  struct Expired {
    std::vector<std::string> entries;
    std::optional<Time> next;
  };

  IdempotencyRecords(const storage::Kv& kv, Journal& journal) : kv_(kv), journal_(journal) {}

  // What names the record of a key.
  static std::string Hash(const std::string& name_space, const std::string& key);

  // The record, expired or not. Errors: kDataLoss when it is damaged; such a key counts as neither free nor done.
  Result<std::optional<Record>> Find(const std::string& hash) const;
  // Replaces `old`, which is what Find answered. Durable with a synced group.
  void Put(const std::string& hash, const std::optional<Record>& old, Record record);
  void Remove(const std::string& hash, const std::optional<Record>& old);
  void OnCommitted(std::uint64_t group);

  // Up to `limit` entries that expired at or before `now`. Thread-safe; may block.
  static Expired FindExpired(const storage::Kv& kv, Time now, std::size_t limit);
  // From here on a change of a record tells that what FindExpired finds of it may be old.
  void BeginSweep();
  bool sweeping() const { return sweeping_; }
  // Deletes what was found and not changed meanwhile. Answers when the next sweep is due, if any.
  std::optional<Time> EndSweep(const Expired& found);

 private:
  struct Pending {
    std::optional<Record> record;  // none: removed
    std::uint64_t group = 0;
  };
  void Change(const std::string& hash, const std::optional<Record>& old, std::optional<Record> record);

  const storage::Kv& kv_;
  Journal& journal_;
  std::map<std::string, Pending> pending_;  // by hash, of groups not yet committed
  bool sweeping_ = false;
  std::map<std::string, std::optional<Time>> changed_;  // since the sweep began, with their new expiry
};

}  // namespace broker::engine
