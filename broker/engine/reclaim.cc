// Space comes back by chunk: when nothing in a closed chunk is needed it is dropped as a whole; the few survivors of a
// sparse one move to `kept` first, in the same group, an alias as a full copy so that its sources are free to go.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using storage::Family;
using storage::PairKey;

struct Survivors {
  std::set<std::uint64_t> scheduled;
  ReadOutcome records;
};

// Delayed records of a chunk are known one by one only in the store.
std::set<std::uint64_t> ScheduledIn(const storage::Kv& kv, std::uint64_t log, std::uint64_t first, std::uint64_t last) {
  std::set<std::uint64_t> found;
  const Status status = kv.Scan(Family::kSchedule, PairKey(log, 0), PairKey(log + 1, 0), storage::ReadMode::kExact,
                                [&](std::string_view key, std::string_view) {
                                  const std::uint64_t sequence = storage::ReadBigEndian(key, 16);
                                  if (sequence >= first && sequence <= last) found.insert(sequence);
                                  return true;
                                });
  if (!status.ok()) Log(LogLevel::kError, "schedule_scan_failed", {{"log", log}, {"why", status.error().message}});
  return found;
}

std::set<std::uint64_t> OutstandingIn(const MessageLog& log, const Chunk& chunk, std::size_t limit) {
  std::set<std::uint64_t> found;
  for (const Cursor* cursor : log.cursors) {
    for (auto at = cursor->outstanding.NextFrom(chunk.first); at && *at <= chunk.last && found.size() < limit;
         at = cursor->outstanding.NextFrom(*at + 1)) {
      found.insert(*at);
    }
  }
  return found;
}

}  // namespace

void Engine::Core::RunChunkAge(MessageLog& log) {
  const Chunk* open = log.chunks.open();
  if (open == nullptr) return;
  if (open->opened + options_.chunk_age > now_) {
    timers_.Set({TimerKind::kChunk, log.id.value()}, open->opened + options_.chunk_age);
    return;
  }
  log.chunks.Close(log.next_sequence - 1);
  logs_.StateChanged(log);
  logs_.LookAt(log);
}

void Engine::Core::CheckReclaim(MessageLog& log) {
  for (Cursor* cursor : log.filtered) LetGo(*cursor);
  const std::uint64_t needed_from = NeededFrom(log, clock_.expiry_now());
  if (const Chunk* open = log.chunks.open(); open != nullptr && needed_from == log.next_sequence &&
                                             open->outstanding == 0 && open->scheduled == 0 && open->named_by == 0 &&
                                             (open->bytes > options_.emptied_chunk_bytes || log.deleted)) {
    log.chunks.Close(log.next_sequence - 1);
    timers_.Clear({TimerKind::kChunk, log.id.value()});
    logs_.StateChanged(log);
  }
  std::vector<std::uint64_t> unneeded;
  for (Chunk& chunk : log.chunks.chunks()) {
    if (chunk.open() || chunk.last >= needed_from) break;
    if (chunk.named_by > 0 || chunk.moving) continue;
    if (chunk.outstanding + chunk.scheduled == 0) {
      unneeded.push_back(chunk.first);
      continue;
    }
    if (!Logs::MayReclaim(log, chunk, chunk.outstanding)) continue;
    const std::uint64_t few = Logs::Few(chunk);
    const std::uint64_t needed = OutstandingIn(log, chunk, few + 1).size() + chunk.scheduled;
    if (needed < chunk.records() && needed <= few) StartMove(log, chunk);
  }
  for (const std::uint64_t first : unneeded) logs_.DropChunk(log, first);
  if (log.deleted && log.cursors.empty() && log.chunks.chunks().empty() && log.kept.empty()) RemoveLog(log);
}

