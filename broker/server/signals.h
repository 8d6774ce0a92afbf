// SIGTERM and SIGINT, taken one at a time by the thread that asks; SIGPIPE is ignored.
// Thread contract: Block before any other thread starts (threads inherit the mask); then one thread waits.
#pragma once

#include <string_view>

#include "broker/base/clock.h"

namespace broker::server {

class StopSignals {
 public:
  StopSignals();  // blocks them, in this thread and every one that it starts

  // The name of the signal that came, or empty when `patience` passed without one.
  std::string_view Wait(Nanos patience);

  // From now on such a signal ends the process at once, with ExitCode::kAborted.
  void LetTheNextAbort();
};

}  // namespace broker::server
