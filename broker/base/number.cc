#include "broker/base/number.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace broker {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

// Largest first, for formatting.
constexpr std::array<Unit, 4> kUnits{{{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"B", 1}}};

Error BadValue(std::string_view text, std::string_view why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_VALUE", fmt::format("\"{}\" {}", text, why));
}

}  // namespace

Result<std::uint64_t> ParseCount(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, errc] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (errc != std::errc() || end != text.data() + text.size()) return BadValue(text, "is not a whole number");
  return number;
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  constexpr std::string_view kWhy = "is not a size; write one like 64MiB, 512KiB, 2GiB or a number of bytes";
  std::uint64_t number = 0;
  const auto [end, errc] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (errc != std::errc()) return BadValue(text, kWhy);
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (name != unit.name && !(name.empty() && unit.bytes == 1)) continue;
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(number, unit.bytes, &bytes)) return BadValue(text, kWhy);
    return bytes;
  }
  return BadValue(text, kWhy);
}

std::string FormatSize(std::uint64_t bytes) {
  for (const Unit& unit : kUnits) {
    if (bytes >= unit.bytes && bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return "0B";
}

}  // namespace broker
