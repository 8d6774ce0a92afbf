// topic replay
#include "cli/commands/broker_time.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/commands/task_following.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class Replay final : public Command {
 public:
  explicit Replay(Declaration& declare) {
    declare.Positional("TOPIC", topic_, "Whose messages to give once more", Names::kTopics);
    declare.Option("--queue", queue_, "The queue that gets them", "QUEUE", {Names::kQueues, {}})->required();
    declare.Option("--from", from_, "Published at or after: 2026-01-02T03:04:05Z, or -1h for an hour ago", "TIME")
        ->required();
    declare.Option("--to", to_, "And before; default: now", "TIME");
    declare.Option("--delivery-format", format_, "How other interfaces render them", "FORMAT");
    flags_.Declare(declare);
    declare.Example("brokerctl topic replay orders --queue billing --from -1h");
    declare.Example("brokerctl topic replay orders --queue audit --from 2026-01-02T03:04:05Z --to -10m --rate 500");
  }
  ExitCode Run(Session& session) override {
    if (!flags_.no_wait()) session.terminal().CatchInterrupts();
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::ReplayRequest request;
    request.set_topic(WithoutKind("topic", topic_));
    request.set_queue(WithoutKind("queue", queue_));
    request.set_delivery_format(format_);
    const auto from = PointInTime(**client, "--from", from_);
    if (!from.ok()) return session.Fail(from.error());
    *request.mutable_from_time() = ToProto(*from);
    if (!to_.empty()) {
      const auto to = PointInTime(**client, "--to", to_);
      if (!to.ok()) return session.Fail(to.error());
      *request.mutable_to_time() = ToProto(*to);
    }
    flags_.Apply(request);
    auto task = (*client)->Call(&v1::Topics::Stub::Replay, request);
    if (!task.ok()) return session.Fail(task.error());
    return FollowTask(session, **client, *std::move(task), !flags_.no_wait());
  }

 private:
  std::string topic_;
  std::string queue_;
  std::string from_;
  std::string to_;
  std::string format_;
  TaskFlags flags_;
};

}  // namespace

void AddTopicReplayCommand(CLI::App& group, CommandSet& commands) {
  commands.Add<Replay>(&group, "replay", "Give a queue once more what the topic has kept, and wait for it");
}

}  // namespace broker::cli
