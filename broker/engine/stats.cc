// Counts. They come from running totals and the outstanding set at no cost; only the age of the oldest unread message,
// and how much of an ordered log its delay holds back, need a look at the store.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

// What was read off the strand.
struct Probe {
  RecordPtr first_unread;
  RecordPtr last_visible;  // of an ordered log with a delay: the last record that is not held back; null: none is
};

RecordPtr FirstUnread(const storage::Kv& kv, model::LogId log, const std::optional<model::Filter>& filter, std::uint64_t from,
                      std::uint64_t to) {
  const std::size_t step = filter ? 1'024 : 16;
  while (from < to) {
    const ReadOutcome outcome = ReadRecords(kv, {log, {}, from, to, step});
    for (const RecordPtr& record : outcome.records) {
      if (!record->held && !record->damaged && (!filter || filter->Matches(record->message->content))) return record;
    }
    if (outcome.run_end <= from) return nullptr;
    from = outcome.run_end;
  }
  return nullptr;
}

Stats CountsOf(const Cursor& cursor, const Probe& probe, Time now) {
  Stats stats;
  const MessageLog& log = *cursor.log;
  const Totals unread = cursor.unread();
  stats.leased = cursor.outstanding.leased().messages;
  stats.retrying = cursor.outstanding.Retrying(now);
  stats.ready = unread.messages + cursor.outstanding.size() - stats.leased - stats.retrying;
  stats.bytes = unread.bytes + cursor.outstanding.all().bytes;
  if (cursor.owner.kind == model::ResourceKind::kQueue) {
    stats.delayed = log.delayed.messages;
    stats.bytes += log.delayed.bytes;
  }
  std::uint64_t held_back = 0;
  if (log.ordered && log.delay > Nanos{0}) {
    const std::uint64_t visible =
        probe.last_visible == nullptr ? 0 : probe.last_visible->totals.messages - std::min(cursor.below.messages, probe.last_visible->totals.messages);
    held_back = unread.messages - std::min(visible, unread.messages);
    stats.delayed = held_back;
    stats.ready -= held_back;
  }
  std::optional<Time> oldest;
  if (const auto first = cursor.outstanding.NextFrom(0)) oldest = cursor.outstanding.Find(*first)->append_time;
  const bool unread_counts = probe.first_unread != nullptr && unread.messages > held_back;
  if (unread_counts && (!oldest || probe.first_unread->append_time < *oldest)) oldest = probe.first_unread->append_time;
  if (oldest) stats.oldest_age = std::max(now - *oldest, Nanos{0});
  stats.unscanned = cursor.unscanned();
  stats.waiting_receivers = cursor.waiters.size();
  if (cursor.outstanding.Find(cursor.dead_letter_stuck) != nullptr) {
    stats.dead_letter_problem = cursor.dead_letter_problem;
  }
  return stats;
}

}  // namespace

void Engine::Core::WithStats(Cursor& cursor, std::function<void(Stats)> then) {
  const MessageLog& log = *cursor.log;
  const std::uint64_t id = cursor.id.value();
  const std::uint64_t from = cursor.first_unread();
  const std::uint64_t to = cursor.filter ? cursor.scan.point : log.next_sequence;
  const Time visible = log.ordered && log.delay > Nanos{0} ? now_ - log.delay : Time::max();
  Offload<Probe>(
      [&kv = deps_.kv, log_id = log.id, filter = cursor.filter, from, to, visible] {
        Probe probe;
        probe.first_unread = FirstUnread(kv, log_id, filter, from, to);
        if (visible != Time::max()) probe.last_visible = LastAtOrBefore(kv, log_id, from, to, visible);
        return probe;
      },
      [this, id, then = std::move(then)](const Probe& probe) {
        // A cursor that is gone meanwhile counts nothing.
        Cursor* found = FindCursor(id);
        if (found == nullptr) return then({});
        MoveDue(*found);
        then(CountsOf(*found, probe, now_));
      });
}

}  // namespace broker::engine
