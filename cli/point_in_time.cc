#include "cli/point_in_time.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "broker/base/duration.h"

namespace broker::cli {
namespace {

// Reads from the front of a text; once something is not as expected, the rest is not either.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int Digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return Fail();
      number = number * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }
  // Any of `characters`; '\0' when it is none of them.
  char OneOf(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      Fail();
      return '\0';
    }
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  bool At(char character) const { return !rest_.empty() && rest_.front() == character; }
  // Up to 9 digits behind a '.', if there is one.
  Nanos Fraction() {
    if (!At('.')) return Nanos{0};
    OneOf(".");
    std::int64_t nanos = 0;
    int digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits++ < 9) nanos = nanos * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (digits == 0) Fail();
    for (; digits < 9; ++digits) nanos *= 10;
    return Nanos{nanos};
  }
  bool Ended() const { return ok_ && rest_.empty(); }

 private:
  int Fail() {
    ok_ = false;
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

// The whole seconds that 64 bits of nanoseconds hold, within the years 1677 and 2262.
constexpr std::chrono::sys_seconds kEarliest = std::chrono::ceil<std::chrono::seconds>(Time::min());
constexpr std::chrono::sys_seconds kLatest = std::chrono::floor<std::chrono::seconds>(Time::max());

Error Outside(std::string_view flag, std::string_view text) {
  return InvalidField(std::string(flag),
                      fmt::format("\"{}\" is outside {} to {}", text, FormatTime(kEarliest), FormatTime(kLatest)));
}

Result<Time> ParseRfc3339(std::string_view flag, std::string_view text) {
  Reader reader(text);
  const std::chrono::year year(reader.Digits(4));
  reader.OneOf("-");
  const std::chrono::month month(static_cast<unsigned>(reader.Digits(2)));
  reader.OneOf("-");
  const std::chrono::day day(static_cast<unsigned>(reader.Digits(2)));
  reader.OneOf("Tt ");
  const int hour = reader.Digits(2);
  reader.OneOf(":");
  const int minute = reader.Digits(2);
  reader.OneOf(":");
  const int second = reader.Digits(2);
  const Nanos fraction = reader.Fraction();
  std::chrono::minutes offset{0};
  const char zone = reader.OneOf("Zz+-");
  if (zone == '+' || zone == '-') {
    const int hours = reader.Digits(2);
    reader.OneOf(":");
    const int minutes = reader.Digits(2);
    offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (zone == '-') offset = -offset;
  }
  const std::chrono::year_month_day date(year, month, day);
  if (!reader.Ended() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return InvalidField(
        std::string(flag),
        fmt::format("\"{}\" is no point in time; write 2026-01-02T03:04:05Z, -1h (an hour ago), +10m or now", text));
  }
  const std::chrono::sys_seconds whole = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                                         std::chrono::minutes(minute) + std::chrono::seconds(second) - offset;
  if (whole < kEarliest || whole >= kLatest) return Outside(flag, text);
  return whole + fraction;
}

}  // namespace

Result<Time> ParsePointInTime(std::string_view flag, std::string_view text, Time now) {
  if (text == "now") return now;
  if (text.starts_with('-') || text.starts_with('+')) {
    const auto span = ParseDuration(text.substr(1));
    if (!span.ok()) return InvalidField(std::string(flag), span.error().message);
    return Moved(flag, text, now, text.front() == '-' ? -*span : *span);
  }
  return ParseRfc3339(flag, text);
}

Result<Time> Moved(std::string_view flag, std::string_view text, Time from, Nanos by) {
  std::int64_t nanos = 0;
  const bool wraps = __builtin_add_overflow(from.time_since_epoch().count(), by.count(), &nanos);
  const Time time(Nanos{nanos});
  if (wraps || time < kEarliest || time > kLatest) return Outside(flag, text);
  return time;
}

}  // namespace broker::cli
