// Waiting for what other threads do: on a condition, with a deadline that only a defect reaches.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "broker/base/clock.h"

namespace broker::test {

// Asks until `condition` holds; false when it did not within `limit`.
inline bool WaitFor(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds(60)) {
  const SystemClock clock;
  const MonotonicTime deadline = clock.Monotonic() + limit;
  while (!condition()) {
    if (clock.Monotonic() > deadline) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // between two looks, not instead of one
  }
  return true;
}

}  // namespace broker::test
