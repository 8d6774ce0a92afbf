#include "broker/engine/tail_cache.h"

#include <utility>

namespace broker::engine {
namespace {

constexpr std::uint64_t kAliasBytes = 256;    // of an entry that shares its message with another
constexpr std::uint64_t kMessageBytes = 768;  // of structures around a message

}  // namespace

void TailCache::Add(MessageLog& log, RecordPtr record, std::uint64_t group) {
  const std::uint64_t bytes =
      record->stands_elsewhere() || record->message == nullptr ? kAliasBytes : kMessageBytes + record->size_bytes;
  items_.push_back({log.id.value(), record->sequence, bytes, group});
  bytes_ += bytes;
  log.tail.push_back(std::move(record));
}

void TailCache::Evict(std::uint64_t committed_group) {
  while (bytes_ > budget_ && !items_.empty() && items_.front().group <= committed_group) {
    const Item item = items_.front();
    items_.pop_front();
    bytes_ -= item.bytes;
    MessageLog* log = logs_.Find(item.log);
    if (log != nullptr && !log->tail.empty() && log->tail.front()->sequence == item.sequence) log->tail.pop_front();
  }
}

void TailCache::Forget(MessageLog& log) { log.tail.clear(); }

}  // namespace broker::engine
