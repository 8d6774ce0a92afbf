#include "broker/native/time_codec.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

namespace broker::native {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

}  // namespace

Result<Nanos> FromProto(std::string_view field, const google::protobuf::Duration& duration) {
  const auto wrong = [&](std::string_view why) {
    return InvalidField(std::string(field), fmt::format("a duration of {} seconds and {} nanos {}", duration.seconds(),
                                                        duration.nanos(), why));
  };
  if (duration.seconds() < 0 || duration.nanos() < 0) return wrong("is negative");
  if (duration.nanos() >= kNanosPerSecond) return wrong("is not well-formed: nanos are at most 999999999");
  std::int64_t total = 0;
  if (__builtin_mul_overflow(duration.seconds(), kNanosPerSecond, &total) ||
      __builtin_add_overflow(total, std::int64_t{duration.nanos()}, &total)) {
    return wrong("is too long: at most 292 years");
  }
  return Nanos{total};
}

Result<std::optional<Nanos>> FromProto(std::string_view field, bool present,
                                       const google::protobuf::Duration& duration) {
  if (!present) return std::optional<Nanos>();
  auto value = FromProto(field, duration);
  if (!value.ok()) return std::move(value).error();
  return std::optional<Nanos>(*value);
}

Result<Time> FromProto(std::string_view field, const google::protobuf::Timestamp& time) {
  const auto wrong = [&](std::string_view why) {
    return InvalidField(std::string(field),
                        fmt::format("a time of {} seconds and {} nanos {}", time.seconds(), time.nanos(), why));
  };
  if (time.nanos() < 0 || time.nanos() >= kNanosPerSecond) return wrong("is not well-formed: nanos are 0 to 999999999");
  std::int64_t total = 0;
  if (__builtin_mul_overflow(time.seconds(), kNanosPerSecond, &total) ||
      __builtin_add_overflow(total, std::int64_t{time.nanos()}, &total)) {
    return wrong("is outside the years 1678 to 2262");
  }
  return Time(Nanos{total});
}

void ToProto(Nanos duration, google::protobuf::Duration* out) {
  out->set_seconds(duration.count() / kNanosPerSecond);
  out->set_nanos(static_cast<std::int32_t>(duration.count() % kNanosPerSecond));
}

void ToProto(Time time, google::protobuf::Timestamp* out) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  out->set_seconds(seconds.time_since_epoch().count());
  out->set_nanos(static_cast<std::int32_t>((time - seconds).count()));
}

}  // namespace broker::native
