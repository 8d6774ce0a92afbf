#include "storage/space.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "storage/file_error.h"

namespace broker::storage {

namespace {

constexpr std::uint64_t kMebibyte = 1u << 20;

std::uint64_t LogBytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder + "/store", failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code gone;  // RocksDB deletes them at any time
    const std::uint64_t size = at->path().extension() == ".log" ? at->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace

SpaceProbe ProbeFileSystem(std::string path) {
  return [path = std::move(path)]() -> Result<FileSystemSpace> {
    struct statvfs found {};
    if (::statvfs(path.c_str(), &found) != 0) return FileError("ask for the free space of", path, errno);
    return FileSystemSpace{.free_bytes = std::uint64_t{found.f_bavail} * found.f_frsize,
                           .total_bytes = std::uint64_t{found.f_blocks} * found.f_frsize,
                           .log_bytes = LogBytes(path)};
  };
}

std::uint64_t ReserveBytes(std::uint64_t total_bytes) {
  constexpr std::uint64_t kLeastBytes = 256 * kMebibyte;
  return std::min(std::max(kLeastBytes, total_bytes / 50), total_bytes / 4);
}

std::optional<std::string> FreeSpace::Check() {
  const auto space = probe_();
  if (!space.ok()) {
    full_ = true;
    return space.error().message;
  }
  const std::uint64_t reserve = ReserveBytes(space->total_bytes);
  full_ = space->free_bytes < space->log_bytes + (full_ ? reserve + reserve / 2 : reserve);
  if (!full_) return std::nullopt;
  return fmt::format("the file system of {} has {} MiB free of {} MiB; {} MiB are kept in reserve, and {} MiB for what the "
                     "store's log holds. Free some space, or consume messages; new ones are taken again from {} MiB free on",
                     folder_, space->free_bytes / kMebibyte, space->total_bytes / kMebibyte, reserve / kMebibyte,
                     space->log_bytes / kMebibyte, (space->log_bytes + reserve + reserve / 2) / kMebibyte);
}

Status FreeSpace::CheckBeforeOpen() const {
  constexpr std::uint64_t kFilesBytes = 8 * kMebibyte;  // a new log, manifest and options
  const auto space = probe_();
  if (!space.ok()) return space.error();
  const std::uint64_t needed = space->log_bytes + space->log_bytes / 8 + kFilesBytes;
  if (space->free_bytes >= needed) return {};
  return Error(ErrorCode::kStorageFull, "STORAGE_FULL",
               fmt::format("the file system of {} has {} bytes free, and opening its store needs {}: its log of {} bytes "
                           "is written into tables. Free some space, then start again; nothing was changed",
                           folder_, space->free_bytes, needed, space->log_bytes),
               folder_);
}

}  // namespace broker::storage
