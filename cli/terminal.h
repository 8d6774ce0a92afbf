// The outside of the process as brokerctl sees it: three streams, the environment, and waiting. Injected, so that tests
// run commands without a terminal, an environment or time. Confined to the thread that runs the command.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/clock.h"

namespace broker::cli {

class Terminal {
 public:
  virtual ~Terminal() = default;

  virtual std::istream& In() = 0;
  virtual std::ostream& Out() = 0;  // data only
  virtual std::ostream& Err() = 0;  // words for people
  virtual bool InIsTerminal() const = 0;
  virtual bool OutIsTerminal() const = 0;
  virtual bool ErrIsTerminal() const = 0;
  // nullopt if unset or empty.
  virtual std::optional<std::string> Env(const std::string& name) const = 0;
  virtual const Clock& clock() const = 0;
  // Returns after `duration`; earlier, with false, when the user interrupts (Ctrl-C).
  virtual bool Wait(Nanos duration) = 0;
  // From now on Ctrl-C, SIGTERM, a hang-up and the end of whoever reads the output do not end the process at once: Wait
  // and Interrupted tell of the first, the second ends it. For commands that have something to put away. Call it before
  // the first thread starts.
  virtual void CatchInterrupts() = 0;
  // Whether the user has interrupted. REQUIRES: CatchInterrupts
  virtual bool Interrupted() = 0;
};

// Standard streams, the process's environment and clock.
class ProcessTerminal final : public Terminal {
 public:
  ProcessTerminal() = default;
  ~ProcessTerminal() override;
  std::istream& In() override;
  std::ostream& Out() override;
  std::ostream& Err() override;
  bool InIsTerminal() const override;
  bool OutIsTerminal() const override;
  bool ErrIsTerminal() const override;
  std::optional<std::string> Env(const std::string& name) const override;
  const Clock& clock() const override { return clock_; }
  bool Wait(Nanos duration) override;
  void CatchInterrupts() override;
  bool Interrupted() override { return !Wait(Nanos{0}); }

 private:
  int interrupts_ = -1;  // a signalfd, once interrupts are caught
  bool interrupted_ = false;
  SystemClock clock_;
};

}  // namespace broker::cli
