// The port to durable storage: an ordered key-value store in families, with atomic batches, snapshots and bounded
// scans. Everything above is tested over two real implementations: RocksDB (storage/rocksdb_kv.h) and one in memory
// (storage/memory_kv.h), and a fault injector sits on either.
//
// Not here: what keys and values mean (keys.h, record_codec.h), the numbering of commits (committer.h).
//
// Invariants:
//  - A batch is applied whole or not at all, also across a crash.
//  - What was written with Sync::kYes survives a power cut, and so does every batch written before it.
//  - What was written with Sync::kNo survives the end of the process, not a power cut.
//  - After a Write has failed, every later Write fails.
// Thread contract: Get, Scan, Last, NewSnapshot and Reclaim from any thread; Write and NewBatch from one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/base/result.h"

namespace broker::storage {

enum class Family { kMeta, kCatalog, kLog, kKept, kOutstanding, kSchedule, kDedup, kMarks, kTasks, kIdempotency };
inline constexpr int kFamilyCount = 10;
std::string_view ToString(Family family);  // "meta", "catalog", ...

// kLive: the caller knows that no range deletion covers what it reads, so the store need not look for one.
// Reading a key that a range deletion covers then gives an unspecified older value.
enum class ReadMode { kExact, kLive };
enum class Sync { kNo, kYes };

class Batch {
 public:
  virtual ~Batch() = default;
  virtual void Put(Family family, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Family family, std::string_view key) = 0;
  virtual void DeleteRange(Family family, std::string_view from, std::string_view to) = 0;  // [from, to)
  // About what it weighs so far: keys and values.
  virtual std::size_t size_bytes() const = 0;
};

// Called for each pair in key order; false ends the scan. The views are valid during the call.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const = 0;
  // Visits [from, to) in ascending order.
  virtual Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
                      const Visitor& visit) const = 0;
  // The greatest key in [from, to), with its value.
  virtual Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                          std::string_view to) const = 0;
};

class Kv : public Reader {
 public:
  virtual std::unique_ptr<Batch> NewBatch() = 0;
  // REQUIRES: `batch` comes from this store's NewBatch.
  // Errors: kInternal when the medium failed, kDataLoss when the store is damaged, kStorageFull when there is no space;
  // all of them final.
  virtual Status Write(std::unique_ptr<Batch> batch, Sync sync) = 0;
  // A frozen view. It must not outlive the store.
  virtual std::unique_ptr<Reader> NewSnapshot() const = 0;
  // Says that a committed DeleteRange emptied [from, to), about `bytes` of values: the store may free the space in
  // its own time. Snapshots taken before may then miss what was there. Never blocks for long.
  virtual void Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes) = 0;
  // The worst background error that holds now: kStorageFull, which may pass; kDataLoss (STORE_DAMAGED) or kInternal, which
  // never do, and fail every Write.
  virtual std::optional<Error> BackgroundError() const = 0;
};

}  // namespace broker::storage
