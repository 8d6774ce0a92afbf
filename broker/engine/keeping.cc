// What a log keeps, and from where on: for those who have not read it, for a replay as long as the topic's retention
// says, and for a seek where a subscription retains what it settled. Snapshots are frozen cursors: no case of their own.
#include <algorithm>

#include "broker/engine/core.h"

namespace broker::engine {

std::uint64_t Engine::Core::StoredFrom(const MessageLog& log) {
  const std::vector<Chunk>& chunks = log.chunks.chunks();
  if (chunks.empty() || (!chunks.back().open() && chunks.back().last + 1 != log.next_sequence))
    return log.next_sequence;
  // Behind the last gap: what is left of older chunks waits for someone else, and its counts cannot be told.
  std::size_t at = chunks.size() - 1;
  while (at > 0 && chunks[at - 1].last + 1 == chunks[at].first) --at;
  return chunks[at].first;
}

std::uint64_t Engine::Core::NeededFrom(const MessageLog& log) const {
  std::uint64_t needed = log.next_sequence;
  for (const Cursor* cursor : log.cursors) needed = std::min(needed, cursor->needed_from());
  if (log.retention > Nanos{0}) {
    const auto floor = RetainedFrom(log);
    needed = std::min(needed, floor ? floor->sequence : 0);
  }
  return needed;
}

std::optional<TimeMark> Engine::Core::RetainedFrom(const MessageLog& log) const {
  return log.marks.FloorAt(clock_.expiry_now() - log.retention, log.End());
}

std::uint64_t Engine::Core::SeekableFrom(const Cursor& cursor) const {
  const MessageLog& log = *cursor.log;
  std::uint64_t from = cursor.needed_from();
  if (log.retention > Nanos{0}) {
    const auto floor = RetainedFrom(log);
    from = std::min(from, floor ? floor->sequence : 0);
  }
  // What the subscription's own retention has passed would expire on arrival.
  const auto own = log.marks.FloorAt(clock_.expiry_now() - cursor.settings.retention, log.End());
  if (own) from = std::max(from, own->sequence);
  return std::max(from, StoredFrom(log));
}

void Engine::Core::ApplyTopicRetention(MessageLog& log, Nanos retention) {
  log.retention = retention;
  log.shortest_retention = Nanos{0};
  for (Cursor* cursor : log.cursors) {
    if (cursor->use == CursorUse::kReplay) cursor->settings.retention = retention;
  }
  timers_.Set({TimerKind::kRetention, log.id.value()}, now_);
  reclaim_.insert(log.id.value());
}

Totals Engine::Core::KeptIn(const MessageLog& log) {
  Totals kept;
  const std::vector<Chunk>& chunks = log.chunks.chunks();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const Chunk& chunk = chunks[i];
    const std::uint64_t end = chunk.open() ? log.next_sequence : chunk.last + 1;
    // A chunk ends with the totals that the next one begins with, unless what lay between them is gone.
    std::uint64_t end_bytes = chunk.base_bytes + chunk.bytes - (end - chunk.first) * kRecordOverhead;
    if (end == log.next_sequence) end_bytes = log.totals.bytes;
    if (i + 1 < chunks.size() && chunks[i + 1].first == end) end_bytes = chunks[i + 1].base_bytes;
    kept += {end - chunk.first, end_bytes - chunk.base_bytes};
  }
  return kept;
}

void Engine::Core::StartAtEarliest(Cursor& cursor) {
  const MessageLog& log = *cursor.log;
  const std::uint64_t stored = StoredFrom(log);
  const auto retained = log.retention > Nanos{0} ? RetainedFrom(log) : std::nullopt;
  if (retained && retained->sequence >= stored) {
    SetPosition(cursor, retained->sequence, retained->below);
  } else if (stored < log.next_sequence) {
    RecordPtr first = log.InTail(stored);
    if (first == nullptr) first = ReadRecord(deps_.kv, log.id, stored);
    if (first == nullptr || first->damaged) return;
    SetPosition(cursor, stored, first->below());
  }
  timers_.Set({TimerKind::kRetention, log.id.value()}, now_);
}

}  // namespace broker::engine
