#include "broker/aws/sns/replay_policy.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sns {
namespace {

Error Wrong(std::string why) { return Error(ErrorCode::kInvalidArgument, "INVALID_REPLAY_POLICY", std::move(why)); }

// Takes a number of exactly so many digits and what follows it off the front of `text`.
bool Take(std::string_view& text, std::size_t digits, std::string_view after, int& out) {
  if (text.size() < digits + after.size() || text.substr(digits, after.size()) != after) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, out);
  if (error != std::errc() || end != text.data() + digits || text.front() == '-') return false;
  text.remove_prefix(digits + after.size());
  return true;
}

// RFC 3339 in UTC: seconds, perhaps with a fraction.
std::optional<Time> ParseTime(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!Take(text, 4, "-", year) || !Take(text, 2, "-", month) || !Take(text, 2, "T", day) ||
      !Take(text, 2, ":", hour) || !Take(text, 2, ":", minute) || !Take(text, 2, "", second)) {
    return std::nullopt;
  }
  Nanos fraction{0};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    Nanos unit = std::chrono::seconds(1);
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      unit /= 10;
      fraction += unit * (text.front() - '0');
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if ((text != "Z" && text != "+00:00") || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  if (year < 1970 || year > 2261) return std::nullopt;  // what 64 bits of nanoseconds hold
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction;
}

Result<std::optional<Time>> TimeOf(const Value& policy, std::string_view name) {
  const Value* const value = policy.Find(name);
  if (value == nullptr) return std::optional<Time>();
  const auto time = ParseTime(value->text);
  if (!time)
    return Wrong(
        fmt::format("{}: \"{}\" is not a time in UTC such as 2026-01-02T03:04:05.000Z", name, Shown(value->text)));
  return time;
}

}  // namespace

Result<ReplayPolicy> ParseReplayPolicy(const std::string& policy) {
  const auto tree = ReadJson(policy);
  if (!tree.ok() || tree->kind != Value::Kind::kObject) return Wrong("failed to parse JSON.");
  const Value* const type = tree->Find("PointType");
  if (type == nullptr || type->text != "Timestamp") return Wrong("PointType must be Timestamp");
  auto from = TimeOf(*tree, "StartingPoint");
  if (!from.ok()) return std::move(from).error();
  if (!*from) return Wrong("StartingPoint is missing");
  auto to = TimeOf(*tree, "EndingPoint");
  if (!to.ok()) return std::move(to).error();
  if (*to && **to <= **from) return Wrong("EndingPoint is not after StartingPoint");
  return ReplayPolicy{**from, *to};
}

std::optional<std::string> CheckReplayPolicy(const std::string& policy) {
  const auto parsed = ParseReplayPolicy(policy);
  return parsed.ok() ? std::nullopt : std::optional(parsed.error().message);
}

}  // namespace broker::aws::sns
