#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class ServerInfoCommand final : public Command {
 public:
  explicit ServerInfoCommand(Declaration&) {}
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto info = (*client)->Call(&v1::Admin::Stub::GetServerInfo, v1::GetServerInfoRequest());
    if (!info.ok()) return session.Fail(info.error());
    const auto uptime = std::chrono::floor<std::chrono::seconds>(FromProto(info->uptime()));
    session.Show(
        View::Thing(Value::MakeObject()
                        .Set("version", info->version())
                        .Set("address", (*client)->connection().address)
                        .Set("folder_id", info->folder_id())
                        .Set("start_time", TimeValue(info->start_time()))
                        .Set("uptime", DurationValue(ToProto(uptime)))
                        .Set("storage_full", info->storage_full().empty() ? Value() : Value(info->storage_full())),
                    "version"));
    if (!info->storage_full().empty()) session.Warn("publishes and creates are refused: " + info->storage_full());
    return ExitCode::kOk;
  }
};

}  // namespace

void AddServerCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "server", "The broker itself");
  commands.Add<ServerInfoCommand>(group, "info", "Show version, data folder and uptime");
}

}  // namespace broker::cli
