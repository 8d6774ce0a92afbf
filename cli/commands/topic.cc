#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/setting_flags.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

// Settings of create and update.
class TopicFlags {
 public:
  void Declare(Declaration& declare, bool for_update) {
    deduplication_.Declare(declare);
    declare.Duration("--retention", retention_,
                     "Keep every message so long, for replays and seeks: 10m to 31d; 0s: off (the default)");
    labels_.Declare(declare, for_update);
  }
  // `present` is the topic as it is, for an update that asks for it (NeedsPresent).
  Status Apply(const v1::Topic& present, v1::Topic& topic, std::vector<std::string>& mask) const {
    deduplication_.Apply(topic, mask);
    if (retention_) {
      *topic.mutable_retention() = ToProto(*retention_);
      mask.push_back("retention");
    }
    return labels_.Apply(present.labels(), *topic.mutable_labels(), mask);
  }
  bool NeedsPresent() const { return labels_.given(); }

 private:
  DeduplicationFlags deduplication_;
  LabelFlags labels_;
  std::optional<Nanos> retention_;
};

class TopicCreate final : public Command {
 public:
  explicit TopicCreate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the new topic", Names::kNone);
    flags_.Declare(declare, false);
    declare.Example("brokerctl topic create orders");
    declare.Example("brokerctl topic create orders --retention 7d   # for replays and seeks");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::CreateTopicRequest request;
    request.mutable_topic()->set_name(WithoutKind("topic", name_));
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply({}, *request.mutable_topic(), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    const auto topic = (*client)->Call(&v1::Topics::Stub::Create, request);
    if (!topic.ok()) return session.Fail(topic.error());
    session.Say(fmt::format("created topic {}", topic->name()));
    session.ShowIfAsked(View::Thing(TopicValue(*topic)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  TopicFlags flags_;
};

class TopicDescribe final : public Command {
 public:
  explicit TopicDescribe(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the topic", Names::kTopics);
    watch_.Declare(declare);
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      v1::GetTopicRequest request;
      request.set_name(WithoutKind("topic", name_));
      const auto topic = (*client)->Call(&v1::Topics::Stub::Get, request);
      if (!topic.ok()) return topic.error();
      return View::Thing(TopicDescriptionValue(*topic));
    });
  }

 private:
  std::string name_;
  WatchFlag watch_;
};

class TopicList final : public Command {
 public:
  explicit TopicList(Declaration& declare) { flags_.Declare(declare); }
  ExitCode Run(Session& session) override {
    return ShowList(session, flags_, [&](Client& client) -> Result<View> {
      auto topics = ListAll<v1::ListTopicsRequest>(client, &v1::Topics::Stub::List, flags_.prefix());
      if (!topics.ok()) return topics.error();
      Value rows = Value::MakeArray();
      for (const auto& page : *topics) {
        for (const v1::Topic& topic : page.topics()) rows.Append(TopicValue(topic));
      }
      return View::List("topics", std::move(rows),
                        {{"NAME", "name"},
                         {"DEDUP BY CONTENT", "dedup_by_content"},
                         {"RETENTION", "retention"},
                         {"CREATED", "create_time"}});
    });
  }

 private:
  ListFlags flags_;
};

class TopicUpdate final : public Command {
 public:
  explicit TopicUpdate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the topic", Names::kTopics);
    flags_.Declare(declare, true);
    declare.Example("brokerctl topic update orders --retention 7d");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const std::string name = WithoutKind("topic", name_);
    v1::TopicDescription present;
    if (flags_.NeedsPresent()) {
      v1::GetTopicRequest get;
      get.set_name(name);
      auto now = (*client)->Call(&v1::Topics::Stub::Get, get);
      if (!now.ok()) return session.Fail(now.error());
      present = *std::move(now);
    }
    v1::UpdateTopicRequest request;
    request.mutable_topic()->set_name(name);
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply(present.topic(), *request.mutable_topic(), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    if (mask.empty()) return session.Fail(NothingToChange());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    const auto topic = (*client)->Call(&v1::Topics::Stub::Update, request);
    if (!topic.ok()) return session.Fail(topic.error());
    session.Say(fmt::format("updated topic {}", topic->name()));
    session.ShowIfAsked(View::Thing(TopicValue(*topic)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  TopicFlags flags_;
};

class TopicDelete final : public Command {
 public:
  explicit TopicDelete(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the topic", Names::kTopics);
    flags_.DeclareYes(declare);
    flags_.DeclareForce(declare, "Also when something dead-letters to it");
  }
  ExitCode Run(Session& session) override {
    const std::string name = WithoutKind("topic", name_);
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!session.Confirmed(
            fmt::format("Delete topic {} in {}? Its queue subscriptions go with it.", name, (*client)->Where()),
            flags_.yes)) {
      return ExitCode::kNotConfirmed;
    }
    v1::DeleteTopicRequest request;
    request.set_name(name);
    request.set_force(flags_.force);
    const auto gone = (*client)->Call(&v1::Topics::Stub::Delete, request);
    if (!gone.ok()) return flags_.Fail(session, gone.error());
    session.Say(fmt::format("deleted topic {}", name));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

}  // namespace

void AddTopicCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "topic", "Topics: what is published to one reaches each of its subscriptions");
  commands.Add<TopicCreate>(group, "create", "Create a topic");
  commands.Add<TopicDescribe>(group, "describe", "Show settings, subscriptions and counts");
  commands.Add<TopicList>(group, "list", "List topics by name");
  commands.Add<TopicUpdate>(group, "update", "Change settings");
  AddTopicReplayCommand(*group, commands);
  commands.Add<TopicDelete>(group, "delete", "Delete a topic; what it delivered into queues stays there");
}

}  // namespace broker::cli
