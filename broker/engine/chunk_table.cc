#include "broker/engine/chunk_table.h"

#include <algorithm>

#include "broker/base/check.h"

namespace broker::engine {

bool ChunkTable::OnAppend(std::uint64_t sequence, std::uint64_t bytes, Time now, std::uint64_t log_bytes) {
  Chunk* current = open();
  bool changed = false;
  if (current != nullptr &&
      (sequence - current->first >= limits_.sequences ||
       (current->bytes > 0 && current->bytes + bytes > limits_.bytes))) {
    current->last = sequence - 1;
    current = nullptr;
  }
  if (current == nullptr) {
    chunks_.push_back(Chunk{.first = sequence, .opened = now, .base_bytes = log_bytes});
    current = &chunks_.back();
    changed = true;
  }
  current->bytes += bytes;
  return changed;
}

bool ChunkTable::Close(std::uint64_t last) {
  Chunk* current = open();
  if (current == nullptr) return false;
  BROKER_CHECK(last >= current->first);
  current->last = last;
  return true;
}

Chunk* ChunkTable::Find(std::uint64_t sequence) {
  auto it = std::upper_bound(chunks_.begin(), chunks_.end(), sequence,
                             [](std::uint64_t value, const Chunk& chunk) { return value < chunk.first; });
  if (it == chunks_.begin()) return nullptr;
  --it;
  return it->open() || sequence <= it->last ? &*it : nullptr;
}

void ChunkTable::Erase(std::uint64_t first) {
  std::erase_if(chunks_, [first](const Chunk& chunk) { return chunk.first == first; });
}

}  // namespace broker::engine
