// Durations as people write them: "250ms", "30s", "5m", "12h", "7d", "1h30m", "0".
#pragma once

#include <string>
#include <string_view>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker {

// Errors: kInvalidArgument for an empty text, an unknown unit, a bare number other than 0, a negative or a value
// beyond 292 years (what 64 bits of nanoseconds hold).
Result<Nanos> ParseDuration(std::string_view text);

// The shortest text that ParseDuration reads back to the same value; below a nanosecond nothing exists.
std::string FormatDuration(Nanos duration);

// RFC 3339 in UTC with milliseconds, e.g. "2026-01-02T03:04:05.678Z".
std::string FormatTime(Time time);

}  // namespace broker
