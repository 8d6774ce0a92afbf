// A terminal of strings: what is typed, what was written, and an environment that a test sets.
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "cli/terminal.h"

namespace broker::cli {

class FakeTerminal final : public Terminal {
 public:
  std::istream& In() override { return in; }
  std::ostream& Out() override { return out; }
  std::ostream& Err() override { return err; }
  bool InIsTerminal() const override { return in_is_terminal; }
  bool OutIsTerminal() const override { return out_is_terminal; }
  bool ErrIsTerminal() const override { return err_is_terminal; }
  std::optional<std::string> Env(const std::string& name) const override {
    const auto found = env.find(name);
    if (found == env.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  const Clock& clock() const override { return system_clock; }
  bool Wait(Nanos duration) override {
    waited += duration;
    return waits_left-- > 0;
  }
  void CatchInterrupts() override { catches_interrupts = true; }
  bool Interrupted() override { return looks_left-- <= 0; }

  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool catches_interrupts = false;
  std::map<std::string, std::string> env;
  SystemClock system_clock;
  int waits_left = 0;
  int looks_left = 0;  // before the user interrupts
  Nanos waited{0};
};

}  // namespace broker::cli
