#include "cli/session.h"

#include <fmt/format.h>

#include <ostream>

#include "broker/base/duration.h"
#include "cli/confirm.h"
#include "cli/name_source.h"
#include "cli/status.h"
#include "cli/suggest.h"

namespace broker::cli {
namespace {

// "Did you mean ...?" for what was not found; empty if nothing is close or the broker does not answer.
std::string SimilarNames(Client& client, const Error& error) {
  if (error.code != ErrorCode::kNotFound || error.resource.empty()) return {};
  const auto slash = error.resource.find('/');
  const std::string kind = slash == std::string::npos ? std::string() : error.resource.substr(0, slash);
  const std::string name = slash == std::string::npos ? error.resource : error.resource.substr(slash + 1);
  std::string out;
  for (const auto& [word, names] : {std::pair("topic", Names::kTopics), std::pair("queue", Names::kQueues),
                                    std::pair("subscription", Names::kSubscriptions)}) {
    for (const std::string& found : Similar(name, LiveNames(client, names))) {
      if (!kind.empty() && kind != word && found != name) continue;  // of another kind only the very name helps
      out += fmt::format("{}{}", out.empty() ? "" : ", ", kind == word ? found : fmt::format("{}/{}", word, found));
    }
  }
  return out.empty() ? out : fmt::format("did you mean: {}?\n", out);
}

}  // namespace

Result<Client*> Session::Connect() {
  if (client_ == nullptr) {
    auto connection = ResolveConnection(flags_.connection, terminal_);
    if (!connection.ok()) return connection.error();
    connection_ = *connection;
    const auto timeout = Timeout();
    if (!timeout.ok()) return timeout.error();
    client_ = std::make_unique<Client>(*std::move(connection), *timeout, terminal_.clock());
  }
  return client_.get();
}

Result<Nanos> Session::Timeout() const {
  if (flags_.timeout) return *flags_.timeout;
  const auto text = terminal_.Env("BROKER_TIMEOUT");
  if (!text) return kDefaultTimeout;
  auto timeout = ParseDuration(*text);
  if (!timeout.ok()) return InvalidField("BROKER_TIMEOUT", timeout.error().message);
  return *timeout;
}

OutputFormat Session::Format() const { return ParseOutputFormat(flags_.output).value_or(OutputFormat::kTable); }

void Session::Show(const View& view) { terminal_.Out() << Render(view, Format()) << std::flush; }

void Session::ShowIfAsked(const View& view) {
  if (!flags_.output.empty()) Show(view);
}

void Session::Say(std::string_view words) {
  if (!flags_.quiet) terminal_.Err() << words << '\n';
}

void Session::Warn(std::string_view words) { terminal_.Err() << "warning: " << words << '\n'; }

ExitCode Session::Fail(const Error& error) {
  terminal_.Err() << "error: " << Describe(error, connection_);
  if (client_ != nullptr) terminal_.Err() << SimilarNames(*client_, error);
  return ExitCodeOf(error.code);
}

bool Session::Confirmed(std::string_view question, bool yes) { return Confirm(terminal_, question, yes); }

ExitCode Session::ShowRepeatedly(std::optional<Nanos> every, const std::function<Result<View>()>& load) {
  bool first = true;
  do {
    auto view = load();
    if (!view.ok()) return Fail(view.error());
    if (every && terminal_.OutIsTerminal()) {
      terminal_.Out() << "\x1b[H\x1b[2J";
    } else if (!first && Format() == OutputFormat::kYaml) {
      terminal_.Out() << "---\n";
    } else if (!first && Format() == OutputFormat::kTable) {
      terminal_.Out() << '\n';
    }
    first = false;
    Show(*view);
    if (!terminal_.Out()) break;  // nobody reads any more; that is told at the end of every command
  } while (every && terminal_.Wait(*every));
  return ExitCode::kOk;
}

}  // namespace broker::cli
