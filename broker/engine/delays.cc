// Delayed messages: a held record each, which cursors skip, and an entry in `schedule`. When it is due, an alias of it is
// appended to the same log in the batch that deletes the entry; a topic's goes to its subscribed queues then, too. What
// cannot be read stays delayed.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

// How many come due in one group, over all logs: then others have a turn.
constexpr std::size_t kDuePerGroup = 256;
constexpr Nanos kScanAgain = std::chrono::seconds(10);  // after a read of the schedule that failed
constexpr Nanos kReadAgain = std::chrono::hours(1);     // of a message that filters have to see

bool FiltersDue(const MessageLog& log) { return log.topic != nullptr && FiltersQueues(*log.topic); }

}  // namespace

void Engine::Core::RunDelay(MessageLog& log) {
  // When this group is durable; of several logs the one with the earliest `turn` goes first.
  const auto again_later = [this, &log](Time turn) {
    journal_.After([this, id = log.id.value(), turn] {
      const MessageLog* found = logs_.Find(id);
      if (found != nullptr && found->first_due_ms) timers_.Set({TimerKind::kDelay, id}, turn);
    });
  };
  if (came_due_ == kDuePerGroup) return again_later(Schedule::AtMillisecond(log.first_due_ms.value_or(0)));
  const auto scheduled = schedule_.First(log, kDuePerGroup + 1);
  if (!scheduled.ok()) return timers_.Set({TimerKind::kDelay, log.id.value()}, now_ + kScanAgain);
  if (FiltersDue(log) && ReadDue(log, *scheduled)) return;
  log.first_due_ms.reset();
  for (const auto& [key, entry] : *scheduled) {
    if (Schedule::AtMillisecond(key.first) > now_ || came_due_ == kDuePerGroup) {
      log.first_due_ms = std::min(key.first, log.first_due_ms.value_or(key.first));
      break;
    }
    ++came_due_;
    ComeDue(log, key, entry);
  }
  log.due.clear();
  if (!log.first_due_ms) return;
  const Time next = Schedule::AtMillisecond(*log.first_due_ms);
  if (next <= now_) return again_later(now_);  // behind those that had none
  timers_.Set({TimerKind::kDelay, log.id.value()}, next);
}

void Engine::Core::ComeDue(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& stored) {
  ScheduleEntry entry = stored;
  if (entry.damaged) {
    RecordPtr held = log.InTail(key.second);
    if (held == nullptr) held = ReadRecord(deps_.kv, log.id, key.second);
    if (held == nullptr || held->damaged) return schedule_.Postpone(log, key, entry, now_ + kReadAgain);
    entry = {held->size_bytes, held->key_hash, held->expires, held->alias};
  }
  if (IsExpired(entry.expires)) return schedule_.Remove(log, key, entry.size_bytes);
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
  if (source.message == nullptr && FiltersDue(log)) return schedule_.Postpone(log, key, entry, now_ + kReadAgain);
  if (entry.alias == nullptr || copied) alias.target = own;
  alias.id = own;
  const model::MessageId target = alias.target;
  AppendAlias(log, std::move(alias), source, std::nullopt);
  if (log.topic != nullptr) FanOut(*log.topic, target, source, Copies::kCameDue);
  schedule_.Remove(log, key, entry.size_bytes);
}

// Whether what has come due has to be read first: filters look at it, and it is not at hand.
bool Engine::Core::ReadDue(MessageLog& log, const std::map<ScheduleKey, ScheduleEntry>& scheduled) {
  if (log.reading_due) return true;  // what has come due meanwhile goes with it
  ReadRequest request{log.id, {}};
  for (const auto& [key, entry] : scheduled) {
    if (Schedule::AtMillisecond(key.first) > now_ || request.points.size() == kDuePerGroup) break;
    const RecordPtr fresh = log.InTail(key.second);
    if ((fresh == nullptr || fresh->message == nullptr) && log.due.count(key.second) == 0) request.points.push_back(key.second);
  }
  if (request.points.empty()) return false;
  std::sort(request.points.begin(), request.points.end());
  log.reading_due = true;
  Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                       [this, request](const ReadOutcome& outcome) {
                         MessageLog* read = logs_.Find(request.log.value());
                         if (read == nullptr) return;
                         read->reading_due = false;
                         for (const std::uint64_t sequence : request.points) read->due[sequence] = nullptr;
                         for (const RecordPtr& record : outcome.records) read->due[record->sequence] = record->message;
                         RunDelay(*read);
                       });
  return true;
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
  const ScheduleKey key{Schedule::Millisecond(record->due), id.sequence.value()};
  const auto scheduled = schedule_.Contains(log, key);
  if (!scheduled.ok()) return scheduled.error();
  if (!*scheduled) return missing;
  schedule_.Remove(log, key, record->size_bytes);
  return {};
}

}  // namespace broker::engine
