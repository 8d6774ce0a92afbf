// Internal to storage: what RocksDB says, as an Error.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "broker/base/error.h"

namespace broker::storage {

// REQUIRES: !status.ok(). "WHAT: RocksDB's text". kStorageFull, kDataLoss (STORE_DAMAGED), kPermissionDenied,
// kUnsupported or kInternal (STORAGE_FAILED).
Error RocksdbError(std::string_view what, const rocksdb::Status& status);

}  // namespace broker::storage
