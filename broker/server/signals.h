// SIGTERM, SIGINT and SIGHUP (the terminal is closed), taken one at a time by the thread that asks; SIGPIPE is ignored. So
// stays SIGHUP where it was when the process began, under nohup.
// Thread contract: made before any other thread starts (threads inherit the mask); then one thread waits.
#pragma once

#include <signal.h>

#include <string_view>

#include "broker/base/clock.h"

namespace broker::server {

class StopSignals {
 public:
  StopSignals();  // blocks them, in this thread and every one that it starts

  // The name of the signal that came, or empty when `patience` passed without one.
  std::string_view Wait(Nanos patience);

  // From now on SIGTERM and SIGINT end the process at once, with ExitCode::kAborted. SIGHUP does not: a terminal that
  // closes may send it more than once.
  void LetTheNextAbort();

 private:
  sigset_t stops_;
};

}  // namespace broker::server
