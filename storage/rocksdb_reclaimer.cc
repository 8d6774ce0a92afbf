#include "storage/rocksdb_reclaimer.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <utility>

#include "broker/base/log.h"
#include "storage/rocksdb_error.h"

namespace broker::storage {
namespace {

constexpr std::size_t kMaxWaitingRanges = 65'536;
constexpr std::size_t kMaxGarbageRanges = 4'096;     // per family; older ones are left to ordinary compactions
constexpr std::uint64_t kMaxRangeDeletions = 256;    // in one memtable
constexpr std::uint64_t kMaxBytesReadPerByteFreed = 8;

}  // namespace

RocksdbReclaimer::RocksdbReclaimer(rocksdb::DB& db, const FamilyHandles& families, std::uint64_t garbage_bytes,
                                   std::function<void(Error)> on_failure)
    : db_(db),
      families_(families),
      garbage_bytes_(garbage_bytes),
      on_failure_(std::move(on_failure)),
      thread_([this] { Run(); }) {}

RocksdbReclaimer::~RocksdbReclaimer() {
  cancelled_.store(true);
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void RocksdbReclaimer::Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  if (waiting_ranges_ >= kMaxWaitingRanges) return;
  ++waiting_ranges_;
  waiting_[static_cast<std::size_t>(family)].ranges.push_back({std::string(from), std::string(to), bytes});
  work_ = true;
  changed_.NotifyAll();
}

void RocksdbReclaimer::RangeDeletionsWritten(Family family, std::uint64_t count) {
  MutexLock lock(mutex_);
  std::uint64_t& written = range_deletions_[static_cast<std::size_t>(family)];
  written += count;
  if (written < kMaxRangeDeletions) return;
  written = 0;
  waiting_[static_cast<std::size_t>(family)].flush = true;
  work_ = true;
  changed_.NotifyAll();
}

bool RocksdbReclaimer::Wait(WorkPerFamily& work) {
  MutexLock lock(mutex_);
  while (!work_ && !stopping_) changed_.Wait(mutex_);
  if (stopping_) return false;
  work = std::exchange(waiting_, {});
  waiting_ranges_ = 0;
  work_ = false;
  return true;
}

void RocksdbReclaimer::Run() {
  for (WorkPerFamily work; Wait(work);) {
    // The deletions must be on disk before the files go: a power cut that took back a deletion only would leave holes.
    if (const auto status = db_.SyncWAL(); !status.ok()) {
      on_failure_(RocksdbError("syncing the write-ahead log failed", status));
      return;
    }
    for (int i = 0; i < kFamilyCount && !cancelled_.load(); ++i) {
      const auto family = static_cast<Family>(i);
      const Work& todo = work[static_cast<std::size_t>(i)];
      if (todo.flush) {
        rocksdb::FlushOptions options;
        options.wait = false;
        options.allow_write_stall = true;
        // A failed flush shows as a background error.
        db_.Flush(options, Handle(family)).PermitUncheckedError();
      }
      if (todo.ranges.empty()) continue;
      DropFiles(family, todo.ranges);
      CompactIfWorthIt(family);
    }
  }
}

void RocksdbReclaimer::DropFiles(Family family, const std::vector<Range>& ranges) {
  Garbage& garbage = garbage_[static_cast<std::size_t>(family)];
  std::vector<rocksdb::Slice> bounds;
  bounds.reserve(ranges.size() * 2);
  for (const Range& range : ranges) {
    bounds.emplace_back(range.from);
    bounds.emplace_back(range.to);
    garbage.ranges.push_back(range);
    garbage.bytes += range.bytes;
  }
  while (garbage.ranges.size() > kMaxGarbageRanges) garbage.ranges.pop_front();
  std::vector<rocksdb::RangePtr> pointers;
  pointers.reserve(ranges.size());
  for (std::size_t i = 0; i < bounds.size(); i += 2) pointers.emplace_back(&bounds[i], &bounds[i + 1]);
  const auto status = rocksdb::DeleteFilesInRanges(&db_, Handle(family), pointers.data(), pointers.size(), false);
  if (!status.ok()) {
    Log(LogLevel::kWarning, "reclaim_failed", {{"family", ToString(family)}, {"error", status.ToString()}});
  }
}

void RocksdbReclaimer::CompactIfWorthIt(Family family) {
  Garbage& garbage = garbage_[static_cast<std::size_t>(family)];
  if (garbage.bytes < garbage_bytes_) return;

  std::vector<rocksdb::Range> spans;
  spans.reserve(garbage.ranges.size() + 1);
  std::string_view first = garbage.ranges.front().from;
  std::string_view last = garbage.ranges.front().to;
  for (const Range& range : garbage.ranges) {
    first = std::min<std::string_view>(first, range.from);
    last = std::max<std::string_view>(last, range.to);
    spans.emplace_back(range.from, range.to);
  }
  const rocksdb::Slice begin(first.data(), first.size());
  const rocksdb::Slice end(last.data(), last.size());
  spans.emplace_back(begin, end);
  std::vector<std::uint64_t> sizes(spans.size());
  rocksdb::SizeApproximationOptions what;
  what.include_files = true;
  what.include_memtables = false;  // garbage there never reaches a file
  const int count = static_cast<int>(spans.size());
  if (!db_.GetApproximateSizes(what, Handle(family), spans.data(), count, sizes.data()).ok()) return;
  const std::uint64_t whole = sizes.back();
  garbage.bytes = 0;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) garbage.bytes += sizes[i];
  if (garbage.bytes < garbage_bytes_ || whole / kMaxBytesReadPerByteFreed > garbage.bytes) return;

  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.allow_write_stall = true;  // the flush before it may not wait for ever behind a busy store
  options.canceled = &cancelled_;
  const auto status = db_.CompactRange(options, Handle(family), &begin, &end);
  if (cancelled_.load()) return;
  if (!status.ok()) {
    Log(LogLevel::kWarning, "reclaim_failed", {{"family", ToString(family)}, {"error", status.ToString()}});
    return;
  }
  Log(LogLevel::kDebug, "reclaimed",
      {{"family", ToString(family)}, {"garbage_bytes", garbage.bytes}, {"read_bytes", whole}});
  garbage = {};
}

}  // namespace broker::storage
