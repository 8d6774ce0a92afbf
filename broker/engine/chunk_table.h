// The chunks of one log: spans of sequences that are dropped from the store as a whole once nothing in them is needed.
//
// A chunk is needed while one of these holds: a cursor has not read past it, or its topic keeps it for replay; something
// in it is outstanding for a cursor; a delayed message in it has not come due; an alias chunk that is not dropped names it as a source.
// Invariants: chunks ascend, do not overlap, and only the last is open.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "broker/base/clock.h"

namespace broker::engine {

// (log, first sequence of a chunk), or (log, sequence of a record in `kept`).
using SourceKey = std::pair<std::uint64_t, std::uint64_t>;

constexpr std::uint64_t kRecordOverhead = 64;  // what a record costs beside its message, for chunk sizes

struct Chunk {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // 0 while open
  std::uint64_t bytes = 0;
  Time opened{};
  std::uint64_t base_bytes = 0;       // the log's running total when it was opened
  std::set<SourceKey> sources;        // what its aliases point into, itself excepted
  std::uint64_t outstanding = 0;      // over all cursors of the log
  std::uint64_t scheduled = 0;        // delayed messages
  std::uint64_t named_by = 0;         // alias chunks that name it
  bool moving = false;                // its survivors are being read for `kept`

  bool open() const { return last == 0; }
  std::uint64_t records() const { return last - first + 1; }  // REQUIRES: !open()
};

struct ChunkLimits {
  std::uint64_t sequences;
  std::uint64_t bytes;
};

class ChunkTable {
 public:
  explicit ChunkTable(ChunkLimits limits) : limits_(limits) {}

  // Finds room for the record `sequence`. Answers whether a chunk was closed or opened for it.
  bool OnAppend(std::uint64_t sequence, std::uint64_t bytes, Time now, std::uint64_t log_bytes);
  // Closes the open chunk at `last`, if there is one.
  bool Close(std::uint64_t last);

  // The chunk that holds `sequence`, or null when it was dropped.
  Chunk* Find(std::uint64_t sequence);
  const Chunk* open() const { return !chunks_.empty() && chunks_.back().open() ? &chunks_.back() : nullptr; }
  Chunk* open() { return !chunks_.empty() && chunks_.back().open() ? &chunks_.back() : nullptr; }

  std::vector<Chunk>& chunks() { return chunks_; }
  const std::vector<Chunk>& chunks() const { return chunks_; }
  void Erase(std::uint64_t first);
  void Restore(Chunk chunk) { chunks_.push_back(std::move(chunk)); }

 private:
  ChunkLimits limits_;
  std::vector<Chunk> chunks_;
};

}  // namespace broker::engine
