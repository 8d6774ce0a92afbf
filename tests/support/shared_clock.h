// A clock that stands still until a test moves it, for what reads the time on threads of its own. Thread-safe.
#pragma once

#include <atomic>

#include "broker/base/clock.h"

namespace broker::test {

class SharedClock final : public Clock {
 public:
  Time Wall() const override { return Time(Nanos(since_start_) + std::chrono::seconds(1'767'225'600)); }
  MonotonicTime Monotonic() const override { return MonotonicTime(Nanos(since_start_) + std::chrono::hours(1)); }
  void Advance(Nanos by) { since_start_ += by.count(); }

 private:
  std::atomic<Nanos::rep> since_start_{0};
};

}  // namespace broker::test
