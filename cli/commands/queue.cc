#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/setting_flags.h"
#include "cli/commands/shared_flags.h"
#include "cli/commands/thing_commands.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

// Settings of create and update.
class QueueFlags {
 public:
  void Declare(Declaration& declare, bool for_update) {
    delivery_.Declare(declare, for_update);
    declare.Duration("--delay", delay_, "How long a published message waits before it is ready; default: 0s");
    declare.Duration(
        "--message-ttl", message_ttl_,
        "How long a message may be delivered, from when it is due; 0s: as long as it is kept (the default)");
    deduplication_.Declare(declare);
    bounds_.Declare(declare);
    access_.Declare(declare);
    labels_.Declare(declare, for_update);
  }
  // `present` is the queue as it is, for an update that asks for it (NeedsPresent).
  Status Apply(const v1::Queue& present, v1::Queue& queue, std::vector<std::string>& mask) {
    if (delivery_.NeedsPresentTarget()) {
      if (!present.has_dead_letter()) return NoDeadLetterTarget("queue", queue.name());
      delivery_.UsePresentTarget(present.dead_letter().target());
    }
    delivery_.Apply(queue, mask);
    deduplication_.Apply(queue, mask);
    if (delay_) {
      *queue.mutable_delay() = ToProto(*delay_);
      mask.push_back("delay");
    }
    if (message_ttl_) {
      *queue.mutable_message_ttl() = ToProto(*message_ttl_);
      mask.push_back("message_ttl");
    }
    bounds_.Apply(present.bounds(), queue, mask);
    access_.Apply(queue, mask);
    return labels_.Apply(present.labels(), *queue.mutable_labels(), mask);
  }
  bool NeedsPresent() const { return delivery_.NeedsPresentTarget() || bounds_.given() || labels_.given(); }

 private:
  DeliveryFlags delivery_;
  DeduplicationFlags deduplication_;
  BoundsFlags bounds_;
  AccessFlag access_;
  LabelFlags labels_;
  std::optional<Nanos> delay_;
  std::optional<Nanos> message_ttl_;
};

struct QueueKind {
  static constexpr std::string_view kName = "queue";
  static constexpr Names kNames = Names::kQueues;
  static constexpr Names kPurgeable = kNames;
  using Flags = QueueFlags;
  using Thing = v1::Queue;
  using Stub = v1::Queues::Stub;
  using CreateRequest = v1::CreateQueueRequest;
  using GetRequest = v1::GetQueueRequest;
  using UpdateRequest = v1::UpdateQueueRequest;
  using DeleteRequest = v1::DeleteQueueRequest;
  using PurgeRequest = v1::PurgeQueueRequest;
  template <class Message>
  static v1::Queue& In(Message& message) {
    return *message.mutable_queue();
  }
  static Value Show(const v1::Queue& queue) { return QueueValue(queue); }
  static Value Show(const v1::QueueDescription& description) { return QueueDescriptionValue(description); }
};

class QueueList final : public Command {
 public:
  explicit QueueList(Declaration& declare) {
    flags_.Declare(declare);
    declare.Flag("--counts", counts_, "With what waits in each: one call per queue");
  }
  ExitCode Run(Session& session) override {
    return ShowList(session, flags_, [&](Client& client) -> Result<View> {
      auto pages = ListAll<v1::ListQueuesRequest>(client, &v1::Queues::Stub::List, flags_.prefix());
      if (!pages.ok()) return pages.error();
      Value rows = Value::MakeArray();
      for (const auto& page : *pages) {
        for (const v1::Queue& queue : page.queues()) {
          auto row = counts_ ? Counted(client, queue) : Result<Value>(QueueValue(queue));
          if (row.ok())
            rows.Append(*std::move(row));
          else if (row.error().code != ErrorCode::kNotFound)
            return row.error();  // not found: deleted in between
        }
      }
      return View::List("queues", std::move(rows), counts_ ? kCountColumns : kSettingColumns);
    });
  }

 private:
  static Result<Value> Counted(Client& client, const v1::Queue& queue) {
    v1::GetQueueRequest request;
    request.set_name(queue.name());
    const auto description = client.Call(&v1::Queues::Stub::Get, request);
    if (!description.ok()) return description.error();
    return QueueDescriptionValue(*description);
  }

  const std::vector<Column> kSettingColumns{{"NAME", "name"},
                                            {"VISIBILITY TIMEOUT", "visibility_timeout"},
                                            {"RETENTION", "retention"},
                                            {"MAX ATTEMPTS", "max_attempts"},
                                            {"DEAD LETTERS TO", "dead_letter"},
                                            {"ORDERED", "ordered"}};
  const std::vector<Column> kCountColumns{{"NAME", "name"},         {"READY", "ready"},     {"LEASED", "leased"},
                                          {"RETRYING", "retrying"}, {"DELAYED", "delayed"}, {"BYTES", "bytes"},
                                          {"OLDEST", "oldest_age"}, {"PAUSED", "paused"}};
  ListFlags flags_;
  bool counts_ = false;
};

}  // namespace

void AddQueueCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "queue", "Queues: each message goes to one receiver, who settles it");
  commands.Add<CreateCommand<QueueKind>>(
      group, "create", "Create a queue",
      Examples{"brokerctl queue create billing --visibility-timeout 30s --max-attempts 3 --dead-letter billing-dlq"});
  commands.Add<DescribeCommand<QueueKind>>(group, "describe", "Show settings and counts",
                                           Examples{"brokerctl queue describe billing --watch"});
  commands.Add<QueueList>(group, "list", "List queues by name");
  commands.Add<UpdateCommand<QueueKind>>(
      group, "update", "Change settings",
      Examples{"brokerctl queue update billing --max-attempts 5",
               "brokerctl queue update billing --max-messages 100000 --overflow refuse --label team=shop"});
  AddPauseCommands(*group, commands, PauseKind::kQueue);
  AddQueueMoveCommand(*group, commands);
  commands.Add<PurgeCommand<QueueKind>>(group, "purge", "Drop every message: ready, leased, retrying and delayed");
  commands.Add<DeleteCommand<QueueKind>>(group, "delete", "Delete a queue with its messages", " with all its messages?",
                                         "Also when others dead-letter to it or subscriptions deliver into it");
}

}  // namespace broker::cli
