#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "broker/base/duration.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

ExitCode ShowStatus(Session& session, const v1::ClockStatus& status) {
  // The clocks of one answer are read at one moment, but engine time is slewed.
  constexpr Nanos kNear = std::chrono::seconds(10);
  const Nanos held_back = FromProto(status.held_back());
  const Nanos ahead = FromProto(status.engine_time()) - FromProto(status.wall_time());
  if (held_back > Nanos{0} && held_back - std::max(ahead, Nanos{0}) > kNear) {
    session.Warn(
        "the machine's clock jumped far ahead: retention and deduplication are held back; if the machine's time is "
        "right, run: brokerctl clock accept");
  } else if (ahead > kNear) {
    session.Warn(
        fmt::format("the broker's time, which never goes back, is {} ahead of the machine's: is the machine's time right? "
                    "Retention goes by {} time",
                    FormatDuration(std::chrono::floor<std::chrono::seconds>(ahead)),
                    held_back > Nanos{0} ? "the machine's" : "the broker's"));
  }
  session.Show(View::Thing(Value::MakeObject()
                               .Set("engine_time", TimeValue(status.engine_time()))
                               .Set("wall_time", TimeValue(status.wall_time()))
                               .Set("held_back", DurationValue(status.held_back())),
                           "engine_time"));
  return ExitCode::kOk;
}

class ClockShow final : public Command {
 public:
  explicit ClockShow(Declaration&) {}
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto status = (*client)->Call(&v1::Admin::Stub::ShowClock, v1::ShowClockRequest());
    if (!status.ok()) return session.Fail(status.error());
    return ShowStatus(session, *status);
  }
};

class ClockAccept final : public Command {
 public:
  explicit ClockAccept(Declaration&) {}
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto status = (*client)->Call(&v1::Admin::Stub::AcceptClock, v1::AcceptClockRequest());
    if (!status.ok()) return session.Fail(status.error());
    session.Say("accepted the machine's clock");
    return ShowStatus(session, *status);
  }
};

}  // namespace

void AddClockCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "clock", "The broker's own time beside the machine's");
  commands.Add<ClockShow>(group, "show", "Show both, and how far retention is held back after a jump");
  commands.Add<ClockAccept>(group, "accept",
                            "Say that the machine's time is right; what is past its retention by it goes");
}

}  // namespace broker::cli
