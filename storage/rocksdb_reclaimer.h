// Internal to storage: gives the space of range-deleted keys back, on a thread of its own.
//
// For each reclaimed range it drops the files that lie wholly inside. What is left - level 0, files at the edges,
// small ranges that share files - is garbage until a compaction. When the garbage of a family has grown past a bound,
// and is at least an eighth of all that a compaction over its span would read, it runs one: every byte is rewritten
// about eight times at worst for all the space that comes back.
//
// It also flushes a memtable that has gathered many range deletions: each makes every exact read slower until then.
// Thread-safe.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "broker/base/mutex.h"
#include "storage/kv.h"
#include "storage/rocksdb_reader.h"

namespace broker::storage {

class RocksdbReclaimer {
 public:
  // `on_failure` is called on the reclaimer's thread when what was written cannot be synced.
  RocksdbReclaimer(rocksdb::DB& db, const FamilyHandles& families, std::uint64_t garbage_bytes,
                   std::function<void(Error)> on_failure);
  ~RocksdbReclaimer();  // cancels a running compaction and joins
  RocksdbReclaimer(const RocksdbReclaimer&) = delete;
  RocksdbReclaimer& operator=(const RocksdbReclaimer&) = delete;

  // At most 65,536 ranges wait; more are left to RocksDB's ordinary compactions.
  void Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes);
  // Says that `count` range deletions were written.
  void RangeDeletionsWritten(Family family, std::uint64_t count);

 private:
  struct Range {
    std::string from;
    std::string to;
    std::uint64_t bytes = 0;
  };
  struct Work {
    std::vector<Range> ranges;
    bool flush = false;
  };
  // What is known about a family's garbage; confined to the reclaimer's thread.
  struct Garbage {
    std::deque<Range> ranges;
    std::uint64_t bytes = 0;  // estimated
  };
  using WorkPerFamily = std::array<Work, kFamilyCount>;

  void Run();
  bool Wait(WorkPerFamily& work);
  void DropFiles(Family family, const std::vector<Range>& ranges);
  void CompactIfWorthIt(Family family);
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return families_[static_cast<std::size_t>(family)]; }

  rocksdb::DB& db_;
  const FamilyHandles& families_;
  const std::uint64_t garbage_bytes_;
  const std::function<void(Error)> on_failure_;
  std::array<Garbage, kFamilyCount> garbage_;
  std::array<std::uint64_t, kFamilyCount> range_deletions_ BROKER_GUARDED_BY(mutex_){};

  Mutex mutex_;
  CondVar changed_;
  WorkPerFamily waiting_ BROKER_GUARDED_BY(mutex_);
  std::size_t waiting_ranges_ BROKER_GUARDED_BY(mutex_) = 0;
  bool work_ BROKER_GUARDED_BY(mutex_) = false;
  bool stopping_ BROKER_GUARDED_BY(mutex_) = false;
  std::atomic<bool> cancelled_{false};
  std::thread thread_;  // last: it uses everything above
};

}  // namespace broker::storage
