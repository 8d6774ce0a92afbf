// How long a message lives, and how long it waits for its next attempt.
//
// A message past its time to live is never delivered and never dead-lettered. No timer watches over it: it goes when a
// cursor reaches it, when its attempt ends, or when its backoff does; until then it counts as what it was.
#include <algorithm>

#include "broker/engine/core.h"

namespace broker::engine {

Time Engine::Core::LifeBegins(const MessageLog& log, std::optional<Time> due) const {
  if (due) return std::chrono::ceil<Millis>(*due);
  return log.ordered ? now_ + log.delay : now_;
}

Time Engine::Core::DefaultExpiry(const MessageLog& log, std::optional<Time> due) const {
  return log.message_ttl > Nanos{0} ? LifeBegins(log, due) + log.message_ttl : Time{};
}

void Engine::Core::Expire(Cursor& cursor, std::uint64_t sequence) {
  RemoveOutstanding(cursor, sequence);
  journal_.RequireSync();
}

void Engine::Core::MoveDue(Cursor& cursor) {
  for (const std::uint64_t sequence : cursor.outstanding.MoveDue(now_)) {
    if (IsExpired(cursor.outstanding.Find(sequence)->expires)) Expire(cursor, sequence);
  }
}

bool Engine::Core::DropExpired(Cursor& cursor, const std::vector<std::uint64_t>& sequences) {
  const std::size_t before = cursor.outstanding.size();
  for (const std::uint64_t sequence : sequences) {
    if (IsExpired(cursor.outstanding.Find(sequence)->expires)) Expire(cursor, sequence);
  }
  return cursor.outstanding.size() != before;
}

std::vector<std::uint64_t> Engine::Core::ReadyNow(Cursor& cursor, std::size_t limit) {
  std::vector<std::uint64_t> ready;
  do ready = cursor.outstanding.Ready(limit);
  while (DropExpired(cursor, ready));
  return ready;
}

// The chosen wait is stored with the entry: recovery draws nothing.
Nanos Engine::Core::BackoffAfter(const Cursor& cursor, std::uint32_t attempts) {
  if (!cursor.settings.backoff) return Nanos{0};
  const model::RetryBackoff& backoff = *cursor.settings.backoff;
  Nanos wait = backoff.minimum;
  for (std::uint32_t i = 1; i < attempts && wait > Nanos{0} && wait < backoff.maximum; ++i) wait *= 2;
  wait = std::min(wait, backoff.maximum);
  const auto tenth = static_cast<std::uint64_t>(wait.count()) / 10;
  return wait - Nanos(static_cast<std::int64_t>(deps_.entropy.Next64() % (tenth + 1)));
}

}  // namespace broker::engine
