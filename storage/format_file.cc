#include "storage/format_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>

#include "storage/file_error.h"

namespace broker::storage {
namespace {

constexpr std::string_view kPrefix = "broker data folder, format version ";

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

Result<std::optional<std::uint32_t>> ReadFormatFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::optional<std::uint32_t>();
    return FileError("open", path, errno);
  }
  std::array<char, 64> bytes{};
  const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
  if (size < 0) return FileError("read", path, errno);
  std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  std::uint32_t version = 0;
  if (text.starts_with(kPrefix) && text.ends_with('\n')) {
    text.remove_prefix(kPrefix.size());
    text.remove_suffix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc() && end == text.data() + text.size()) return std::optional(version);
  }
  return Error(ErrorCode::kDataLoss, "MALFORMED_RECORD",
               fmt::format("{} does not say \"{}\" and a number; it was altered", path, kPrefix),
               path);
}

Status WriteFormatFile(const std::string& folder, const std::string& path, std::uint32_t version) {
  const std::string text = fmt::format("{}{}\n", kPrefix, version);
  const std::string temporary = path + ".tmp";
  {
    const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (file.get() < 0) return FileError("create", temporary, errno);
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) {
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
