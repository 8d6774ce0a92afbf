// The store on disk: one RocksDB per data folder, one column family per Family (meta is RocksDB's default family).
// Memory is a constant that the options set: one block cache, which also holds index and filter blocks, and one budget
// for all memtables.
//
// Not here: who owns the folder and which format it has (data_folder.h). RocksDB's headers stay behind this one.
//
// Besides the port's promises:
//  - A failed write or sync is final: RocksDB is not asked again, whatever it would answer.
//  - Space freed by Reclaim comes back by itself: whole files at once, the rest by a compaction that starts when enough
//    of it has gathered (rocksdb_reclaimer.h).
// Thread contract: as the port says. The destructor joins the store's threads and needs every snapshot gone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/kv.h"

namespace broker::storage {

struct RocksdbSeam;  // rocksdb_seam.h; for tests

struct RocksdbOptions {
  std::uint64_t block_cache_bytes = 64u << 20;
  std::uint64_t memtable_bytes = 64u << 20;  // over all families
  // Past this the oldest memtables are flushed, so that a restart has this much to read again and no more.
  std::uint64_t max_wal_bytes = 128u << 20;
  // Garbage in reclaimed ranges that may stay on disk before a compaction is started for it.
  std::uint64_t reclaim_bytes = 16u << 20;
  // Table files that are kept open. Beside them the store needs a few descriptors for logs, folders and what it writes.
  int max_open_files = 512;
  const RocksdbSeam* seam = nullptr;
};

class RocksdbKv final : public Kv {
 public:
  // Creates what is missing. Errors: kDataLoss (STORE_DAMAGED) when RocksDB cannot make sense of its files,
  // kPermissionDenied, kStorageFull, kInternal.
  static Result<std::unique_ptr<RocksdbKv>> Open(const std::string& folder, const RocksdbOptions& options);

  // The family meta as Open would find it, read without changing a byte: what Open recovers can then be judged before
  // it replaces the write-ahead log. Other families read as empty. nullptr: there is no store in `folder`.
  static Result<std::unique_ptr<Reader>> OpenMetaReadOnly(const std::string& folder, const RocksdbOptions& options);

  ~RocksdbKv() override;
  RocksdbKv(const RocksdbKv&) = delete;
  RocksdbKv& operator=(const RocksdbKv&) = delete;

  Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const override;
  Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
              const Visitor& visit) const override;
  Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                  std::string_view to) const override;
  std::unique_ptr<Batch> NewBatch() override;
  Status Write(std::unique_ptr<Batch> batch, Sync sync) override;
  std::unique_ptr<Reader> NewSnapshot() const override;
  void Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes) override;
  std::optional<Error> BackgroundError() const override;

 private:
  class Impl;
  explicit RocksdbKv(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace broker::storage
