#include "broker/engine/logs.h"

#include <algorithm>
#include <utility>

#include "broker/base/check.h"
#include "broker/engine/store.h"
#include "storage/keys.h"

namespace broker::engine {

using storage::Family;
using storage::PairKey;

MessageLog& Logs::Add(model::LogId id) {
  MessageLog& added = Restore(id);
  StateChanged(added);  // a log is in the catalog from its first day
  return added;
}

MessageLog& Logs::Restore(model::LogId id) {
  return *logs_.emplace(id.value(), std::make_unique<MessageLog>(id, limits_)).first->second;
}

MessageLog* Logs::Find(std::uint64_t id) const {
  const auto it = logs_.find(id);
  return it == logs_.end() ? nullptr : it->second.get();
}

void Logs::Erase(MessageLog& log) {
  const std::uint64_t id = log.id.value();
  dirty_.erase(id);
  look_at_.erase(id);
  logs_.erase(id);
}

void Logs::StateChanged(MessageLog& log) {
  log.state_dirty = true;
  dirty_.insert(log.id.value());
}

void Logs::DelayedChanged(MessageLog& log) {
  log.delayed_dirty = true;
  dirty_.insert(log.id.value());
}

void Logs::Flush() {
  for (const std::uint64_t id : std::exchange(dirty_, {})) {
    MessageLog* log = Find(id);
    if (log == nullptr) continue;
    if (std::exchange(log->state_dirty, false)) StoreLogState(journal_, *log);
    if (std::exchange(log->delayed_dirty, false)) StoreDelayed(journal_, *log);
  }
}

std::uint64_t Logs::Few(const Chunk& chunk) {
  return std::max<std::uint64_t>({1, chunk.records() / 16, std::min<std::uint64_t>(4, chunk.records() / 4)});
}

bool Logs::MayReclaim(const MessageLog& log, const Chunk& chunk, std::uint64_t outstanding) {
  if (outstanding == 0) return true;
  return !chunk.open() && outstanding <= log.cursors.size() * Few(chunk);
}

void Logs::Need(MessageLog& log, std::uint64_t sequence) {
  if (Chunk* chunk = log.chunks.Find(sequence)) {
    ++chunk->outstanding;
  } else if (const auto kept = log.kept.find(sequence); kept != log.kept.end()) {
    ++kept->second;
  }
}

void Logs::NeedNoMore(MessageLog& log, std::uint64_t sequence) {
  if (Chunk* chunk = log.chunks.Find(sequence)) {
    if (MayReclaim(log, *chunk, --chunk->outstanding)) LookAt(log);
  } else {
    ReleaseKept(log, sequence);
  }
}

void Logs::NameSource(MessageLog& log, model::MessageId target) {
  MessageLog* source_log = Find(target.log.value());
  BROKER_CHECK(source_log != nullptr);
  Chunk* source = source_log->chunks.Find(target.sequence.value());
  Chunk* own = log.chunks.open();
  if (source == own) return;  // they go together
  const SourceKey key{target.log.value(), source != nullptr ? source->first : target.sequence.value()};
  if (!own->sources.insert(key).second) return;
  if (source != nullptr) {
    ++source->named_by;
  } else {
    ++kept_named_[key];
  }
  StateChanged(log);
}

void Logs::ReleaseSource(const SourceKey& key) {
  MessageLog* log = Find(key.first);
  if (log == nullptr) return;
  Chunk* chunk = log->chunks.Find(key.second);
  if (chunk != nullptr && chunk->first == key.second) {
    --chunk->named_by;
    LookAt(*log);
    return;
  }
  const auto named = kept_named_.find(key);
  BROKER_CHECK(named != kept_named_.end());
  if (--named->second > 0) return;
  kept_named_.erase(named);
  if (const auto kept = log->kept.find(key.second); kept != log->kept.end() && kept->second == 0) {
    DropKept(*log, key.second);
  }
}

void Logs::DropChunk(MessageLog& log, std::uint64_t first) {
  const Chunk chunk = *log.chunks.Find(first);
  const std::string from = PairKey(log.id.value(), chunk.first);
  const std::string to = PairKey(log.id.value(), chunk.last + 1);
  journal_.DeleteRange(Family::kLog, from, to);
  // Files may go for good only once the group that no longer needs them cannot be lost.
  journal_.RequireSync();
  journal_.After([&reads = reads_, &kv = kv_, from, to, bytes = chunk.bytes] {
    reads.Post([&kv, from, to, bytes] { kv.Reclaim(Family::kLog, from, to, bytes); });
  });
  log.chunks.Erase(first);
  StateChanged(log);
  for (const SourceKey& source : chunk.sources) ReleaseSource(source);
}

void Logs::ReleaseKept(MessageLog& log, std::uint64_t sequence) {
  const auto kept = log.kept.find(sequence);
  if (kept == log.kept.end()) return;
  if (kept->second > 0) --kept->second;
  if (kept->second == 0 && kept_named_.count({log.id.value(), sequence}) == 0) DropKept(log, sequence);
}

void Logs::DropKept(MessageLog& log, std::uint64_t sequence) {
  journal_.Delete(Family::kKept, PairKey(log.id.value(), sequence));
  log.kept.erase(sequence);
  if (log.deleted) LookAt(log);
}

}  // namespace broker::engine
