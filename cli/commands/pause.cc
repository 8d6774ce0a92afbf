// queue pause|resume, subscription pause|resume
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class SetPaused final : public Command {
 public:
  SetPaused(Declaration& declare, PauseKind kind, bool paused) : kind_(kind), paused_(paused) {
    const bool queue = kind == PauseKind::kQueue;
    declare.Positional("NAME", name_, queue ? "Of the queue" : "Of the subscription",
                       queue ? Names::kQueues : Names::kSubscriptions);
    declare.Example(fmt::format("brokerctl {} {} {}", queue ? "queue" : "subscription", paused ? "pause" : "resume",
                                queue ? "billing" : "audit"));
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (kind_ == PauseKind::kQueue) {
      v1::UpdateQueueRequest request;
      request.mutable_queue()->set_name(WithoutKind("queue", name_));
      request.mutable_queue()->set_paused(paused_);
      request.mutable_update_mask()->add_paths("paused");
      return Report(session, "queue", (*client)->Call(&v1::Queues::Stub::Update, request), QueueValue);
    }
    v1::UpdateSubscriptionRequest request;
    request.mutable_subscription()->set_name(WithoutKind("subscription", name_));
    request.mutable_subscription()->set_paused(paused_);
    request.mutable_update_mask()->add_paths("paused");
    return Report(session, "subscription", (*client)->Call(&v1::Subscriptions::Stub::Update, request),
                  SubscriptionValue);
  }

 private:
  template <class Thing>
  ExitCode Report(Session& session, std::string_view kind, const Result<Thing>& thing, Value (*value)(const Thing&)) {
    if (!thing.ok()) return session.Fail(thing.error());
    session.Say(fmt::format("{} {} {}", paused_ ? "paused" : "resumed", kind, thing->name()));
    session.ShowIfAsked(View::Thing(value(*thing)));
    return ExitCode::kOk;
  }

  const PauseKind kind_;
  const bool paused_;
  std::string name_;
};

}  // namespace

void AddPauseCommands(CLI::App& group, CommandSet& commands, PauseKind kind) {
  commands.Add<SetPaused>(&group, "pause", "Deliver nothing until it is resumed; publishing goes on", kind, true);
  commands.Add<SetPaused>(&group, "resume", "Deliver again", kind, false);
}

}  // namespace broker::cli
