#include "cli/point_in_time.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
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

std::optional<Time> ParseRfc3339(std::string_view text) {
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
  const bool in_range = year >= std::chrono::year(1678) && year <= std::chrono::year(2261);  // 64 bits of nanoseconds
  if (!reader.Ended() || !date.ok() || !in_range || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction - offset;
}

}  // namespace

Result<Time> ParsePointInTime(std::string_view flag, std::string_view text, Time now) {
  if (text == "now") return now;
  if (text.starts_with('-') || text.starts_with('+')) {
    const auto span = ParseDuration(text.substr(1));
    if (!span.ok()) return InvalidField(std::string(flag), span.error().message);
    return text.front() == '-' ? now - *span : now + *span;
  }
  if (const auto time = ParseRfc3339(text)) return *time;
  return InvalidField(
      std::string(flag),
      fmt::format("\"{}\" is no point in time; write 2026-01-02T03:04:05Z, -1h (an hour ago), +10m or now", text));
}

}  // namespace broker::cli
