// What a command runs with: the terminal, the global flags, and the broker. Data goes to standard output in the chosen
// format, words to standard error. Confined to the main thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "cli/client.h"
#include "cli/connection.h"
#include "cli/exit_code.h"
#include "cli/render.h"
#include "cli/terminal.h"
#include "cli/view.h"

namespace broker::cli {

struct GlobalFlags {
  ConnectionFlags connection;
  std::string output;  // empty: not given
  std::optional<Nanos> timeout;
  bool quiet = false;
};

inline constexpr Nanos kDefaultTimeout = std::chrono::seconds(30);

class Session {
 public:
  Session(Terminal& terminal, const GlobalFlags& flags) : terminal_(terminal), flags_(flags) {}

  Terminal& terminal() { return terminal_; }
  const GlobalFlags& flags() const { return flags_; }

  // Connects on first use. Errors: those of ResolveConnection.
  Result<Client*> Connect();

  // What -o says; the default is the table.
  OutputFormat Format() const;
  // Prints data.
  void Show(const View& view);
  // The same, but only if -o was given: for commands whose answer is "done".
  void ShowIfAsked(const View& view);
  // A line of words, unless --quiet.
  void Say(std::string_view words);
  void Warn(std::string_view words);
  // Prints the error with its remedy; answers the code to exit with.
  ExitCode Fail(const Error& error);
  // Asks before a destructive command.
  bool Confirmed(std::string_view question, bool yes);

  // Shows what `load` answers once, or again and again every `every` until it fails or the user interrupts.
  ExitCode ShowRepeatedly(std::optional<Nanos> every, const std::function<Result<View>()>& load);

 private:
  // --timeout, else BROKER_TIMEOUT, else kDefaultTimeout.
  Result<Nanos> Timeout() const;

  Terminal& terminal_;
  const GlobalFlags& flags_;
  std::unique_ptr<Client> client_;
  Connection connection_{std::string(kDefaultAddress), std::string(kDefaultNamespace), "the default"};
};

}  // namespace broker::cli
