// tail: messages as they come, without taking them from anyone.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <set>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/commands/peeking.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

constexpr Nanos kWait = std::chrono::seconds(1);  // of one look: so long an interrupt may take
constexpr std::uint32_t kBatch = 100;
constexpr std::uint32_t kPeeked = 1'000;
// What a killed tail leaves behind goes by itself: its subscription when unused, what it held before that.
constexpr Nanos kExpireUnused = std::chrono::hours(24);
constexpr Nanos kRetention = std::chrono::hours(1);

// Prints rows as they come: one JSON object a line, YAML documents, ids, or a table whose titles come once.
class Rows {
 public:
  explicit Rows(Session& session) : session_(session) {}

  void Show(Value rows) {
    std::ostream& out = session_.terminal().Out();
    switch (session_.Format()) {
      case OutputFormat::kJson:
        for (const Value& row : *rows.array()) out << RenderJsonLine(row) << '\n';
        break;
      case OutputFormat::kYaml:
        for (const Value& row : *rows.array()) out << "---\n" << RenderYaml(row);
        break;
      case OutputFormat::kName:
        for (const Value& row : *rows.array()) out << row.Get("id").Plain() << '\n';
        break;
      case OutputFormat::kTable: {
        const std::string table = RenderTable(View::List(
            "messages", std::move(rows),
            {{"ID", "id"}, {"PUBLISHED", "publish_time"}, {"ATTRIBUTES", "attributes"}, {"BODY", "body|body_base64"}}));
        out << (std::exchange(titled_, true) ? table.substr(table.find('\n') + 1) : table);
        break;
      }
    }
    out << std::flush;
  }

 private:
  Session& session_;
  bool titled_ = false;
};

class Tail final : public Command {
 public:
  explicit Tail(Declaration& declare) {
    declare.Positional("TARGET", target_, "A topic, a queue or a pull subscription; topic/NAME where it is not clear",
                       Names::kTopicsAndQueues);
    declare.Option("--filter", filter_, "Only messages that pass; of a topic", "FILTER");
    declare.Number("--max", max_, 1, kMaxLines, "Leave after so many messages; default: when interrupted");
    declare.Example("brokerctl tail orders");
    declare.Example("brokerctl tail queue/billing -o json | jq .body");
  }

  ExitCode Run(Session& session) override {
    session.terminal().CatchInterrupts();
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto topic = IsTopic(**client);
    if (!topic.ok()) return session.Fail(topic.error());
    return *topic ? TailTopic(session, **client) : TailQueue(session, **client);
  }

 private:
  // A bare name that both a topic and a queue have means the topic no more than the queue.
  Result<bool> IsTopic(Client& client) const {
    if (target_.starts_with("topic/")) return true;
    if (target_.find('/') != std::string::npos) return false;
    v1::GetTopicRequest topic;
    topic.set_name(target_);
    const auto found = client.Call(&v1::Topics::Stub::Get, topic);
    if (!found.ok() && found.error().code != ErrorCode::kNotFound) return found.error();
    if (!found.ok()) return false;
    v1::GetQueueRequest queue;
    queue.set_name(target_);
    if (client.Call(&v1::Queues::Stub::Get, queue).ok()) {
      return InvalidField("target",
                          fmt::format("there is a topic and a queue {0}: write topic/{0} or queue/{0}", target_));
    }
    return true;
  }

  ExitCode TailTopic(Session& session, Client& client) {
    v1::CreateSubscriptionRequest create;
    v1::Subscription& wanted = *create.mutable_subscription();
    const auto now = session.terminal().clock().Wall().time_since_epoch();
    wanted.set_name(fmt::format("brokerctl-tail-{}", now.count()));
    wanted.set_topic(WithoutKind("topic", target_));
    wanted.set_filter(filter_);
    *wanted.mutable_expire_unused() = ToProto(kExpireUnused);
    *wanted.mutable_retention() = ToProto(kRetention);
    const auto created = client.Call(&v1::Subscriptions::Stub::Create, create);
    if (!created.ok()) return session.Fail(created.error());
    session.Say(fmt::format("tailing topic {} through the temporary subscription {}; Ctrl-C ends it", created->topic(),
                            created->name()));
    const Status followed = Follow(session, client, created->name());
    v1::DeleteSubscriptionRequest remove;
    remove.set_name(created->name());
    const auto gone = client.Call(&v1::Subscriptions::Stub::Delete, remove);
    if (!followed.ok()) return session.Fail(followed.error());
    if (!gone.ok() && gone.error().code != ErrorCode::kNotFound) return session.Fail(gone.error());
    return ExitCode::kOk;
  }

  Status Follow(Session& session, Client& client, const std::string& subscription) {
    Rows rows(session);
    v1::ReceiveRequest request;
    request.set_source("subscription/" + subscription);
    request.set_consumer("brokerctl tail");
    *request.mutable_wait() = ToProto(kWait);
    while (!session.terminal().Interrupted() && session.terminal().Out()) {
      request.set_max_messages(max_ == 0 ? kBatch : std::min(kBatch, max_ - shown_));
      const auto answer = client.Call(&v1::Messages::Stub::Receive, request, kWait);
      if (!answer.ok()) return answer.error();
      if (answer->deliveries().empty()) continue;
      Value batch = Value::MakeArray();
      v1::AckRequest ack;
      ack.set_source(request.source());
      for (const v1::Delivery& delivery : answer->deliveries()) {
        batch.Append(MessageValue(delivery.message()));
        ack.add_receipts(delivery.receipt());
      }
      rows.Show(std::move(batch));
      shown_ += static_cast<std::uint32_t>(answer->deliveries_size());
      const auto acked = client.Call(&v1::Messages::Stub::Ack, ack);
      if (!acked.ok()) return acked.error();
      if (max_ > 0 && shown_ >= max_) break;
    }
    return {};
  }

  // Of a queue the first kPeeked ready messages are looked at, again and again: what was among them before is not shown.
  ExitCode TailQueue(Session& session, Client& client) {
    if (!filter_.empty()) return session.Fail(InvalidField("--filter", "works on topics only"));
    session.Say(fmt::format("looking at what is ready in {} once a second; Ctrl-C ends it. What its consumers take in "
                            "between is not shown: tail the topic for all",
                            target_));
    Rows rows(session);
    std::set<std::string> seen;
    do {
      const auto peeked = PeekRows(client, target_, v1::READY, kPeeked);
      if (!peeked.ok()) return session.Fail(peeked.error());
      Value fresh = Value::MakeArray();
      std::set<std::string> present;
      for (const Value& row : *peeked->array()) {
        const std::string id = row.Get("id").Plain();
        if (!seen.contains(id) && (max_ == 0 || shown_ < max_)) {
          fresh.Append(row);
          ++shown_;
        }
        present.insert(id);
      }
      seen = std::move(present);
      rows.Show(std::move(fresh));
      if (max_ > 0 && shown_ >= max_) break;
    } while (session.terminal().Out() && session.terminal().Wait(kWait));
    return ExitCode::kOk;
  }

  std::string target_;
  std::string filter_;
  std::uint32_t max_ = 0;  // 0: no end
  std::uint32_t shown_ = 0;
};

}  // namespace

void AddTailCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Tail>(&root, "tail", "Show messages as they come, without taking them from anyone");
}

}  // namespace broker::cli
