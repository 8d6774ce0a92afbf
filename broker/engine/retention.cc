// Retention by position: floors move past what expired, along the log's time marks. And purge, which moves one to the end.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/engine/store.h"

namespace broker::engine {

void Engine::Core::RunRetention(MessageLog& log) {
  std::optional<Time> next;
  const Time cutoff_base = clock_.expiry_now();
  const TimeMark end = log.End();
  // The mark that passes the oldest message decides; later ones follow it.
  const auto look_again = [&](std::uint64_t oldest, Nanos retention) {
    if (oldest >= log.next_sequence) return;
    const Time due = log.marks.PassesAt(oldest, end) + retention + clock_.held_back();
    if (!next || due < *next) next = due;
  };
  for (Cursor* cursor : log.cursors) {
    if (cursor->use == CursorUse::kFrozen) continue;  // a snapshot ends as a whole
    const Nanos retention = cursor->settings.retention;
    if (const auto floor = log.marks.FloorAt(cutoff_base - retention, end)) ApplyFloor(*cursor, *floor);
    look_again(std::min(cursor->outstanding.NextFrom(0).value_or(cursor->position), cursor->position), retention);
    if (cursor->settings.retain_acknowledged) look_again(std::max(cursor->floor, log.FirstStored()), retention);
  }
  if (log.retention > Nanos{0}) {
    const auto floor = RetainedFrom(log, clock_.expiry_now());
    logs_.LookAt(log);
    look_again(std::max(floor ? floor->sequence : 0, log.FirstStored()), log.retention);
  }
  // Records that outlived their chunk still have to expire.
  log.marks.DropBelow(log.kept.empty() ? log.FirstStored() : std::min(log.FirstStored(), log.kept.begin()->first));
  DeleteDroppedMarks(journal_, log);
  if (next) timers_.Set({TimerKind::kRetention, log.id.value()}, std::max(*next, now_ + Nanos{1}));
}

void Engine::Core::ApplyTopicRetention(MessageLog& log, Nanos retention) {
  log.retention = retention;
  log.shortest_retention = Nanos{0};
  for (Cursor* cursor : log.cursors) {
    if (cursor->use == CursorUse::kReplay) cursor->settings.retention = retention;
  }
  timers_.Set({TimerKind::kRetention, log.id.value()}, now_);
  logs_.LookAt(log);
}

void Engine::Core::ApplyFloor(Cursor& cursor, const TimeMark& floor) {
  if (floor.sequence <= cursor.floor) return;
  cursor.floor = floor.sequence;
  cursor.position_dirty = true;
  MarkDirty(cursor);
  if (cursor.settings.retain_acknowledged) logs_.LookAt(*cursor.log);
  for (auto sequence = cursor.outstanding.NextFrom(0); sequence && *sequence < floor.sequence;
       sequence = cursor.outstanding.NextFrom(*sequence)) {
    RemoveOutstanding(cursor, *sequence);
  }
  if (cursor.position < floor.sequence) {
    while (!cursor.window.empty() && cursor.window.begin()->first < floor.sequence) {
      windows_.Forget(cursor, cursor.window.begin()->first);
    }
    SetPosition(cursor, floor.sequence, floor.below);
  }
  Wake(cursor);
}

Result<std::uint64_t> Engine::Core::Purge(const Caller& caller, const model::Target& source) {
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  Cursor& cursor = **found;
  MessageLog& log = *cursor.log;
  std::uint64_t count = cursor.unread().messages + cursor.outstanding.size();
  for (auto sequence = cursor.outstanding.NextFrom(0); sequence; sequence = cursor.outstanding.NextFrom(*sequence)) {
    RemoveOutstanding(cursor, *sequence);
  }
  cursor.floor = log.next_sequence;  // what was settled and kept for a seek goes with it
  ++cursor.epoch;
  windows_.Drop(cursor);
  SetPosition(cursor, log.next_sequence, log.totals);
  if (cursor.owner.kind == model::ResourceKind::kQueue) {
    count += log.delayed.messages;
    schedule_.Clear(log);
    deduplicator_.Forget(log.id.value(), clock_.expiry_now());
  }
  journal_.RequireSync();
  return count;
}

}  // namespace broker::engine
