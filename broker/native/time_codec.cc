#include "broker/native/time_codec.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>

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
