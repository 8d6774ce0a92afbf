// A subscription's replay policy: from when to when its queue gets what the topic's archive has once more.
//   {"PointType": "Timestamp", "StartingPoint": "2026-01-02T03:04:05.000Z", "EndingPoint": "2026-01-02T04:00:00.000Z"}
// Pure functions.
#pragma once

#include <optional>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

struct ReplayPolicy {
  Time from{};
  std::optional<Time> to;  // none: up to when it is set
};

// Errors: kInvalidArgument, saying what is wrong.
Result<ReplayPolicy> ParseReplayPolicy(const std::string& policy);
std::optional<std::string> CheckReplayPolicy(const std::string& policy);

}  // namespace broker::aws::sns
