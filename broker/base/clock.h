// The injected clock. Nothing outside broker/base asks the operating system for the time (a test checks).
//
// `Wall()` survives a restart and may jump either way; `Monotonic()` never goes back and means nothing after a
// restart. The engine builds its own time from both (broker/engine/engine_clock.h).
// Implementations are thread-safe.
#pragma once

#include <chrono>

namespace broker {

using Nanos = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;
// Nanoseconds since 1970-01-01 UTC. Also the type of the engine's own time.
using Time = std::chrono::sys_time<Nanos>;
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Nanos>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time Wall() const = 0;
  virtual MonotonicTime Monotonic() const = 0;
};

// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  Time Wall() const override;
  MonotonicTime Monotonic() const override;
};

}  // namespace broker
