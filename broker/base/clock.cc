#include "broker/base/clock.h"

namespace broker {

Time SystemClock::Wall() const { return std::chrono::system_clock::now(); }

MonotonicTime SystemClock::Monotonic() const { return std::chrono::steady_clock::now(); }

}  // namespace broker
