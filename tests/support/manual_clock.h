// A clock that stands still until a test moves it. Wall and monotonic time are set apart, as they come apart in life:
// the wall clock jumps, the monotonic one starts anew with the machine. Confined to one thread.
#pragma once

#include "broker/base/clock.h"

namespace broker::test {

class ManualClock final : public Clock {
 public:
  // 2026-01-01T00:00:00Z, an hour after the machine came up.
  static constexpr Time kStart{std::chrono::seconds(1'767'225'600)};
  static constexpr MonotonicTime kBoot{std::chrono::hours(1)};

  Time Wall() const override { return wall_; }
  MonotonicTime Monotonic() const override { return monotonic_; }

  // Time passes on both.
  void Advance(Nanos by) {
    wall_ += by;
    monotonic_ += by;
  }
  void JumpWall(Nanos by) { wall_ += by; }
  // The machine starts again: monotonic time has nothing to do with what it was.
  void RestartMonotonic() { monotonic_ = kBoot; }

 private:
  Time wall_ = kStart;
  MonotonicTime monotonic_ = kBoot;
};

}  // namespace broker::test
