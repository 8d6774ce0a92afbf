#include "cli/terminal.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <limits>

namespace broker::cli {

std::istream& ProcessTerminal::In() { return std::cin; }
std::ostream& ProcessTerminal::Out() { return std::cout; }
std::ostream& ProcessTerminal::Err() { return std::cerr; }
bool ProcessTerminal::InIsTerminal() const { return ::isatty(STDIN_FILENO) == 1; }
bool ProcessTerminal::OutIsTerminal() const { return ::isatty(STDOUT_FILENO) == 1; }

std::optional<std::string> ProcessTerminal::Env(const std::string& name) const {
  const char* text = std::getenv(name.c_str());
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::string(text);
}

bool ProcessTerminal::Wait(Nanos duration) {
  const auto millis = std::chrono::ceil<Millis>(duration).count();
  constexpr auto kLongest = static_cast<std::int64_t>(std::numeric_limits<int>::max());
  // A signal interrupts the call; SIGINT without a handler ends the process before that matters.
  return ::poll(nullptr, 0, static_cast<int>(std::clamp<std::int64_t>(millis, 0, kLongest))) == 0;
}

}  // namespace broker::cli
