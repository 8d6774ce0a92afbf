// top: queues and pull subscriptions by what waits in them, again and again.
#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

constexpr Nanos kEvery = std::chrono::seconds(2);

struct Line {
  std::string name;  // "queue/billing"
  Value row;
  std::uint64_t waiting = 0;  // ready, leased, retrying and delayed
};

class Top final : public Command {
 public:
  explicit Top(Declaration& declare) {
    declare.Option("--prefix", prefix_, "Only names that begin with it", "TEXT");
    declare.Number("--max", max_, 1, kMaxLines, "At most so many lines; default: 40");
    watch_.Declare(declare);
    declare.Example("brokerctl top");
    declare.Example("brokerctl top -o json                         # once");
  }

  ExitCode Run(Session& session) override {
    Terminal& terminal = session.terminal();
    terminal.CatchInterrupts();
    auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    const bool live = terminal.OutIsTerminal() && session.Format() == OutputFormat::kTable;
    if (!*every && live) *every = kEvery;
    if (live) terminal.Out() << "\x1b[?1049h";  // the other screen, so that this one is as it was at the end
    const ExitCode code = session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      return Look(**client, terminal.clock().Monotonic());
    });
    if (live) terminal.Out() << "\x1b[?1049l" << std::flush;
    return code;
  }

 private:
  Result<View> Look(Client& client, MonotonicTime now) {
    std::vector<Line> lines;
    BROKER_RETURN_IF_ERROR(AddQueues(client, lines));
    BROKER_RETURN_IF_ERROR(AddSubscriptions(client, lines));
    std::map<std::string, std::uint64_t> counts;
    for (Line& line : lines) {
      counts.emplace(line.name, line.waiting);
      const auto before = counts_.find(line.name);
      const double seconds = std::chrono::duration<double>(now - looked_).count();
      const bool known = before != counts_.end() && seconds > 0;
      const double change = known ? static_cast<double>(line.waiting) - static_cast<double>(before->second) : 0;
      line.row.Set("change_per_second", known ? Value(static_cast<std::int64_t>(change / seconds)) : Value());
    }
    counts_ = std::move(counts);
    looked_ = now;
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& left, const Line& right) { return left.waiting > right.waiting; });
    if (lines.size() > max_) lines.resize(max_);
    Value rows = Value::MakeArray();
    for (Line& line : lines) rows.Append(std::move(line.row));
    return View::List("resources", std::move(rows),
                      {{"NAME", "name"},
                       {"READY", "ready"},
                       {"LEASED", "leased"},
                       {"RETRYING", "retrying"},
                       {"DELAYED", "delayed"},
                       {"BYTES", "bytes"},
                       {"OLDEST", "oldest_age"},
                       {"CHANGE/S", "change_per_second"},
                       {"RECEIVERS", "waiting_receivers"},
                       {"PAUSED", "paused"}});
  }

  static void Add(const std::string& name, const Value& description, const v1::Stats& stats, std::vector<Line>& lines) {
    Line line;
    line.name = name;
    line.waiting = stats.ready() + stats.leased() + stats.retrying() + stats.delayed();
    line.row = Value::MakeObject().Set("name", name);
    for (const char* field : {"ready", "leased", "retrying", "delayed", "bytes", "oldest_age", "waiting_receivers",
                              "paused", "dead_letter_problem"}) {
      line.row.Set(field, description.Get(field));
    }
    lines.push_back(std::move(line));
  }

  Status AddQueues(Client& client, std::vector<Line>& lines) const {
    const auto pages = ListAll<v1::ListQueuesRequest>(client, &v1::Queues::Stub::List, prefix_);
    if (!pages.ok()) return pages.error();
    for (const auto& page : *pages) {
      for (const v1::Queue& queue : page.queues()) {
        v1::GetQueueRequest get;
        get.set_name(queue.name());
        const auto now = client.Call(&v1::Queues::Stub::Get, get);
        if (now.ok()) Add("queue/" + queue.name(), QueueDescriptionValue(*now), now->stats(), lines);
        if (!now.ok() && now.error().code != ErrorCode::kNotFound) return now.error();  // not found: gone in between
      }
    }
    return {};
  }

  Status AddSubscriptions(Client& client, std::vector<Line>& lines) const {
    const auto pages = ListAll<v1::ListSubscriptionsRequest>(client, &v1::Subscriptions::Stub::List, prefix_);
    if (!pages.ok()) return pages.error();
    for (const auto& page : *pages) {
      for (const v1::Subscription& subscription : page.subscriptions()) {
        if (!subscription.queue().empty()) continue;  // its messages are in the queue
        v1::GetSubscriptionRequest get;
        get.set_name(subscription.name());
        const auto now = client.Call(&v1::Subscriptions::Stub::Get, get);
        if (now.ok()) {
          Add("subscription/" + subscription.name(), SubscriptionDescriptionValue(*now), now->stats(), lines);
        }
        if (!now.ok() && now.error().code != ErrorCode::kNotFound) return now.error();
      }
    }
    return {};
  }

  std::string prefix_;
  std::size_t max_ = 40;
  WatchFlag watch_;
  std::map<std::string, std::uint64_t> counts_;  // at the last look
  MonotonicTime looked_{};
};

}  // namespace

void AddTopCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Top>(&root, "top", "Queues and subscriptions by what waits in them, live on a terminal");
}

}  // namespace broker::cli
