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

struct TopicKind {
  static constexpr std::string_view kName = "topic";
  static constexpr Names kNames = Names::kTopics;
  using Flags = TopicFlags;
  using Thing = v1::Topic;
  using Stub = v1::Topics::Stub;
  using CreateRequest = v1::CreateTopicRequest;
  using GetRequest = v1::GetTopicRequest;
  using UpdateRequest = v1::UpdateTopicRequest;
  using DeleteRequest = v1::DeleteTopicRequest;
  template <class Message>
  static v1::Topic& In(Message& message) {
    return *message.mutable_topic();
  }
  static Value Show(const v1::Topic& topic) { return TopicValue(topic); }
  static Value Show(const v1::TopicDescription& description) { return TopicDescriptionValue(description); }
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

}  // namespace

void AddTopicCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "topic", "Topics: what is published to one reaches each of its subscriptions");
  commands.Add<CreateCommand<TopicKind>>(
      group, "create", "Create a topic",
      Examples{"brokerctl topic create orders",
               "brokerctl topic create orders --retention 7d   # for replays and seeks"});
  commands.Add<DescribeCommand<TopicKind>>(group, "describe", "Show settings, subscriptions and counts");
  commands.Add<TopicList>(group, "list", "List topics by name");
  commands.Add<UpdateCommand<TopicKind>>(group, "update", "Change settings",
                                         Examples{"brokerctl topic update orders --retention 7d"});
  AddTopicReplayCommand(*group, commands);
  commands.Add<DeleteCommand<TopicKind>>(group, "delete", "Delete a topic; what it delivered into queues stays there",
                                         "? Its queue subscriptions go with it.",
                                         "Also when something dead-letters to it, or delayed messages are lost with it");
}

}  // namespace broker::cli
