// The delayed messages of all logs, by when they are due: in the family `schedule`, an entry each. Memory holds the counts
// and when a log's first is due; an entry is looked up in the store, under what groups that are not durable yet did.
// What happens when one is due is in delays.cc. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/journal.h"
#include "broker/engine/logs.h"
#include "broker/engine/message_log.h"
#include "broker/engine/timers.h"

namespace broker::engine {

class Schedule {
 public:
  Schedule(const storage::Kv& kv, Journal& journal, Timers& timers, Logs& logs)
      : kv_(kv), journal_(journal), timers_(timers), logs_(logs) {}

  static std::int64_t Millisecond(Time time) { return std::chrono::floor<Millis>(time).time_since_epoch().count(); }
  static Time AtMillisecond(std::int64_t ms) { return Time(Millis(ms)); }

  // The held record that was just appended: sets the log's timer kDelay if it is the first. Durable with a synced group.
  void Add(MessageLog& log, const StoredRecord& record);
  // It came due, or was cancelled. Leaves the timer alone.
  void Remove(MessageLog& log, const ScheduleKey& key, std::uint64_t size_bytes);
  // It stays delayed, until `due`, since it could not be read. From then on it cannot be cancelled.
  void Postpone(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& entry, Time due);
  // All of the log's, and its timer.
  void Clear(MessageLog& log);

  // The first entries in order of due time: at least `limit` if there are so many.
  Result<std::map<ScheduleKey, ScheduleEntry>> First(const MessageLog& log, std::size_t limit) const;
  Result<bool> Contains(const MessageLog& log, const ScheduleKey& key) const;
  // Whether something about the log's is not durable yet.
  bool is_pending(const MessageLog& log) const { return pending_.count(log.id.value()) > 0; }
  // After the journal's EndCommit.
  void ForgetCommitted();

 private:
  void Put(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& entry);
  // Sets the log's timer if `key` is the first.
  void Expect(MessageLog& log, const ScheduleKey& key);

  const storage::Kv& kv_;
  Journal& journal_;
  Timers& timers_;
  Logs& logs_;
  std::set<std::uint64_t> pending_;  // logs with changes that are not durable yet
};

}  // namespace broker::engine
