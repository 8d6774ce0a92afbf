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
class SubscriptionFlags {
 public:
  void Declare(Declaration& declare, bool for_update) {
    auto* filter = declare.Option("--filter", filter_, "Only messages that pass", "FILTER");
    if (for_update) declare.Flag("--no-filter", no_filter_, "All messages")->excludes(filter);
    format_option_ =
        declare.Option("--delivery-format", format_, "For --queue: how other interfaces render the messages", "FORMAT");
    delivery_.Declare(declare, for_update);
    declare.app()
        ->get_option("--dead-letter")
        ->description(
            "Where a message goes after --max-attempts; of one with --queue, what that queue has no room for");
    declare.Toggle("retain-acknowledged", retain_acknowledged_, "Keep settled messages for a seek, within --retention");
    expire_unused_.Declare(declare, "expire-unused", "Delete it when nobody has used it for so long: 1d to 365d",
                           for_update);
    labels_.Declare(declare, for_update);
  }
  // `present` is the subscription as it is, for an update that asks for it (NeedsPresent).
  Status Apply(const v1::Subscription& present, v1::Subscription& wanted, std::vector<std::string>& mask) {
    if (delivery_.NeedsPresentTarget()) {
      if (!present.has_dead_letter()) return NoDeadLetterTarget("subscription", wanted.name());
      delivery_.UsePresentTarget(present.dead_letter().target());
    }
    delivery_.Apply(wanted, mask);
    wanted.set_delivery_format(format_);
    if (!format_option_->empty()) mask.push_back("delivery_format");
    wanted.set_filter(filter_);
    if (!filter_.empty() || no_filter_) mask.push_back("filter");
    if (retain_acknowledged_) {
      wanted.set_retain_acknowledged(*retain_acknowledged_);
      mask.push_back("retain_acknowledged");
    }
    if (expire_unused_.value()) *wanted.mutable_expire_unused() = ToProto(*expire_unused_.value());
    if (expire_unused_.given()) mask.push_back("expire_unused");
    return labels_.Apply(present.labels(), *wanted.mutable_labels(), mask);
  }
  bool NeedsPresent() const { return delivery_.NeedsPresentTarget() || labels_.given(); }

 private:
  DeliveryFlags delivery_;
  LabelFlags labels_;
  OptionalDuration expire_unused_;
  std::optional<bool> retain_acknowledged_;
  std::string filter_;
  bool no_filter_ = false;
  std::string format_;
  CLI::Option* format_option_ = nullptr;
};

struct SubscriptionKind {
  static constexpr std::string_view kName = "subscription";
  static constexpr Names kNames = Names::kSubscriptions;
  static constexpr Names kPurgeable = Names::kPullSubscriptions;
  using Flags = SubscriptionFlags;
  using Thing = v1::Subscription;
  using Stub = v1::Subscriptions::Stub;
  using GetRequest = v1::GetSubscriptionRequest;
  using UpdateRequest = v1::UpdateSubscriptionRequest;
  using DeleteRequest = v1::DeleteSubscriptionRequest;
  using PurgeRequest = v1::PurgeSubscriptionRequest;
  template <class Message>
  static v1::Subscription& In(Message& message) {
    return *message.mutable_subscription();
  }
  static Value Show(const v1::Subscription& subscription) { return SubscriptionValue(subscription); }
  static Value Show(const v1::SubscriptionDescription& description) {
    return SubscriptionDescriptionValue(description);
  }
};

class SubscriptionCreate final : public Command {
 public:
  explicit SubscriptionCreate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the new subscription", Names::kNone);
    declare.Option("--topic", topic_, "Whose messages it gets", "TOPIC", {Names::kTopics, {}})->required();
    declare.Option("--queue", queue_, "Put them into this queue; without: clients receive from the subscription",
                   "QUEUE", {Names::kQueues, {}});
    declare.Choice("--start", start_, {"end", "earliest"}, "From now on (end), or with what the topic still keeps");
    flags_.Declare(declare, false);
    declare.Example("brokerctl subscription create billing-orders --topic orders --queue billing");
    declare.Example("brokerctl subscription create audit --topic orders --start earliest");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::CreateSubscriptionRequest request;
    v1::Subscription& wanted = *request.mutable_subscription();
    wanted.set_name(WithoutKind("subscription", name_));
    wanted.set_topic(WithoutKind("topic", topic_));
    wanted.set_queue(WithoutKind("queue", queue_));
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply({}, wanted, mask); !status.ok()) return session.Fail(status.error());
    if (start_ == "earliest") request.set_start(v1::CreateSubscriptionRequest::EARLIEST);
    const auto subscription = (*client)->Call(&v1::Subscriptions::Stub::Create, request);
    if (!subscription.ok()) return session.Fail(subscription.error());
    session.Say(fmt::format("created subscription {} of topic {}", subscription->name(), subscription->topic()));
    session.ShowIfAsked(View::Thing(SubscriptionValue(*subscription)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  std::string topic_;
  std::string queue_;
  std::string start_;
  SubscriptionFlags flags_;
};

class SubscriptionList final : public Command {
 public:
  explicit SubscriptionList(Declaration& declare) {
    flags_.Declare(declare);
    declare.Option("--topic", topic_, "Only those of one topic", "TOPIC", {Names::kTopics, {}});
  }
  ExitCode Run(Session& session) override {
    return ShowList(session, flags_, [&](Client& client) -> Result<View> {
      v1::ListSubscriptionsRequest request;
      request.set_prefix(flags_.prefix());
      request.set_topic(WithoutKind("topic", topic_));
      auto pages = AllPages(client, &v1::Subscriptions::Stub::List, std::move(request));
      if (!pages.ok()) return pages.error();
      Value rows = Value::MakeArray();
      for (const auto& page : *pages) {
        for (const v1::Subscription& subscription : page.subscriptions()) rows.Append(SubscriptionValue(subscription));
      }
      return View::List("subscriptions", std::move(rows),
                        {{"NAME", "name"},
                         {"TOPIC", "topic"},
                         {"QUEUE", "queue"},
                         {"FILTER", "filter"},
                         {"DEAD LETTERS TO", "dead_letter"},
                         {"PAUSED", "paused"}});
    });
  }

 private:
  ListFlags flags_;
  std::string topic_;
};

}  // namespace

void AddSubscriptionCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "subscription", "Subscriptions of a topic: pull ones, and ones into a queue");
  group->alias("sub");
  commands.Add<SubscriptionCreate>(group, "create", "Create a subscription");
  commands.Add<DescribeCommand<SubscriptionKind>>(group, "describe", "Show settings and counts");
  commands.Add<SubscriptionList>(group, "list", "List subscriptions by name");
  commands.Add<UpdateCommand<SubscriptionKind>>(
      group, "update", "Change settings",
      Examples{"brokerctl subscription update audit --retain-acknowledged --retention 3d"});
  AddPauseCommands(*group, commands, PauseKind::kSubscription);
  commands.Add<PurgeCommand<SubscriptionKind>>(group, "purge", "Drop every message of a pull subscription");
  commands.Add<DeleteCommand<SubscriptionKind>>(group, "delete",
                                                "Delete a subscription; what it delivered into a queue stays there",
                                                ", with what it still holds?");
}

}  // namespace broker::cli
