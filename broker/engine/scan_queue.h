// Which filtered cursors have something to scan, in turn, and how many reads are under way for them; see scan.cc.
// Confined to the engine's strand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "broker/engine/cursor.h"

namespace broker::engine {

class ScanQueue {
 public:
  // Unless there is nothing to scan, it stands here, or a read of it is under way.
  void Push(Cursor& cursor) {
    Scan& scan = cursor.scan;
    if (scan.queued || scan.reading || scan.point >= cursor.log->next_sequence) return;
    scan.queued = true;
    queue_.push_back(cursor.id.value());
  }
  std::size_t size() const { return queue_.size(); }
  // Whether the next may have its turn.
  bool may_go() const { return !queue_.empty() && under_way_ < kAtOnce; }
  // The next one's id: it may be gone. REQUIRES: size() > 0
  std::uint64_t Pop() {
    const std::uint64_t id = queue_.front();
    queue_.pop_front();
    return id;
  }

  // Its turn comes again after Resume: when the group that is being built or under way is durable.
  void PushWaiting(Cursor& cursor) {
    cursor.scan.queued = true;
    waiting_.push_back(cursor.id.value());
  }
  void Resume() {
    for (const std::uint64_t id : std::exchange(waiting_, {})) queue_.push_back(id);
  }

  // A read off the strand.
  void BeginRead() { ++under_way_; }
  void EndRead() { --under_way_; }

 private:
  static constexpr std::size_t kAtOnce = 2;

  std::deque<std::uint64_t> queue_;
  std::vector<std::uint64_t> waiting_;
  std::size_t under_way_ = 0;
};

}  // namespace broker::engine
