#include "broker/server/signals.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "broker/server/exit_code.h"

namespace broker::server {
namespace {

sigset_t Stops() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

// Runs in a signal handler: only calls that are safe there.
void Abort(int) {
  constexpr std::string_view kLine = "brokerd: a second signal: aborted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
  ::_exit(static_cast<int>(ExitCode::kAborted));
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = Stops();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

std::string_view StopSignals::Wait(Nanos patience) {
  const sigset_t set = Stops();
  const timespec wait{patience.count() / 1'000'000'000, patience.count() % 1'000'000'000};
  switch (::sigtimedwait(&set, nullptr, &wait)) {
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    default: return {};  // the time passed, or another signal's handler ran
  }
}

void StopSignals::LetTheNextAbort() {
  struct sigaction abort {};
  abort.sa_handler = &Abort;
  ::sigaction(SIGTERM, &abort, nullptr);
  ::sigaction(SIGINT, &abort, nullptr);
  const sigset_t set = Stops();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace broker::server
