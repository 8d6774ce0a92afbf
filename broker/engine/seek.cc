// Seeks: another position and outstanding set for a pull subscription, in one batch, and a new lease epoch, so that
// receipts of before are stale. To a time: the log's marks narrow it down, and records off the strand make it exact.
// What counts is when a message entered the log: of a delayed one, when it came due.
//
// Attempts start anew with a seek. A redriven message is held in the log for its subscription alone: as long as it is
// outstanding a seek to a place before it leaves it so, one to a place behind it settles it; once settled no seek brings
// it back (its original comes back like any other). A snapshot's place is its position; what it holds outstanding comes
// back as it was, held or not.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/engine/place.h"

namespace broker::engine {

void Engine::Core::FindTime(const MessageLog& log, Time time, std::function<void(const Result<Place>&)> then) {
  const TimeMark end = log.End();
  if (time > end.last_below || log.next_sequence == 1) return then(Place{log.next_sequence, log.totals, true});
  const std::uint64_t stored = StoredFrom(log);
  if (!log.tail.empty() && (log.tail.front()->append_time < time || log.tail.front()->sequence == 1)) {
    const auto at = std::partition_point(log.tail.begin(), log.tail.end(),
                                         [time](const RecordPtr& record) { return record->append_time < time; });
    if ((*at)->sequence >= stored) return then(Place{(*at)->sequence, (*at)->below(), true});
    const RecordPtr first = log.InTail(stored);
    return then(Place{stored, first != nullptr ? first->below() : log.totals, false});
  }
  // Everything below the mark came before `time`, and what the tail begins with did not.
  const auto mark = log.marks.FloorAt(time - Nanos{1}, end);
  const std::uint64_t low = std::max(stored, mark ? mark->sequence : 0);
  const std::uint64_t high = log.tail.empty() ? log.next_sequence : log.tail.front()->sequence;
  Place at_low{low, log.totals, stored == 1 || (mark && mark->sequence >= stored)};
  const RecordPtr fresh = log.InTail(low);
  if (fresh != nullptr) at_low.below = fresh->below();
  const bool known = fresh != nullptr || low == log.next_sequence;
  Offload<Result<Place>>(
      [&kv = deps_.kv, id = log.id, low, high, time, at_low, known]() -> Result<Place> {
        const auto last = TryLastAtOrBefore(kv, id, low, high, time - Nanos{1});
        if (!last.ok()) return last.error();
        if (*last != nullptr) return Place{(*last)->sequence + 1, (*last)->totals, true};
        if (known) return at_low;
        const auto first = TryReadRecord(kv, id, low);
        if (!first.ok()) return first.error();
        Place place = at_low;
        if (*first != nullptr && !(*first)->damaged) place.below = (*first)->below();
        return place;
      },
      std::move(then));
}

void Engine::Core::Seek(const Caller& caller, const std::string& name, const SeekTo& to,
                        Done<SubscriptionDescription> done) {
  const auto refuse = [&](const Error& error) { Answer(std::move(done), Result<SubscriptionDescription>(error)); };
  if (to.time.has_value() == to.snapshot.has_value()) {
    return refuse(InvalidField("to", "a seek goes to a time or to a snapshot: give one of the two"));
  }
  auto found = catalog_.FindPullSubscription(caller, name);
  if (!found.ok()) return refuse(found.error());
  Cursor& cursor = *(*found)->cursor;
  NoteUse(cursor);
  if (to.time) return SeekToTime(caller, cursor.id.value(), std::max(*to.time, Time(Nanos{1})), std::move(done));
  auto snapshot = catalog_.FindSnapshot(caller, *to.snapshot);
  if (!snapshot.ok()) return refuse(snapshot.error());
  if ((*snapshot)->cursor->log != cursor.log) {
    return refuse(
        Error(ErrorCode::kFailedPrecondition, "SNAPSHOT_OF_ANOTHER_TOPIC",
              fmt::format("snapshot \"{}\" is not one of the topic that subscription \"{}\" reads", *to.snapshot, name),
              "snapshot/" + *to.snapshot));
  }
  SeekToSnapshot(cursor, **snapshot);
  DescribeSubscription(caller, name, std::move(done));
}

void Engine::Core::SeekToTime(const Caller& caller, std::uint64_t id, Time time, Done<SubscriptionDescription> done) {
  const std::string name = FindCursor(id)->owner.name;
  FindTime(
      *FindCursor(id)->log, time, [this, caller, id, name, time, done = std::move(done)](const Result<Place>& found) {
        if (!found.ok()) return Answer(done, Result<SubscriptionDescription>(found.error()));
        const Place& place = *found;
        Cursor* cursor = FindCursor(id);
        if (cursor == nullptr) {
          return Answer(done, Result<SubscriptionDescription>(
                                  Error(ErrorCode::kNotFound, "SUBSCRIPTION_NOT_FOUND",
                                        fmt::format("subscription \"{}\" was deleted", name), "subscription/" + name)));
        }
        const MessageLog& log = *cursor->log;
        const auto expired = log.marks.FloorAt(clock_.expiry_now() - cursor->settings.retention, log.End());
        if (expired) ApplyFloor(*cursor, *expired);
        const std::uint64_t from = SeekableFrom(*cursor, clock_.expiry_now());
        // What lies between may be no message at all, but held.
        const bool only_held = place.below.messages == cursor->below.messages && place.sequence >= StoredFrom(log);
        if (!place.exact || (place.sequence < from && !only_held)) {
          const Time earliest = std::chrono::ceil<Millis>(log.marks.PassesAt(from - 1, log.End()) + Nanos{1});
          return Answer(
              done,
              Result<SubscriptionDescription>(Error(
                  ErrorCode::kFailedPrecondition, "SEEK_TOO_FAR_BACK",
                  fmt::format("subscription \"{}\" cannot seek to {}: not all that was published since then is kept "
                              "for it; the earliest is {}",
                              name, FormatTime(time), FormatTime(earliest)),
                  "subscription/" + name)));
        }
        Reset(*cursor, place.sequence, place.below, {});
        DescribeSubscription(caller, name, done);
      });
}

void Engine::Core::SeekToSnapshot(Cursor& cursor, const Snapshot& snapshot) {
  std::map<std::uint64_t, Entry> outstanding;
  for (const auto& [page, entries] : snapshot.cursor->outstanding.pages()) {
    for (const auto& [bit, entry] : entries) outstanding.emplace(page * 64 + bit, entry);
  }
  Reset(cursor, snapshot.cursor->position, snapshot.cursor->below, std::move(outstanding));
}

void Engine::Core::Reset(Cursor& cursor, std::uint64_t position, const Totals& below,
                         std::map<std::uint64_t, Entry> outstanding) {
  for (auto at = cursor.outstanding.NextFrom(position); at; at = cursor.outstanding.NextFrom(*at + 1)) {
    if (const Entry& entry = *cursor.outstanding.Find(*at); entry.held) outstanding.emplace(*at, entry);
  }
  // What stays is replaced, not taken out: it may be all that keeps its record.
  for (auto at = cursor.outstanding.NextFrom(0); at; at = cursor.outstanding.NextFrom(*at + 1)) {
    if (outstanding.count(*at) == 0) RemoveOutstanding(cursor, *at);
  }
  for (auto& [sequence, entry] : outstanding) PutOutstanding(cursor, sequence, AsNew(std::move(entry)));
  windows_.Drop(cursor);
  ++cursor.epoch;
  cursor.dead_letter_problem.clear();
  cursor.floor = std::min({cursor.floor, position, cursor.outstanding.NextFrom(0).value_or(position)});
  SetPosition(cursor, position, below);
  logs_.LookAt(*cursor.log);
  timers_.Set({TimerKind::kRetention, cursor.log->id.value()}, now_);
  journal_.RequireSync();
  Wake(cursor);
}

}  // namespace broker::engine
