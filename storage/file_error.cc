#include "storage/file_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace broker::storage {

Error FileError(std::string_view what, std::string_view path, int error_number) {
  std::string message =
      fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error_number));
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS:
      return Error(ErrorCode::kPermissionDenied, "PERMISSION_DENIED", std::move(message), std::string(path));
    case ENOSPC:
    case EDQUOT:
      return Error(ErrorCode::kStorageFull, "STORAGE_FULL", std::move(message), std::string(path));
    default:
      return Error(ErrorCode::kInternal, "FILE_ERROR", std::move(message), std::string(path));
  }
}

}  // namespace broker::storage
