#include "broker/engine/schedule.h"

#include <algorithm>
#include <utility>

#include "broker/base/log.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;
using storage::TripleKey;

std::uint64_t AsKey(std::int64_t ms) { return static_cast<std::uint64_t>(ms); }

}  // namespace

void Schedule::Put(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& entry) {
  v0::ScheduleRecord durable;
  durable.set_size_bytes(entry.size_bytes);
  durable.set_key_hash(entry.key_hash);
  if (entry.alias != nullptr) ToRecord(*entry.alias, *durable.mutable_alias());
  durable.set_expires_ns(ToNanos(entry.expires));
  const std::string at = TripleKey(log.id.value(), AsKey(key.first), key.second);
  if (entry.damaged) {
    journal_.PutEmpty(Family::kSchedule, at);  // and so it stays
  } else {
    journal_.Put(Family::kSchedule, at, durable);
  }
  journal_.RequireSync();
  log.schedule_added[key] = {entry, journal_.group()};
  pending_.insert(log.id.value());
}

void Schedule::Add(MessageLog& log, const StoredRecord& record) {
  const ScheduleKey key{Millisecond(record.due), record.sequence};
  Put(log, key, {record.size_bytes, record.key_hash, record.expires, record.alias});
  log.delayed += {1, record.size_bytes};
  if (Chunk* chunk = log.chunks.Find(record.sequence)) ++chunk->scheduled;
  logs_.DelayedChanged(log);
  Expect(log, key);
}

void Schedule::Expect(MessageLog& log, const ScheduleKey& key) {
  if (log.first_due_ms && *log.first_due_ms <= key.first) return;
  log.first_due_ms = key.first;
  timers_.Set({TimerKind::kDelay, log.id.value()}, AtMillisecond(key.first));
}

void Schedule::Remove(MessageLog& log, const ScheduleKey& key, std::uint64_t size_bytes) {
  journal_.Delete(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second));
  journal_.RequireSync();
  log.schedule_added.erase(key);
  log.schedule_removed[key] = journal_.group();
  pending_.insert(log.id.value());
  log.delayed -= {1, size_bytes};
  logs_.DelayedChanged(log);
  if (Chunk* chunk = log.chunks.Find(key.second)) {
    --chunk->scheduled;
    logs_.LookAt(log);
  } else if (log.kept_scheduled.erase(key.second) > 0) {
    logs_.ReleaseKept(log, key.second);
  }
}

void Schedule::Postpone(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& entry, Time due) {
  journal_.Delete(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second));
  log.schedule_added.erase(key);
  log.schedule_removed[key] = journal_.group();
  const ScheduleKey later{Millisecond(due), key.second};
  Put(log, later, entry);
  Expect(log, later);
}

// The store lags behind by the groups that are not durable yet: what they add and remove is in memory.
Result<std::map<ScheduleKey, ScheduleEntry>> Schedule::First(const MessageLog& log, std::size_t limit) const {
  std::map<ScheduleKey, ScheduleEntry> first;
  for (const auto& [key, added] : log.schedule_added) first.emplace(key, added.first);
  if (log.schedule_cleared_in > journal_.committed()) return first;
  const std::uint64_t id = log.id.value();
  std::size_t read = 0;
  const Status status = kv_.Scan(
      Family::kSchedule, TripleKey(id, AsKey(log.first_due_ms.value_or(0)), 0), storage::PairKey(id + 1, 0),
      storage::ReadMode::kExact, [&](std::string_view key, std::string_view value) {
        const ScheduleKey at{static_cast<std::int64_t>(storage::ReadBigEndian(key, 8)), storage::ReadBigEndian(key, 16)};
        if (log.schedule_removed.count(at) > 0) return true;
        if (read++ == limit) return false;
        v0::ScheduleRecord entry;
        if (const Status opened = storage::Open(key, value, entry); !opened.ok()) {
          broker::Log(LogLevel::kError, "schedule_entry_damaged", {{"log", id}, {"why", opened.error().message}});
          first.emplace(at, ScheduleEntry{.damaged = true});
          return true;
        }
        first.emplace(at, ScheduleEntry{entry.size_bytes(), entry.key_hash(), FromNanos(entry.expires_ns()),
                                        entry.has_alias() ? std::make_shared<const Alias>(FromRecord(entry.alias())) : nullptr});
        return true;
      });
  if (!status.ok()) {
    broker::Log(LogLevel::kError, "schedule_scan_failed", {{"log", id}, {"why", status.error().message}});
    return status.error();
  }
  return first;
}

Result<bool> Schedule::Contains(const MessageLog& log, const ScheduleKey& key) const {
  if (log.schedule_added.count(key) > 0) return true;
  if (log.schedule_removed.count(key) > 0 || log.schedule_cleared_in > journal_.committed()) return false;
  const auto entry =
      kv_.Get(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second), storage::ReadMode::kExact);
  if (!entry.ok()) return entry.error();
  return entry->has_value();
}

void Schedule::ForgetCommitted() {
  std::erase_if(pending_, [this](std::uint64_t id) {
    MessageLog* log = logs_.Find(id);
    if (log == nullptr) return true;
    std::erase_if(log->schedule_added, [this](const auto& item) { return item.second.second <= journal_.committed(); });
    std::erase_if(log->schedule_removed, [this](const auto& item) { return item.second <= journal_.committed(); });
    return log->schedule_added.empty() && log->schedule_removed.empty();
  });
}

void Schedule::Clear(MessageLog& log) {
  timers_.Clear({TimerKind::kDelay, log.id.value()});
  log.first_due_ms.reset();
  if (log.delayed.messages == 0) return;
  journal_.DeleteRange(Family::kSchedule, storage::PairKey(log.id.value(), 0), storage::PairKey(log.id.value() + 1, 0));
  journal_.RequireSync();
  log.schedule_added.clear();
  log.schedule_cleared_in = journal_.group();
  log.delayed = {};
  for (Chunk& chunk : log.chunks.chunks()) chunk.scheduled = 0;
  for (const std::uint64_t sequence : std::exchange(log.kept_scheduled, {})) logs_.ReleaseKept(log, sequence);
  logs_.DelayedChanged(log);
  logs_.LookAt(log);
}

}  // namespace broker::engine
