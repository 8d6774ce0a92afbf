// Points in time as people write them. Pure.
#pragma once

#include <string_view>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::cli {

// "2026-01-02T03:04:05Z" (RFC 3339, any offset, parts of a second), "-1h" (so long ago), "+10m" (so long from now),
// "now". Errors: kInvalidArgument with a violation of `flag`.
Result<Time> ParsePointInTime(std::string_view flag, std::string_view text, Time now);

}  // namespace broker::cli
