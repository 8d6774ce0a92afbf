#include "storage/rocksdb_error.h"

#include <fmt/format.h>

namespace broker::storage {

Error RocksdbError(std::string_view what, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  const std::string message = fmt::format("{}: {}", what, text);
  if (status.IsNoSpace()) return Error(ErrorCode::kStorageFull, "STORAGE_FULL", message);
  // A file that is missing is damage as much as one that is altered.
  if (status.IsCorruption() || status.IsPathNotFound()) return Error(ErrorCode::kDataLoss, "STORE_DAMAGED", message);
  if (status.IsNotSupported()) return Error(ErrorCode::kUnsupported, "STORE_UNSUPPORTED", message);
  // RocksDB has no code of its own for EACCES.
  if (status.IsIOError() && text.find("Permission denied") != std::string::npos) {
    return Error(ErrorCode::kPermissionDenied, "PERMISSION_DENIED", message);
  }
  return Error(ErrorCode::kInternal, "STORAGE_FAILED", message);
}

}  // namespace broker::storage
