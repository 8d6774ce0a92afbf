// Engine time: runs on the monotonic clock, slews towards the wall clock by at most a tenth, never goes back, and is
// persisted with every commit group. At start it is the later of the persisted time and the wall clock.
//
// A start that finds the wall clock more than `max_forward` ahead of the persisted time holds expiry (retention,
// deduplication) back by that difference until an operator accepts the clock; leases and delays go on.
// Confined to the engine's strand.
#pragma once

#include <algorithm>

#include "broker/base/clock.h"

namespace broker::engine {

class EngineClock {
 public:
  // `persisted` is zero for a new store. `held_back` is what an earlier start held back and nobody accepted yet.
  EngineClock(const Clock& clock, Time persisted, Nanos held_back, Nanos max_forward);

  // Reads the clock and moves engine time on.
  Time Tick();
  // Engine time as of the last Tick.
  Time now() const { return now_; }
  // The time that retention and deduplication go by.
  Time expiry_now() const { return now_ - held_back_; }

  Nanos held_back() const { return held_back_; }
  // The machine's time is right: expiry goes by it, and never by an engine time that is ahead of it.
  void Accept() { held_back_ = std::clamp(now_ - clock_.Wall(), Nanos{0}, held_back_); }
  Time wall() const { return clock_.Wall(); }
  // When the monotonic clock will show that `time` has come, as far as can be said now.
  MonotonicTime MonotonicAt(Time time) const { return last_monotonic_ + (time - now_); }

 private:
  const Clock& clock_;
  MonotonicTime last_monotonic_;
  Time now_;
  Nanos held_back_;
};

}  // namespace broker::engine
