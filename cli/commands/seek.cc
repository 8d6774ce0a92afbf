#include <fmt/format.h>

#include "cli/commands/broker_time.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class Seek final : public Command {
 public:
  explicit Seek(Declaration& declare) {
    declare.Positional("SUBSCRIPTION", name_, "A pull subscription", Names::kPullSubscriptions);
    auto* time =
        declare.Option("--time", time_, "Before it all is settled, from it on nothing: RFC 3339, -1h or now", "TIME");
    declare.Option("--snapshot", snapshot_, "As it was when the snapshot was made", "NAME", {Names::kSnapshots, {}})
        ->excludes(time);
    declare.Example("brokerctl seek audit --time -1h         # the last hour once more");
    declare.Example("brokerctl seek audit --time now         # skip what is there");
    declare.Example("brokerctl seek audit --snapshot before-the-release");
  }
  ExitCode Run(Session& session) override {
    if (time_.empty() && snapshot_.empty()) {
      return session.Fail(InvalidField("--time", "is missing: give --time TIME or --snapshot NAME"));
    }
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::SeekRequest request;
    request.set_name(WithoutKind("subscription", name_));
    if (!snapshot_.empty()) {
      request.set_snapshot(snapshot_);
    } else {
      const auto time = PointInTime(**client, "--time", time_);
      if (!time.ok()) return session.Fail(time.error());
      *request.mutable_time() = ToProto(*time);
    }
    const auto now = (*client)->Call(&v1::Subscriptions::Stub::Seek, request);
    if (!now.ok()) return session.Fail(now.error());
    // What passes a filter is found, and counted, in the moments that follow.
    session.Say(
        now->subscription().filter().empty()
            ? fmt::format("{} has {} message(s) to deliver", now->subscription().name(), now->stats().ready())
            : fmt::format("moved {0}; what passes its filter is being counted: brokerctl subscription describe {0}",
                          now->subscription().name()));
    session.ShowIfAsked(View::Thing(SubscriptionDescriptionValue(*now)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  std::string time_;
  std::string snapshot_;
};

}  // namespace

void AddSeekCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Seek>(&root, "seek", "Move a pull subscription to a time or a snapshot");
}

}  // namespace broker::cli
