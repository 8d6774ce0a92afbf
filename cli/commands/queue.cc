#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/setting_flags.h"
#include "cli/commands/shared_flags.h"
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

class QueueCreate final : public Command {
 public:
  explicit QueueCreate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the new queue", Names::kNone);
    flags_.Declare(declare, false);
    declare.Example(
        "brokerctl queue create billing --visibility-timeout 30s --max-attempts 3 --dead-letter billing-dlq");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::CreateQueueRequest request;
    request.mutable_queue()->set_name(WithoutKind("queue", name_));
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply({}, *request.mutable_queue(), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    const auto queue = (*client)->Call(&v1::Queues::Stub::Create, request);
    if (!queue.ok()) return session.Fail(queue.error());
    session.Say(fmt::format("created queue {}", queue->name()));
    session.ShowIfAsked(View::Thing(QueueValue(*queue)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  QueueFlags flags_;
};

class QueueDescribe final : public Command {
 public:
  explicit QueueDescribe(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the queue", Names::kQueues);
    watch_.Declare(declare);
    declare.Example("brokerctl queue describe billing --watch");
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      v1::GetQueueRequest request;
      request.set_name(WithoutKind("queue", name_));
      const auto queue = (*client)->Call(&v1::Queues::Stub::Get, request);
      if (!queue.ok()) return queue.error();
      return View::Thing(QueueDescriptionValue(*queue));
    });
  }

 private:
  std::string name_;
  WatchFlag watch_;
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

class QueueUpdate final : public Command {
 public:
  explicit QueueUpdate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the queue", Names::kQueues);
    flags_.Declare(declare, true);
    declare.Example("brokerctl queue update billing --max-attempts 5");
    declare.Example("brokerctl queue update billing --max-messages 100000 --overflow refuse --label team=shop");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const std::string name = WithoutKind("queue", name_);
    v1::QueueDescription present;
    if (flags_.NeedsPresent()) {
      v1::GetQueueRequest get;
      get.set_name(name);
      auto now = (*client)->Call(&v1::Queues::Stub::Get, get);
      if (!now.ok()) return session.Fail(now.error());
      present = *std::move(now);
    }
    v1::UpdateQueueRequest request;
    request.mutable_queue()->set_name(name);
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply(present.queue(), *request.mutable_queue(), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    if (mask.empty()) return session.Fail(NothingToChange());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    const auto queue = (*client)->Call(&v1::Queues::Stub::Update, request);
    if (!queue.ok()) return session.Fail(queue.error());
    session.Say(fmt::format("updated queue {}", queue->name()));
    session.ShowIfAsked(View::Thing(QueueValue(*queue)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  QueueFlags flags_;
};

class QueueDelete final : public Command {
 public:
  explicit QueueDelete(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the queue", Names::kQueues);
    flags_.DeclareYes(declare);
    flags_.DeclareForce(declare, "Also when others dead-letter to it or subscriptions deliver into it");
  }
  ExitCode Run(Session& session) override {
    const std::string name = WithoutKind("queue", name_);
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!session.Confirmed(fmt::format("Delete queue {} in {} with all its messages?", name, (*client)->Where()),
                           flags_.yes)) {
      return ExitCode::kNotConfirmed;
    }
    v1::DeleteQueueRequest request;
    request.set_name(name);
    request.set_force(flags_.force);
    const auto gone = (*client)->Call(&v1::Queues::Stub::Delete, request);
    if (!gone.ok()) return flags_.Fail(session, gone.error());
    session.Say(fmt::format("deleted queue {}", name));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

class QueuePurge final : public Command {
 public:
  explicit QueuePurge(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the queue", Names::kQueues);
    flags_.DeclareYes(declare);
  }
  ExitCode Run(Session& session) override {
    const std::string name = WithoutKind("queue", name_);
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!session.Confirmed(fmt::format("Drop every message of queue {} in {}?", name, (*client)->Where()),
                           flags_.yes)) {
      return ExitCode::kNotConfirmed;
    }
    v1::PurgeQueueRequest request;
    request.set_name(name);
    const auto purged = (*client)->Call(&v1::Queues::Stub::Purge, request);
    if (!purged.ok()) return session.Fail(purged.error());
    session.Say(fmt::format("purged queue {}: {} message(s)", name, purged->messages()));
    session.ShowIfAsked(View::Thing(Value::MakeObject().Set("name", name).Set("messages", purged->messages())));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

}  // namespace

void AddQueueCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "queue", "Queues: each message goes to one receiver, who settles it");
  commands.Add<QueueCreate>(group, "create", "Create a queue");
  commands.Add<QueueDescribe>(group, "describe", "Show settings and counts");
  commands.Add<QueueList>(group, "list", "List queues by name");
  commands.Add<QueueUpdate>(group, "update", "Change settings");
  AddPauseCommands(*group, commands, PauseKind::kQueue);
  AddQueueMoveCommand(*group, commands);
  commands.Add<QueuePurge>(group, "purge", "Drop every message: ready, leased, retrying and delayed");
  commands.Add<QueueDelete>(group, "delete", "Delete a queue with its messages");
}

}  // namespace broker::cli
