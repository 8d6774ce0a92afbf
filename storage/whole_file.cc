#include "storage/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "broker/base/check.h"
#include "storage/file_error.h"

namespace broker::storage {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace

Result<std::optional<std::string>> ReadWholeFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return FileError("open", path, errno);
  }
  std::string bytes(kMaxWholeFileBytes + 1, '\0');
  const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
  if (size < 0) return FileError("read", path, errno);
  bytes.resize(static_cast<std::size_t>(size));
  if (bytes.size() > kMaxWholeFileBytes) {
    return Error(ErrorCode::kDataLoss, "MALFORMED_RECORD",
                 fmt::format("{} has more than {} bytes; it was altered", path, kMaxWholeFileBytes), path);
  }
  return std::optional(std::move(bytes));
}

Status WriteWholeFile(const std::string& folder, const std::string& path, std::string_view bytes, std::uint32_t mode) {
  BROKER_CHECK(bytes.size() <= kMaxWholeFileBytes);
  const std::string temporary = path + ".tmp";
  {
    const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return FileError("create", temporary, errno);
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written != static_cast<ssize_t>(bytes.size())) {
      return FileError("write", temporary, written < 0 ? errno : ENOSPC);
    }
    if (::fsync(file.get()) != 0) return FileError("sync", temporary, errno);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return FileError("create", path, errno);
  return SyncFolder(folder);
}

Status SyncFolder(const std::string& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0) return FileError("open", folder, errno);
  if (::fsync(file.get()) != 0) return FileError("sync", folder, errno);
  return {};
}

}  // namespace broker::storage
