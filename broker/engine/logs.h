// All message logs, with what has to be written of them and looked at in them when the group is built; and what keeps their
// records: who needs one, which chunk names which, which records outlived their chunk. What nobody needs any more is put
// down to be looked at; reclaim.cc decides.
//
//   chunk.named_by == the alias chunks of any log that name it; the same of a kept record is kept_named_
//   a kept record that neither anybody needs nor an alias chunk names is dropped at once
//
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include "broker/base/executor.h"
#include "broker/engine/journal.h"
#include "broker/engine/message_log.h"
#include "storage/kv.h"

namespace broker::engine {

class Logs {
 public:
  // `reads`: where files go for good.
  Logs(storage::Kv& kv, Executor& reads, Journal& journal, ChunkLimits limits)
      : kv_(kv), reads_(reads), journal_(journal), limits_(limits) {}

  // A new one, or an empty one to be filled from the store. REQUIRES: there is none with this id.
  MessageLog& Add(model::LogId id);
  MessageLog& Restore(model::LogId id);
  // Null when there is none. A log keeps its address until it is erased.
  MessageLog* Find(std::uint64_t id) const;
  // From memory. REQUIRES: nothing points at it.
  void Erase(MessageLog& log);
  const std::unordered_map<std::uint64_t, std::unique_ptr<MessageLog>>& all() const { return logs_; }

  // ---- for the group being built
  // Its chunk table or its counts of delayed messages are to be written.
  void StateChanged(MessageLog& log);
  void DelayedChanged(MessageLog& log);
  // Writes what changed.
  void Flush();
  // A chunk of it may have become unneeded.
  void LookAt(const MessageLog& log) { look_at_.insert(log.id.value()); }
  std::set<std::uint64_t> TakeToLookAt() { return std::exchange(look_at_, {}); }
  bool has_work() const { return !dirty_.empty() || !look_at_.empty(); }

  // ---- what keeps records
  // One cursor more, or less, for which the record is outstanding.
  void Need(MessageLog& log, std::uint64_t sequence);
  void NeedNoMore(MessageLog& log, std::uint64_t sequence);
  // An alias at the end of `log` keeps what it points at: its chunk names the target's chunk, or the target itself if that
  // was kept.
  void NameSource(MessageLog& log, model::MessageId target);
  // As NameSource, of an alias chunk that is being recovered.
  void NameKept(const SourceKey& source) { ++kept_named_[source]; }
  bool IsNamed(const SourceKey& source) const { return kept_named_.count(source) > 0; }
  // One who needed a kept record does no longer.
  void ReleaseKept(MessageLog& log, std::uint64_t sequence);
  void DropKept(MessageLog& log, std::uint64_t sequence);
  // With all its records, durably; files go for good when that cannot be lost any more.
  void DropChunk(MessageLog& log, std::uint64_t first);

  // How many survivors of a chunk are worth moving: one record in sixteen, and of small chunks up to a quarter.
  static std::uint64_t Few(const Chunk& chunk);
  // Whether so few are outstanding that the chunk may be unneeded, or sparse. The same message may be for many cursors.
  static bool MayReclaim(const MessageLog& log, const Chunk& chunk, std::uint64_t outstanding);

 private:
  void ReleaseSource(const SourceKey& key);

  storage::Kv& kv_;
  Executor& reads_;
  Journal& journal_;
  ChunkLimits limits_;
  std::unordered_map<std::uint64_t, std::unique_ptr<MessageLog>> logs_;  // by id
  std::set<std::uint64_t> dirty_;
  std::set<std::uint64_t> look_at_;
  std::map<SourceKey, std::uint32_t> kept_named_;  // kept records that alias chunks name, with how many do
};

}  // namespace broker::engine
