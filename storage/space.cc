#include "storage/space.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "storage/file_error.h"

namespace broker::storage {

SpaceProbe ProbeFileSystem(std::string path) {
  return [path = std::move(path)]() -> Result<FileSystemSpace> {
    struct statvfs found {};
    if (::statvfs(path.c_str(), &found) != 0) return FileError("ask for the free space of", path, errno);
    return FileSystemSpace{.free_bytes = std::uint64_t{found.f_bavail} * found.f_frsize,
                           .total_bytes = std::uint64_t{found.f_blocks} * found.f_frsize};
  };
}

std::uint64_t ReserveBytes(std::uint64_t total_bytes) {
  constexpr std::uint64_t kLeastBytes = 256u << 20;
  return std::min(std::max(kLeastBytes, total_bytes / 50), total_bytes / 4);
}

std::optional<std::string> FreeSpace::Check() {
  const auto space = probe_();
  if (!space.ok()) {
    full_ = true;
    return space.error().message;
  }
  const std::uint64_t reserve = ReserveBytes(space->total_bytes);
  full_ = space->free_bytes < (full_ ? reserve + reserve / 2 : reserve);
  if (!full_) return std::nullopt;
  constexpr std::uint64_t kMebibyte = 1u << 20;
  return fmt::format("the file system of {} has {} MiB free of {} MiB; {} MiB are kept in reserve. "
                     "Free some space, or consume messages; new ones are taken again from {} MiB free on",
                     folder_, space->free_bytes / kMebibyte, space->total_bytes / kMebibyte, reserve / kMebibyte,
                     (reserve + reserve / 2) / kMebibyte);
}

}  // namespace broker::storage
