// What changes a cursor: every change of its outstanding set and position goes through here, so that chunks, kept
// records and the group being built follow.
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/store.h"
#include "storage/keys.h"

namespace broker::engine {

Cursor& Engine::Core::AddCursor(MessageLog& log, const model::DeliverySettings& settings, const std::string& name_space,
                                model::ResourceRef owner) {
  const model::CursorId id(NextId());
  auto cursor = std::make_unique<Cursor>(id, log, settings);
  Cursor& added = *cursor;
  added.owner = std::move(owner);
  added.name_space = name_space;
  added.position = log.next_sequence;
  added.below = log.totals;
  log.cursors.push_back(&added);
  log.shortest_retention = Nanos{0};
  cursors_.emplace(id.value(), std::move(cursor));
  added.position_dirty = true;
  MarkDirty(added);
  return added;
}

void Engine::Core::RemoveCursor(Cursor& cursor, const Error& why) {
  const std::uint64_t id = cursor.id.value();
  while (!cursor.waiters.empty()) EndWaiter(cursor, cursor.waiters.front(), why);
  while (!cursor.watchers.empty()) EndWaiter(cursor, cursor.watchers.front(), why);
  MessageLog& log = *cursor.log;
  for (auto sequence = cursor.outstanding.NextFrom(0); sequence; sequence = cursor.outstanding.NextFrom(*sequence)) {
    RemoveOutstanding(cursor, *sequence);
  }
  for (const std::uint64_t page : cursor.outstanding.TakeDirtyPages()) StorePage(journal_, cursor, page);
  journal_.Delete(storage::Family::kCatalog, storage::KindKey('c', id));
  journal_.RequireSync();
  windows_.Drop(cursor);
  timers_.Clear({TimerKind::kCursor, id});
  timers_.Clear({TimerKind::kSnapshot, id});
  timers_.Clear({TimerKind::kUnused, id});
  timers_.Clear({TimerKind::kCatchUp, id});
  log.waiting.erase(id);
  std::erase(log.cursors, &cursor);
  std::erase(log.filtered, &cursor);
  logs_.LookAt(log);
  serve_.erase(id);
  dirty_cursors_.erase(id);
  dying_.erase(id);
  cursors_.erase(id);
}

void Engine::Core::MarkDirty(Cursor& cursor) { dirty_cursors_.insert(cursor.id.value()); }

void Engine::Core::PutOutstanding(Cursor& cursor, std::uint64_t sequence, Entry entry) {
  if (cursor.outstanding.Find(sequence) == nullptr) logs_.Need(*cursor.log, sequence);
  cursor.outstanding.Put(sequence, std::move(entry));
  MarkDirty(cursor);
}

Entry Engine::Core::RemoveOutstanding(Cursor& cursor, std::uint64_t sequence) {
  Entry entry = cursor.outstanding.Remove(sequence);
  MarkDirty(cursor);
  windows_.Forget(cursor, sequence);
  logs_.NeedNoMore(*cursor.log, sequence);
  return entry;
}

void Engine::Core::SetPosition(Cursor& cursor, std::uint64_t position, const Totals& below) {
  const Chunk* chunk = cursor.log->chunks.Find(cursor.position);
  const std::uint64_t end = chunk == nullptr || chunk->open() ? cursor.log->next_sequence : chunk->last + 1;
  const std::uint64_t before = std::exchange(cursor.position, position);
  cursor.below = below;
  cursor.position_dirty = true;
  MarkDirty(cursor);
  if (cursor.filter) FollowPosition(cursor, before);
  // What does not pass may be all that is left of the chunk.
  if (cursor.first_unread() >= end) logs_.LookAt(*cursor.log);
}

void Engine::Core::UpdateCursorTimer(Cursor& cursor) {
  std::optional<Time> due = cursor.outstanding.NextLeaseEnd();
  const auto earlier = [&due](std::optional<Time> other) {
    if (other && (!due || *other < *due)) due = other;
  };
  earlier(cursor.outstanding.NextBackoffEnd());
  if (cursor.log->ordered && cursor.log->delay > Nanos{0} && !cursor.waiters.empty()) {
    const RecordPtr head = Loaded(cursor, cursor.position);
    if (head != nullptr && head->append_time + cursor.log->delay > now_) earlier(head->append_time + cursor.log->delay);
  }
  if (due) {
    timers_.Set({TimerKind::kCursor, cursor.id.value()}, *due);
  } else {
    timers_.Clear({TimerKind::kCursor, cursor.id.value()});
  }
}

void Engine::Core::ApplyDelivery(Cursor& cursor, const model::DeliverySettings& settings) {
  cursor.settings = settings;
  cursor.dead_letter_problem.clear();
  cursor.log->shortest_retention = Nanos{0};
  SweepSpent(cursor);
  Wake(cursor);  // it may go on after a pause
  timers_.Set({TimerKind::kRetention, cursor.log->id.value()}, now_);
  logs_.LookAt(*cursor.log);  // what was kept for a seek may go
}

}  // namespace broker::engine
