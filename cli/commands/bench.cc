// bench: what this broker does from here, with a queue or topic of its own.
#include <fmt/format.h>

#include <chrono>

#include "broker/base/duration.h"
#include "cli/bench_load.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/progress.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

constexpr Nanos kLook = std::chrono::milliseconds(200);
constexpr Nanos kRetention = std::chrono::hours(1);  // of what a killed bench leaves behind

class Bench final : public Command {
 public:
  explicit Bench(Declaration& declare) {
    declare.Number("--messages", plan_.messages, 1, 10'000'000, "How many to publish: up to 10000000; default: 10000");
    declare.Number("--batch", plan_.batch, 1, 1'000, "Messages in one publish: 1 to 1000; default: 1");
    declare.Number("--publishers", plan_.publishers, 1, 256, "Publishing side by side: 1 to 256; default: 4");
    declare.Number("--consumers", plan_.consumers, 1, 256,
                   "Receiving side by side, for each source: 1 to 256; default: 4");
    declare.Size("--size", plan_.size_bytes, 1u << 20, "Of a body, e.g. 1KiB (the default), at most 1MiB");
    auto* fan_out = declare.Number("--fan-out", fan_out_, 1, 100,
                                   "A topic with so many pull subscriptions (1 to 100), not a queue");
    declare
        .Option("--to", target_, "Publish to what is there, receive nothing, remove nothing", "TARGET",
                {Names::kTopicsAndQueues, {}})
        ->excludes(fan_out);
    declare.Duration("--at-most", at_most_, "Stop after so long in any case; default: 1m");
    declare.Example("brokerctl bench --messages 100000 --size 200 --batch 100");
    declare.Example("brokerctl bench --fan-out 3");
  }

  ExitCode Run(Session& session) override {
    session.terminal().CatchInterrupts();
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    plan_.at_most = at_most_.value_or(std::chrono::minutes(1));
    const Status prepared = Prepare(session, **client);
    auto report = prepared.ok() ? RunLoad(session, **client) : Result<LoadReport>(prepared.error());
    const Status cleared = Clear(**client);
    if (!report.ok()) return session.Fail(report.error());
    session.Show(Table(*report));
    if (!cleared.ok()) return session.Fail(cleared.error());
    if (report->finished) return ExitCode::kOk;
    session.Warn(fmt::format("stopped after {} of {} published and {} of {} received", report->published.messages,
                             plan_.messages, report->received.messages, plan_.messages * plan_.sources.size()));
    return ExitCode::kPartial;
  }

 private:
  Status Prepare(Session& session, Client& client) {
    if (!target_.empty()) {
      plan_.target = target_;
      return {};
    }
    const auto now = session.terminal().clock().Wall().time_since_epoch();
    own_ = fmt::format("brokerctl-bench-{}", now.count());
    if (fan_out_ == 0) {
      plan_.target = "queue/" + own_;
      plan_.sources = {plan_.target};
      v1::CreateQueueRequest request;
      request.mutable_queue()->set_name(own_);
      *request.mutable_queue()->mutable_retention() = ToProto(kRetention);
      const auto created = client.Call(&v1::Queues::Stub::Create, request);
      return created.ok() ? Status() : Status(created.error());
    }
    plan_.target = "topic/" + own_;
    v1::CreateTopicRequest topic;
    topic.mutable_topic()->set_name(own_);
    if (const auto created = client.Call(&v1::Topics::Stub::Create, topic); !created.ok()) return created.error();
    for (int i = 1; i <= fan_out_; ++i) {
      v1::CreateSubscriptionRequest request;
      request.mutable_subscription()->set_name(fmt::format("{}-{}", own_, i));
      request.mutable_subscription()->set_topic(own_);
      *request.mutable_subscription()->mutable_retention() = ToProto(kRetention);
      const auto created = client.Call(&v1::Subscriptions::Stub::Create, request);
      if (!created.ok()) return created.error();
      plan_.sources.push_back("subscription/" + created->name());
    }
    return {};
  }

  Result<LoadReport> RunLoad(Session& session, Client& client) {
    Progress progress(session, "messages");
    const std::uint64_t all = plan_.messages * (plan_.sources.size() + 1);
    return cli::RunLoad(
        plan_, [&client] { return client; }, session.terminal().clock(),
        [&](std::uint64_t published, std::uint64_t received) {
          progress.Show(published + received, all);
          return session.terminal().Wait(kLook);
        });
  }

  // What this command made goes, whatever happened in between.
  Status Clear(Client& client) {
    if (own_.empty()) return {};
    Status first;
    const auto note = [&first](const auto& gone) {
      if (!gone.ok() && gone.error().code != ErrorCode::kNotFound && first.ok()) first = gone.error();
    };
    if (fan_out_ == 0) {
      v1::DeleteQueueRequest request;
      request.set_name(own_);
      note(client.Call(&v1::Queues::Stub::Delete, request));
      return first;
    }
    for (int i = 1; i <= fan_out_; ++i) {
      v1::DeleteSubscriptionRequest request;
      request.set_name(fmt::format("{}-{}", own_, i));
      note(client.Call(&v1::Subscriptions::Stub::Delete, request));
    }
    v1::DeleteTopicRequest request;
    request.set_name(own_);
    note(client.Call(&v1::Topics::Stub::Delete, request));
    return first;
  }

  View Table(const LoadReport& report) const {
    Value rows = Value::MakeArray();
    rows.Append(Row("publish", report.published));
    if (!plan_.sources.empty()) rows.Append(Row("publish to receive", report.received));
    return View::List("results", std::move(rows),
                      {{"WHAT", "what"},
                       {"MESSAGES", "messages"},
                       {"SECONDS", "seconds"},
                       {"MESSAGES/S", "messages_per_second"},
                       {"MIB/S", "mib_per_second"},
                       {"P50 MS", "p50_ms"},
                       {"P90 MS", "p90_ms"},
                       {"P99 MS", "p99_ms"},
                       {"P99.9 MS", "p999_ms"},
                       {"MAX MS", "max_ms"}},
                      "what");
  }

  Value Row(std::string_view what, const LoadResult& result) const {
    const double rate = result.seconds > 0 ? static_cast<double>(result.messages) / result.seconds : 0;
    const auto rounded = [](double value) { return static_cast<double>(static_cast<std::int64_t>(value * 100)) / 100; };
    const auto millis = [&](double share) {
      return rounded(static_cast<double>(Percentile(result.latencies, share)) / 1e6);
    };
    return Value::MakeObject()
        .Set("what", what)
        .Set("messages", result.messages)
        .Set("seconds", rounded(result.seconds))
        .Set("messages_per_second", static_cast<std::int64_t>(rate))
        .Set("mib_per_second", rounded(rate * static_cast<double>(plan_.size_bytes) / (1 << 20)))
        .Set("p50_ms", millis(0.5))
        .Set("p90_ms", millis(0.9))
        .Set("p99_ms", millis(0.99))
        .Set("p999_ms", millis(0.999))
        .Set("max_ms", millis(1));
  }

  LoadPlan plan_;
  std::string target_;
  std::string own_;  // the queue or topic that this command made
  int fan_out_ = 0;  // 0: a queue
  std::optional<Nanos> at_most_;
};

}  // namespace

void AddBenchCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Bench>(&root, "bench", "Publish and receive a bounded load, and show rates and latencies");
}

}  // namespace broker::cli
