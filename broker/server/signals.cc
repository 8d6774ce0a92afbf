#include "broker/server/signals.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "broker/server/exit_code.h"

namespace broker::server {
namespace {

bool IsIgnored(int signal) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

// Runs in a signal handler: only calls that are safe there.
void Abort(int) {
  constexpr std::string_view kLine = "brokerd: a second signal: aborted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
  ::_exit(static_cast<int>(ExitCode::kAborted));
}

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&stops_);
  sigaddset(&stops_, SIGTERM);
  sigaddset(&stops_, SIGINT);
  if (!IsIgnored(SIGHUP)) sigaddset(&stops_, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &stops_, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

std::string_view StopSignals::Wait(Nanos patience) {
  const timespec wait{patience.count() / 1'000'000'000, patience.count() % 1'000'000'000};
  switch (::sigtimedwait(&stops_, nullptr, &wait)) {
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    case SIGHUP: return "SIGHUP";
    default: return {};  // the time passed, or another signal's handler ran
  }
}

void StopSignals::LetTheNextAbort() {
  struct sigaction abort {};
  abort.sa_handler = &Abort;
  ::sigaction(SIGTERM, &abort, nullptr);
  ::sigaction(SIGINT, &abort, nullptr);
  sigset_t aborts;
  sigemptyset(&aborts);
  sigaddset(&aborts, SIGTERM);
  sigaddset(&aborts, SIGINT);
  ::pthread_sigmask(SIG_UNBLOCK, &aborts, nullptr);
}

}  // namespace broker::server
