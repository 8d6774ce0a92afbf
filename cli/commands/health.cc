#include "cli/commands/commands.h"
#include "cli/session.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace broker::cli {
namespace {

namespace v1h = grpc::health::v1;

// For supervisors and scripts: the exit code is the answer, and needs no name or namespace to be there.
class HealthCommand final : public Command {
 public:
  explicit HealthCommand(Declaration& declare) { declare.Example("until brokerctl -q health; do sleep 1; done"); }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto health = (*client)->Call(&v1h::Health::Stub::Check, v1h::HealthCheckRequest());
    if (!health.ok()) return session.Fail(health.error());
    const bool serving = health->status() == v1h::HealthCheckResponse::SERVING;
    const std::string& address = (*client)->connection().address;
    session.Show(View::Thing(
        Value::MakeObject().Set("status", serving ? "serving" : "not_serving").Set("address", address), "status"));
    if (serving) return ExitCode::kOk;
    return session.Fail(Error(ErrorCode::kUnavailable, "NOT_SERVING",
                              "the broker at " + address + " takes no work: it is starting or stopping"));
  }
};

}  // namespace

void AddHealthCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<HealthCommand>(&root, "health", "Say whether the broker takes work; exit code 5 if it does not");
}

}  // namespace broker::cli
