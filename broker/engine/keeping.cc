#include "broker/engine/keeping.h"

#include <algorithm>

namespace broker::engine {

std::uint64_t StoredFrom(const MessageLog& log) {
  const std::vector<Chunk>& chunks = log.chunks.chunks();
  if (chunks.empty() || (!chunks.back().open() && chunks.back().last + 1 != log.next_sequence))
    return log.next_sequence;
  // Behind the last gap: what is left of older chunks waits for someone else, and its counts cannot be told.
  std::size_t at = chunks.size() - 1;
  while (at > 0 && chunks[at - 1].last + 1 == chunks[at].first) --at;
  return chunks[at].first;
}

std::uint64_t NeededFrom(const MessageLog& log, Time expiry_now) {
  std::uint64_t needed = log.next_sequence;
  for (const Cursor* cursor : log.cursors) needed = std::min(needed, cursor->needed_from());
  if (log.retention > Nanos{0}) {
    const auto floor = RetainedFrom(log, expiry_now);
    needed = std::min(needed, floor ? floor->sequence : 0);
  }
  return needed;
}

std::optional<TimeMark> RetainedFrom(const MessageLog& log, Time expiry_now) {
  return log.marks.FloorAt(expiry_now - log.retention, log.End());
}

std::uint64_t SeekableFrom(const Cursor& cursor, Time expiry_now) {
  const MessageLog& log = *cursor.log;
  std::uint64_t from = cursor.needed_from();
  if (log.retention > Nanos{0}) {
    const auto floor = RetainedFrom(log, expiry_now);
    from = std::min(from, floor ? floor->sequence : 0);
  }
  // What the subscription's own retention has passed would expire on arrival.
  const auto own = log.marks.FloorAt(expiry_now - cursor.settings.retention, log.End());
  if (own) from = std::max(from, own->sequence);
  return std::max(from, StoredFrom(log));
}

Totals KeptIn(const MessageLog& log) {
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

std::optional<Time> RetentionDue(MessageLog& log) {
  if (log.marks.empty()) return std::nullopt;
  if (log.shortest_retention == Nanos{0}) {
    Nanos shortest = log.retention > Nanos{0} ? log.retention : Nanos::max();
    for (const Cursor* cursor : log.cursors) {
      if (cursor->use != CursorUse::kFrozen) shortest = std::min(shortest, cursor->settings.retention);
    }
    log.shortest_retention = shortest;
  }
  if (log.shortest_retention == Nanos::max()) return std::nullopt;
  return log.marks.last_append() + log.shortest_retention;
}

}  // namespace broker::engine
