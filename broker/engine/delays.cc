// Delayed messages: a held record each, which cursors skip, and an entry in `schedule`. When it is due, an alias of it is
// appended to the same log in the batch that deletes the entry; a topic's goes to its subscribed queues then, too.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;
using storage::TripleKey;

constexpr std::size_t kDuePerRun = 256;  // then others have a turn

std::int64_t Millisecond(Time time) { return std::chrono::floor<Millis>(time).time_since_epoch().count(); }
Time AtMillisecond(std::int64_t ms) { return Time(Millis(ms)); }
std::uint64_t AsKey(std::int64_t ms) { return static_cast<std::uint64_t>(ms); }

}  // namespace

void Engine::Core::Schedule(MessageLog& log, const StoredRecord& record) {
  v0::ScheduleRecord entry;
  entry.set_size_bytes(record.size_bytes);
  entry.set_key_hash(record.key_hash);
  if (record.alias != nullptr) ToRecord(*record.alias, *entry.mutable_alias());
  entry.set_expires_ns(ToNanos(record.expires));
  const ScheduleKey key{Millisecond(record.due), record.sequence};
  journal_.Put(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second), entry);
  journal_.RequireSync();
  log.schedule_added[key] = {{record.size_bytes, record.key_hash, record.expires, record.alias}, journal_.group()};
  schedule_pending_.insert(log.id.value());
  log.delayed += {1, record.size_bytes};
  if (Chunk* chunk = log.chunks.Find(record.sequence)) ++chunk->scheduled;
  log.delayed_dirty = true;
  dirty_logs_.insert(log.id.value());
  if (!log.first_due_ms || key.first < *log.first_due_ms) {
    log.first_due_ms = key.first;
    timers_.Set({TimerKind::kDelay, log.id.value()}, AtMillisecond(key.first));
  }
}

void Engine::Core::Unschedule(MessageLog& log, const ScheduleKey& key, std::uint64_t size_bytes) {
  journal_.Delete(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second));
  journal_.RequireSync();
  log.schedule_added.erase(key);
  log.schedule_removed[key] = journal_.group();
  schedule_pending_.insert(log.id.value());
  log.delayed -= {1, size_bytes};
  log.delayed_dirty = true;
  dirty_logs_.insert(log.id.value());
  if (Chunk* chunk = log.chunks.Find(key.second)) {
    --chunk->scheduled;
    reclaim_.insert(log.id.value());
  } else if (log.kept_scheduled.erase(key.second) > 0) {
    ReleaseKept(log, key.second);
  }
}

// The store lags behind by the groups that are not durable yet: what they add and remove is in memory.
std::map<ScheduleKey, ScheduleEntry> Engine::Core::FirstScheduled(const MessageLog& log, std::size_t limit) const {
  std::map<ScheduleKey, ScheduleEntry> first;
  for (const auto& [key, added] : log.schedule_added) first.emplace(key, added.first);
  if (log.schedule_cleared_in > journal_.committed()) return first;
  const std::uint64_t id = log.id.value();
  std::size_t read = 0;
  const Status status = deps_.kv.Scan(
      Family::kSchedule, TripleKey(id, AsKey(log.first_due_ms.value_or(0)), 0), storage::PairKey(id + 1, 0),
      storage::ReadMode::kExact, [&](std::string_view key, std::string_view value) {
        const ScheduleKey at{static_cast<std::int64_t>(storage::ReadBigEndian(key, 8)), storage::ReadBigEndian(key, 16)};
        if (log.schedule_removed.count(at) > 0) return true;
        if (read++ == limit) return false;
        v0::ScheduleRecord entry;
        if (const Status opened = storage::Open(key, value, entry); !opened.ok()) {
          broker::Log(LogLevel::kError, "schedule_entry_damaged", {{"log", id}, {"why", opened.error().message}});
        }
        first.emplace(at, ScheduleEntry{entry.size_bytes(), entry.key_hash(), FromNanos(entry.expires_ns()),
                                        entry.has_alias() ? std::make_shared<const Alias>(FromRecord(entry.alias())) : nullptr});
        return true;
      });
  if (!status.ok()) {
    broker::Log(LogLevel::kError, "schedule_scan_failed", {{"log", id}, {"why", status.error().message}});
  }
  return first;
}

