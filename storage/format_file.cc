#include "storage/format_file.h"

#include <fmt/format.h>

#include <charconv>

#include "storage/whole_file.h"

namespace broker::storage {
namespace {

constexpr std::string_view kPrefix = "broker data folder, format version ";

}  // namespace

Result<std::optional<std::uint32_t>> ReadFormatFile(const std::string& path) {
  const auto read = ReadWholeFile(path);
  if (!read.ok()) return read.error();
  if (!*read) return std::optional<std::uint32_t>();
  std::string_view text(**read);
  std::uint32_t version = 0;
  if (text.starts_with(kPrefix) && text.ends_with('\n')) {
    text.remove_prefix(kPrefix.size());
    text.remove_suffix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc() && end == text.data() + text.size()) return std::optional(version);
  }
  return Error(ErrorCode::kDataLoss, "MALFORMED_RECORD",
               fmt::format("{} does not say \"{}\" and a number; it was altered", path, kPrefix), path);
}

Status WriteFormatFile(const std::string& folder, const std::string& path, std::uint32_t version) {
  return WriteWholeFile(folder, path, fmt::format("{}{}\n", kPrefix, version), 0640);
}

}  // namespace broker::storage
