// Points in time as the broker's clock has them: what is relative on a command line counts from there, not from here.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "cli/client.h"
#include "cli/point_in_time.h"
#include "cli/proto_values.h"

namespace broker::cli {

inline Result<Time> BrokerNow(Client& client) {
  const auto clock = client.Call(&v1::Admin::Stub::ShowClock, v1::ShowClockRequest());
  if (!clock.ok()) return clock.error();
  return FromProto(clock->engine_time());
}

// `text` as ParsePointInTime takes it; asks the broker for its time only where that matters.
inline Result<Time> PointInTime(Client& client, std::string_view flag, const std::string& text) {
  const bool relative = text == "now" || text.starts_with('-') || text.starts_with('+');
  if (!relative) return ParsePointInTime(flag, text, Time{});
  const auto checked = ParsePointInTime(flag, text, Time{});  // a wrong text needs no broker
  if (!checked.ok()) return checked.error();
  const auto now = BrokerNow(client);
  if (!now.ok()) return now.error();
  return ParsePointInTime(flag, text, *now);
}

}  // namespace broker::cli
