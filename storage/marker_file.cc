#include "storage/marker_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "storage/file_error.h"
#include "storage/keys.h"

namespace broker::storage {
namespace {

constexpr std::uint64_t kMagic = 0x42524b4d41524b30;  // "BRKMARK0"
constexpr std::size_t kSlotBytes = 24;              // magic, number, checksum of both
constexpr std::int64_t kFirstSlot = 0;
constexpr std::int64_t kSecondSlot = 512;  // never in one sector with the first

std::string Slot(std::uint64_t group) {
  std::string slot;
  AppendBigEndian(slot, kMagic);
  AppendBigEndian(slot, group);
  AppendBigEndian(slot, XXH3_64bits(slot.data(), slot.size()));
  return slot;
}

}  // namespace

Result<std::unique_ptr<MarkerFile>> MarkerFile::Open(std::string path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) return FileError("open", path, errno);
  std::unique_ptr<MarkerFile> marker(new MarkerFile(std::move(path), file));
  auto first = marker->LoadSlot(kFirstSlot);
  auto second = marker->LoadSlot(kSecondSlot);
  if (!first.ok()) return std::move(first).error();
  if (!second.ok()) return std::move(second).error();
  marker->second_slot_ = *first > *second;
  return marker;
}

MarkerFile::~MarkerFile() { ::close(file_); }

Status MarkerFile::Store(std::uint64_t group) {
  const std::string slot = Slot(group);
  const ssize_t written = ::pwrite(file_, slot.data(), slot.size(), second_slot_ ? kSecondSlot : kFirstSlot);
  if (written != static_cast<ssize_t>(slot.size())) return FileError("write", path_, written < 0 ? errno : ENOSPC);
  second_slot_ = !second_slot_;
  return {};
}

Result<std::optional<std::uint64_t>> MarkerFile::LoadSlot(std::int64_t offset) const {
  std::array<char, kSlotBytes> bytes{};
  const ssize_t got = ::pread(file_, bytes.data(), bytes.size(), offset);
  if (got < 0) return FileError("read", path_, errno);
  if (got != static_cast<ssize_t>(kSlotBytes)) return std::optional<std::uint64_t>();
  const std::string_view slot(bytes.data(), bytes.size());
  const std::uint64_t group = ReadBigEndian(slot, 8);
  return slot == Slot(group) ? std::optional(group) : std::nullopt;
}

Result<std::optional<std::uint64_t>> MarkerFile::Load() const {
  auto first = LoadSlot(kFirstSlot);
  auto second = LoadSlot(kSecondSlot);
  if (!first.ok()) return first;
  if (!second.ok()) return second;
  return std::max(*first, *second);  // nullopt is less than any number
}

}  // namespace broker::storage