void Engine::Core::RunDelay(MessageLog& log) {
  const Topic* topic = nullptr;
  catalog_.topics.ForEach([&](const Topic& candidate) {
    if (candidate.log == &log) topic = &candidate;
  });
  const auto scheduled = FirstScheduled(log, kDuePerRun + 1);
  if (topic != nullptr && FiltersQueues(*topic) && ReadDue(log, scheduled)) return;
  log.first_due_ms.reset();
  std::size_t count = 0;
  for (const auto& [key, entry] : scheduled) {
    if (AtMillisecond(key.first) > now_ || count++ == kDuePerRun) {
      log.first_due_ms = key.first;
      break;
    }
    if (IsExpired(entry.expires)) {
      Unschedule(log, key, entry.size_bytes);
      continue;
    }
    const model::MessageId own{log.id, model::Sequence(key.second)};
    StoredRecord source;
    source.expires = entry.expires;
    source.size_bytes = entry.size_bytes;
    source.key_hash = entry.key_hash;
    Alias alias;
    if (entry.alias != nullptr) alias = *entry.alias;
    // A held alias that outlived its source was kept as a full copy, which alone still tells its origin.
    const bool copied = entry.alias != nullptr && log.kept.count(key.second) > 0;
    if (const RecordPtr fresh = log.InTail(key.second); fresh != nullptr && !copied) source.message = fresh->message;
    if (const auto read = log.due.find(key.second); read != log.due.end()) source.message = read->second;
    if (entry.alias == nullptr || copied) alias.target = own;
    alias.id = own;
    const model::MessageId target = alias.target;
    AppendAlias(log, std::move(alias), source, std::nullopt);
    if (topic != nullptr) FanOut(*topic, target, source, Copies::kCameDue);
    Unschedule(log, key, entry.size_bytes);
  }
  log.due.clear();
  if (log.first_due_ms) timers_.Set({TimerKind::kDelay, log.id.value()}, AtMillisecond(*log.first_due_ms));
}

// Whether what has come due has to be read first: filters look at it, and it is not at hand.
bool Engine::Core::ReadDue(MessageLog& log, const std::map<ScheduleKey, ScheduleEntry>& scheduled) {
  if (log.reading_due) return true;  // what has come due meanwhile goes with it
  ReadRequest request{log.id, {}};
  for (const auto& [key, entry] : scheduled) {
    if (AtMillisecond(key.first) > now_ || request.points.size() == kDuePerRun) break;
    const RecordPtr fresh = log.InTail(key.second);
    if ((fresh == nullptr || fresh->message == nullptr) && log.due.count(key.second) == 0) request.points.push_back(key.second);
  }
  if (request.points.empty()) return false;
  std::sort(request.points.begin(), request.points.end());
  log.reading_due = true;
  Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                       [this, request](const ReadOutcome& outcome) {
                         MessageLog* read = FindLog(request.log.value());
                         if (read == nullptr) return;
                         read->reading_due = false;
                         for (const std::uint64_t sequence : request.points) read->due[sequence] = nullptr;
                         for (const RecordPtr& record : outcome.records) read->due[record->sequence] = record->message;
                         RunDelay(*read);
                       });
  return true;
}

void Engine::Core::ForgetCommittedSchedules() {
  std::erase_if(schedule_pending_, [this](std::uint64_t id) {
    MessageLog* log = FindLog(id);
    if (log == nullptr) return true;
    std::erase_if(log->schedule_added, [this](const auto& item) { return item.second.second <= journal_.committed(); });
    std::erase_if(log->schedule_removed, [this](const auto& item) { return item.second <= journal_.committed(); });
    return log->schedule_added.empty() && log->schedule_removed.empty();
  });
}

void Engine::Core::ClearSchedule(MessageLog& log) {
  timers_.Clear({TimerKind::kDelay, log.id.value()});
  log.first_due_ms.reset();
  if (log.delayed.messages == 0) return;
  journal_.DeleteRange(Family::kSchedule, storage::PairKey(log.id.value(), 0), storage::PairKey(log.id.value() + 1, 0));
  journal_.RequireSync();
  log.schedule_added.clear();
  log.schedule_cleared_in = journal_.group();
  log.delayed = {};
  for (Chunk& chunk : log.chunks.chunks()) chunk.scheduled = 0;
  for (const std::uint64_t sequence : std::exchange(log.kept_scheduled, {})) ReleaseKept(log, sequence);
  log.delayed_dirty = true;
  dirty_logs_.insert(log.id.value());
  reclaim_.insert(log.id.value());
}

Status Engine::Core::CancelDelayed(const Caller& caller, const model::Target& target, model::MessageId id) {
  auto found = catalog_.FindPublishable(caller, target);
  if (!found.ok()) return found.error();
  MessageLog& log = found->log();
  const Error missing(ErrorCode::kNotFound, "MESSAGE_NOT_DELAYED",
                      fmt::format("message {} is not (any more) delayed in {}", id.ToString(), target.name),
                      "message/" + id.ToString());
  if (id.log != log.id) return missing;
  RecordPtr record = log.InTail(id.sequence.value());
  if (record == nullptr) record = ReadRecord(deps_.kv, log.id, id.sequence.value());
  if (record == nullptr || record->damaged || !record->held || record->due == Time{}) return missing;
  const ScheduleKey key{Millisecond(record->due), id.sequence.value()};
  bool scheduled = log.schedule_added.count(key) > 0;
  if (!scheduled && log.schedule_removed.count(key) == 0 && log.schedule_cleared_in <= journal_.committed()) {
    const auto entry = deps_.kv.Get(Family::kSchedule, TripleKey(log.id.value(), AsKey(key.first), key.second),
                                    storage::ReadMode::kExact);
    if (!entry.ok()) return entry.error();
    scheduled = entry->has_value();
  }
  if (!scheduled) return missing;
  Unschedule(log, key, record->size_bytes);
  return {};
}

}  // namespace broker::engine
