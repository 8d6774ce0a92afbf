// Internal to storage: how RocksDB is set up, and why, in one place.
#pragma once

#include <rocksdb/db.h>

#include <vector>

#include "storage/kv.h"
#include "storage/rocksdb_kv.h"

namespace broker::storage {

rocksdb::DBOptions DbOptions(const RocksdbOptions& options);

// In the order of Family. Share one block cache.
std::vector<rocksdb::ColumnFamilyDescriptor> FamilyDescriptors(const RocksdbOptions& options);

}  // namespace broker::storage
