#include "broker/engine/tail_cache.h"

#include <utility>

namespace broker::engine {
namespace {

constexpr std::uint64_t kAliasBytes = 256;    // of an entry that shares its message with another
constexpr std::uint64_t kMessageBytes = 768;  // of structures around a message

}  // namespace

// What was read from the store to make an alias of it is nobody else's: the alias holds it whole.
bool TailCache::SharesMessage(const StoredRecord& record) const {
  if (!record.stands_elsewhere()) return false;
  const MessageLog* home = logs_.Find(record.alias->target.log.value());
  const RecordPtr original = home == nullptr ? nullptr : home->InTail(record.alias->target.sequence.value());
  return original != nullptr && original->message == record.message;
}

void TailCache::Add(MessageLog& log, RecordPtr record, std::uint64_t group) {
  const bool small = record->message == nullptr || SharesMessage(*record);
  const std::uint64_t bytes = small ? kAliasBytes : kMessageBytes + record->size_bytes;
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

void TailCache::Forget(MessageLog& log) {
  log.tail.clear();
  std::erase_if(items_, [&](const Item& item) {
    if (item.log != log.id.value()) return false;
    bytes_ -= item.bytes;
    return true;
  });
}

}  // namespace broker::engine
