// Points in time as people write them. Pure.
#pragma once

#include <string_view>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::cli {

// "2026-01-02T03:04:05Z" (RFC 3339, any offset, parts of a second), "-1h" (so long ago), "+10m" (so long from now),
// "now". Errors: kInvalidArgument with a violation of `flag`; a time that Time cannot hold is told with the limits.
Result<Time> ParsePointInTime(std::string_view flag, std::string_view text, Time now);

// `from` moved by `by`, which `flag` says as `text`. Errors: as above, where the sum is more than Time holds.
Result<Time> Moved(std::string_view flag, std::string_view text, Time from, Nanos by);

}  // namespace broker::cli
