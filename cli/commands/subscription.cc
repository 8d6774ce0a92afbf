#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/setting_flags.h"
#include "cli/commands/shared_flags.h"
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

class SubscriptionDescribe final : public Command {
 public:
  explicit SubscriptionDescribe(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the subscription", Names::kSubscriptions);
    watch_.Declare(declare);
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      v1::GetSubscriptionRequest request;
      request.set_name(WithoutKind("subscription", name_));
      const auto subscription = (*client)->Call(&v1::Subscriptions::Stub::Get, request);
      if (!subscription.ok()) return subscription.error();
      return View::Thing(SubscriptionDescriptionValue(*subscription));
    });
  }

 private:
  std::string name_;
  WatchFlag watch_;
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

class SubscriptionUpdate final : public Command {
 public:
  explicit SubscriptionUpdate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the subscription", Names::kSubscriptions);
    flags_.Declare(declare, true);
    declare.Example("brokerctl subscription update audit --retain-acknowledged --retention 3d");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const std::string name = WithoutKind("subscription", name_);
    v1::SubscriptionDescription present;
    if (flags_.NeedsPresent()) {
      v1::GetSubscriptionRequest get;
      get.set_name(name);
      auto now = (*client)->Call(&v1::Subscriptions::Stub::Get, get);
      if (!now.ok()) return session.Fail(now.error());
      present = *std::move(now);
    }
    v1::UpdateSubscriptionRequest request;
    request.mutable_subscription()->set_name(name);
    std::vector<std::string> mask;
    const Status status = flags_.Apply(present.subscription(), *request.mutable_subscription(), mask);
    if (!status.ok()) return session.Fail(status.error());
    if (mask.empty()) return session.Fail(NothingToChange());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    const auto subscription = (*client)->Call(&v1::Subscriptions::Stub::Update, request);
    if (!subscription.ok()) return session.Fail(subscription.error());
    session.Say(fmt::format("updated subscription {}", subscription->name()));
    session.ShowIfAsked(View::Thing(SubscriptionValue(*subscription)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  SubscriptionFlags flags_;
};

class SubscriptionDelete final : public Command {
 public:
  explicit SubscriptionDelete(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the subscription", Names::kSubscriptions);
    flags_.DeclareYes(declare);
  }
  ExitCode Run(Session& session) override {
    const std::string name = WithoutKind("subscription", name_);
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!session.Confirmed(
            fmt::format("Delete subscription {} in {}, with what it still holds?", name, (*client)->Where()),
            flags_.yes)) {
      return ExitCode::kNotConfirmed;
    }
    v1::DeleteSubscriptionRequest request;
    request.set_name(name);
    const auto gone = (*client)->Call(&v1::Subscriptions::Stub::Delete, request);
    if (!gone.ok()) return session.Fail(gone.error());
    session.Say(fmt::format("deleted subscription {}", name));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

class SubscriptionPurge final : public Command {
 public:
  explicit SubscriptionPurge(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the pull subscription", Names::kSubscriptions);
    flags_.DeclareYes(declare);
  }
  ExitCode Run(Session& session) override {
    const std::string name = WithoutKind("subscription", name_);
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!session.Confirmed(fmt::format("Drop every message of subscription {} in {}?", name, (*client)->Where()),
                           flags_.yes)) {
      return ExitCode::kNotConfirmed;
    }
    v1::PurgeSubscriptionRequest request;
    request.set_name(name);
    const auto purged = (*client)->Call(&v1::Subscriptions::Stub::Purge, request);
    if (!purged.ok()) return session.Fail(purged.error());
    session.Say(fmt::format("purged subscription {}: {} message(s)", name, purged->messages()));
    session.ShowIfAsked(View::Thing(Value::MakeObject().Set("name", name).Set("messages", purged->messages())));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

}  // namespace

void AddSubscriptionCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "subscription", "Subscriptions of a topic: pull ones, and ones into a queue");
  group->alias("sub");
  commands.Add<SubscriptionCreate>(group, "create", "Create a subscription");
  commands.Add<SubscriptionDescribe>(group, "describe", "Show settings and counts");
  commands.Add<SubscriptionList>(group, "list", "List subscriptions by name");
  commands.Add<SubscriptionUpdate>(group, "update", "Change settings");
  AddPauseCommands(*group, commands, PauseKind::kSubscription);
  commands.Add<SubscriptionPurge>(group, "purge", "Drop every message of a pull subscription");
  commands.Add<SubscriptionDelete>(group, "delete",
                                   "Delete a subscription; what it delivered into a queue stays there");
}

}  // namespace broker::cli
