// A Receive that waits, or is served with the group being built; or a Watch, which has no request. Confined to the engine's strand.
#pragma once

#include <cstdint>

#include "broker/engine/commands.h"

namespace broker::engine {

struct Waiter {
  std::uint64_t cursor = 0;
  ReceiveRequest request;
  Done<ReceiveResponse> done;
  Time deadline{};
  std::uint16_t consumer = 0;  // as in Consumers
};

}  // namespace broker::engine