void Engine::Core::StartMove(MessageLog& log, Chunk& chunk) {
  chunk.moving = true;
  const std::set<std::uint64_t> points = OutstandingIn(log, chunk, SIZE_MAX);
  const bool scheduled = chunk.scheduled > 0;
  const std::uint64_t id = log.id.value();
  const std::uint64_t first = chunk.first;
  const std::uint64_t last = chunk.last;
  const bool all_stored = journal_.all_durable();
  Offload<Survivors>(
      [&kv = deps_.kv, id, first, last, points, scheduled] {
        Survivors survivors;
        if (scheduled) survivors.scheduled = ScheduledIn(kv, id, first, last);
        std::set<std::uint64_t> all = points;
        all.insert(survivors.scheduled.begin(), survivors.scheduled.end());
        survivors.records = ReadRecords(kv, {model::LogId(id), {all.begin(), all.end()}});
        return survivors;
      },
      [this, id, first, all_stored, group = journal_.group()](Survivors survivors) {
        MessageLog* owner = logs_.Find(id);
        if (owner == nullptr) return;
        if (owner->schedule_cleared_in >= group) survivors.scheduled.clear();  // by a purge since the read began
        FinishMove(*owner, first, survivors.records, survivors.scheduled, all_stored);
      });
}

void Engine::Core::FinishMove(MessageLog& log, std::uint64_t first, const ReadOutcome& survivors,
                              const std::set<std::uint64_t>& scheduled, bool all_stored) {
  Chunk* chunk = log.chunks.Find(first);
  if (chunk == nullptr || chunk->first != first || !chunk->moving) return;
  // Delayed entries that were added or came due since the read change the count: look again.
  std::uint64_t still_scheduled = 0;
  for (const std::uint64_t sequence : scheduled) {
    const auto gone = [&](const auto& item) { return item.first.second == sequence; };
    if (std::none_of(log.schedule_removed.begin(), log.schedule_removed.end(), gone)) ++still_scheduled;
  }
  std::map<std::uint64_t, std::uint32_t> needs;
  for (const Cursor* cursor : log.cursors) {
    for (auto at = cursor->outstanding.NextFrom(chunk->first); at && *at <= chunk->last;
         at = cursor->outstanding.NextFrom(*at + 1)) {
      ++needs[*at];
    }
  }
  // Named, or gone back to by a cursor: looked at again when that ends.
  if (chunk->named_by > 0 || chunk->last >= NeededFrom(log, clock_.expiry_now())) {
    chunk->moving = false;
    return;
  }
  if (chunk->scheduled != still_scheduled) {
    if (!all_stored || schedule_.is_pending(log)) {
      chunk->moving = false;
      logs_.LookAt(log);
    } else {
      broker::Log(LogLevel::kError, "chunk_not_reclaimed",
                  {{"log", log.id.value()}, {"first", first}, {"why", "its delayed messages do not add up"}});
    }
    return;
  }
  std::map<std::uint64_t, RecordPtr> loaded;
  for (const RecordPtr& record : survivors.records) {
    if (!record->damaged) loaded[record->sequence] = record;
  }
  std::set<std::uint64_t> moving_scheduled;
  for (const std::uint64_t sequence : scheduled) {
    const auto gone = [&](const auto& item) { return item.first.second == sequence; };
    if (std::any_of(log.schedule_removed.begin(), log.schedule_removed.end(), gone)) continue;
    ++needs[sequence];
    moving_scheduled.insert(sequence);
  }
  for (const auto& [sequence, count] : needs) {
    if (loaded.count(sequence) > 0) continue;
    if (!all_stored) {
      chunk->moving = false;
      logs_.LookAt(log);
      return;
    }
    // Left in place, chunk and all, for whoever can mend it.
    broker::Log(LogLevel::kError, "chunk_not_reclaimed",
                {{"log", log.id.value()}, {"first", first}, {"why", "a needed record cannot be read"}, {"sequence", sequence}});
    return;
  }
  for (const auto& [sequence, count] : needs) {
    storage::v0::LogRecord durable;
    ToRecord(*loaded[sequence], true, durable);
    journal_.Put(Family::kKept, PairKey(log.id.value(), sequence), durable);
    log.kept[sequence] = count;
  }
  log.kept_scheduled.insert(moving_scheduled.begin(), moving_scheduled.end());
  if (!moving_scheduled.empty()) log.delayed_dirty = true;
  logs_.DropChunk(log, first);
}

}  // namespace broker::engine
