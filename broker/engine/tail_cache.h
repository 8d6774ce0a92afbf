// Keeps the newest records of all logs within one budget, so that what was just published is delivered without a read.
// Records whose group is not yet committed stay, whatever the budget says: they are not in the store.
// A message that the tails of several logs share counts once, for the log it was published to: at most twice the budget is
// in memory, since all that share it go when as much as the budget has come after them.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <deque>

#include "broker/engine/logs.h"
#include "broker/engine/message_log.h"

namespace broker::engine {

class TailCache {
 public:
  TailCache(std::uint64_t budget_bytes, const Logs& logs) : budget_(budget_bytes), logs_(logs) {}

  // REQUIRES: record->sequence + 1 == log.next_sequence, and the tail is empty or ends right before it.
  void Add(MessageLog& log, RecordPtr record, std::uint64_t group);
  void Evict(std::uint64_t committed_group);
  // Before a log goes.
  void Forget(MessageLog& log);

 private:
  bool SharesMessage(const StoredRecord& record) const;

  struct Item {
    std::uint64_t log;
    std::uint64_t sequence;
    std::uint64_t bytes;
    std::uint64_t group;
  };
  std::uint64_t budget_;
  const Logs& logs_;
  std::uint64_t bytes_ = 0;
  std::deque<Item> items_;  // oldest first, over all logs
};

}  // namespace broker::engine
