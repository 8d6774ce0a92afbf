// Internal to storage: reads of one RocksDB, at a snapshot or as it is now. Thread-safe.
#pragma once

#include <rocksdb/db.h>

#include <vector>

#include "storage/kv.h"

namespace broker::storage {

// In the order of Family; a nullptr is a family that is not open and reads as empty.
using FamilyHandles = std::vector<rocksdb::ColumnFamilyHandle*>;

class RocksdbReader final : public Reader {
 public:
  // `snapshot` may be nullptr: each read sees the present. Otherwise it is released with this.
  RocksdbReader(rocksdb::DB& db, const FamilyHandles& families, const rocksdb::Snapshot* snapshot)
      : db_(db), families_(families), snapshot_(snapshot) {}
  ~RocksdbReader() override;
  RocksdbReader(const RocksdbReader&) = delete;
  RocksdbReader& operator=(const RocksdbReader&) = delete;

  Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const override;
  Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
              const Visitor& visit) const override;
  Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                  std::string_view to) const override;

 private:
  rocksdb::ReadOptions Options(ReadMode mode) const;
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return families_[static_cast<std::size_t>(family)]; }

  rocksdb::DB& db_;
  const FamilyHandles& families_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace broker::storage
