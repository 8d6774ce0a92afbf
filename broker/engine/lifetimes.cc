// How long a message lives. One past its time to live is never delivered and never dead-lettered. No timer watches over
// it: it goes when a cursor reaches it, when its attempt ends, or when its backoff does; until then it counts as what it
// was.
#include <algorithm>

#include "broker/engine/core.h"

namespace broker::engine {

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

}  // namespace broker::engine
