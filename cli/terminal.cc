#include "cli/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <limits>

namespace broker::cli {

namespace {

sigset_t Interrupts() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  // Blocked, it would come through even where nohup has it ignored.
  struct sigaction hang_up {};
  if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) ::sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

ProcessTerminal::~ProcessTerminal() {
  if (interrupts_ >= 0) ::close(interrupts_);
}

std::istream& ProcessTerminal::In() { return std::cin; }
std::ostream& ProcessTerminal::Out() { return std::cout; }
std::ostream& ProcessTerminal::Err() { return std::cerr; }
bool ProcessTerminal::InIsTerminal() const { return ::isatty(STDIN_FILENO) == 1; }
bool ProcessTerminal::OutIsTerminal() const { return ::isatty(STDOUT_FILENO) == 1; }
bool ProcessTerminal::ErrIsTerminal() const { return ::isatty(STDERR_FILENO) == 1; }

std::optional<std::string> ProcessTerminal::Env(const std::string& name) const {
  const char* text = std::getenv(name.c_str());
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::string(text);
}

bool ProcessTerminal::Wait(Nanos duration) {
  const auto millis = std::chrono::ceil<Millis>(duration).count();
  constexpr auto kLongest = static_cast<std::int64_t>(std::numeric_limits<int>::max());
  if (interrupted_) return false;
  // A negative descriptor is passed over. Of standard output nothing is awaited but the end of its reader.
  pollfd watched[]{{.fd = interrupts_, .events = POLLIN, .revents = 0},
                   {.fd = interrupts_ >= 0 ? STDOUT_FILENO : -1, .events = 0, .revents = 0}};
  // A signal interrupts the call; SIGINT that is not caught ends the process before that matters.
  if (::poll(watched, std::size(watched), static_cast<int>(std::clamp<std::int64_t>(millis, 0, kLongest))) == 0)
    return true;
  if (interrupts_ >= 0) {
    interrupted_ = true;
    signalfd_siginfo seen;
    while (::read(interrupts_, &seen, sizeof(seen)) > 0) {}
    const sigset_t set = Interrupts();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }
  return false;
}

void ProcessTerminal::CatchInterrupts() {
  if (interrupts_ >= 0) return;
  const sigset_t set = Interrupts();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);  // threads that start later inherit it
  ::signal(SIGPIPE, SIG_IGN);                   // what cannot be written is seen by the stream
  interrupts_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

}  // namespace broker::cli
