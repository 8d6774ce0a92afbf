#include "broker/engine/engine_clock.h"

#include <algorithm>

namespace broker::engine {

EngineClock::EngineClock(const Clock& clock, Time persisted, Nanos held_back, Nanos max_forward)
    : clock_(clock), last_monotonic_(clock.Monotonic()), now_(std::max(persisted, clock.Wall())), held_back_(held_back) {
  const Nanos ahead = now_ - persisted;
  if (persisted != Time{} && ahead > max_forward) held_back_ += ahead;
}

Time EngineClock::Tick() {
  const MonotonicTime monotonic = clock_.Monotonic();
  const Nanos passed = std::max(monotonic - last_monotonic_, Nanos{0});
  last_monotonic_ = monotonic;
  const Nanos error = clock_.Wall() - (now_ + passed);
  now_ += passed + std::clamp(error, -passed / 10, passed / 10);
  return now_;
}

}  // namespace broker::engine
