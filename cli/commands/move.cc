// dlq redrive, queue move: both are one call, with and without a destination.
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/commands/task_following.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class Move final : public Command {
 public:
  Move(Declaration& declare, bool redrive) {
    declare.Positional("QUEUE", queue_, redrive ? "The dead-letter queue" : "From which to move", Names::kQueues);
    auto* to = declare.Option("--to", destination_,
                              redrive ? "Move all there instead of each back to where it came from" : "Where to",
                              "QUEUE|topic/TOPIC", {Names::kQueues, {}});
    if (!redrive) to->required();
    flags_.Declare(declare);
    declare.Flag("--dry-run", dry_run_, "Count what would be moved, and move nothing");
    if (redrive) {
      declare.Example("brokerctl dlq redrive billing-dlq --dry-run");
      declare.Example("brokerctl dlq redrive billing-dlq --rate 100");
      declare.Example("brokerctl dlq redrive billing-dlq --to billing-inspection");
    } else {
      declare.Example("brokerctl queue move billing --to billing-new --rate 1000");
    }
  }
  ExitCode Run(Session& session) override {
    if (!flags_.no_wait()) session.terminal().CatchInterrupts();
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::RedriveRequest request;
    request.set_queue(WithoutKind("queue", queue_));
    request.set_destination(destination_);
    request.set_dry_run(dry_run_);
    flags_.Apply(request);
    auto task = (*client)->Call(&v1::DeadLetters::Stub::Redrive, request);
    if (!task.ok()) return session.Fail(task.error());
    return FollowTask(session, **client, *std::move(task), !flags_.no_wait());
  }

 private:
  std::string queue_;
  std::string destination_;
  TaskFlags flags_;
  bool dry_run_ = false;
};

}  // namespace

void AddRedriveCommand(CLI::App& group, CommandSet& commands) {
  commands.Add<Move>(&group, "redrive", "Move them back to where each came from, and wait for it", true);
}

void AddQueueMoveCommand(CLI::App& group, CommandSet& commands) {
  commands.Add<Move>(&group, "move", "Move what is in it now to another queue or a topic, and wait for it", false);
}

}  // namespace broker::cli
