#include "broker/base/duration.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>
#include <limits>

namespace broker {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};

// Longest first, for formatting; names are matched whole.
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

Error BadDuration(std::string_view text, std::string_view why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_DURATION",
               fmt::format("\"{}\" is not a duration: {}; write one like 250ms, 30s, 5m, 12h or 7d", text, why));
}

}  // namespace

Result<Nanos> ParseDuration(std::string_view text) {
  if (text.empty()) return BadDuration(text, "it is empty");
  if (text == "0") return Nanos{0};
  if (text.front() == '-') return BadDuration(text, "it is negative");
  std::int64_t total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, errc] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (errc == std::errc::result_out_of_range) return BadDuration(text, "it is too long");
    if (errc != std::errc() || number < 0) return BadDuration(text, "a number is missing");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
    rest.remove_prefix(name.size());
    std::int64_t unit = 0;
    for (const Unit& candidate : kUnits) {
      if (candidate.name == name) unit = candidate.nanos;
    }
    if (unit == 0) return BadDuration(text, name.empty() ? "its unit is missing" : "its unit is unknown");
    std::int64_t part = 0;
    if (__builtin_mul_overflow(number, unit, &part) || __builtin_add_overflow(total, part, &total)) {
      return BadDuration(text, "it is too long");
    }
  }
  return Nanos{total};
}

std::string FormatDuration(Nanos duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string out;
  if (left < 0) {
    out += '-';
    left = left == std::numeric_limits<std::int64_t>::min() ? std::numeric_limits<std::int64_t>::max() : -left;
  }
  for (const Unit& unit : kUnits) {
    if (left < unit.nanos) continue;
    out += fmt::format("{}{}", left / unit.nanos, unit.name);
    left %= unit.nanos;
  }
  return out;
}

std::string FormatTime(Time time) {
  const auto millis = std::chrono::floor<Millis>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  const std::time_t whole = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", parts, (millis - seconds).count());
}

}  // namespace broker
