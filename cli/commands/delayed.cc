#include <fmt/format.h>

#include "cli/commands/batch_outcome.h"
#include "cli/commands/commands.h"
#include "cli/commands/peeking.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class DelayedList final : public Command {
 public:
  explicit DelayedList(Declaration& declare) {
    declare.Positional("TARGET", target_, "The queue or topic they were published to", Names::kTopicsAndQueues);
    declare.Number("--max", max_, 1, kMaxLines, "At most so many; default: 100");
    watch_.Declare(declare);
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      auto rows = PeekRows(**client, target_, v1::DELAYED, max_);
      if (!rows.ok()) return rows.error();
      return View::List("messages", *std::move(rows),
                        {{"ID", "id"}, {"DUE", "until"}, {"ATTRIBUTES", "attributes"}, {"BODY", "body|body_base64"}},
                        "id");
    });
  }

 private:
  std::string target_;
  std::uint32_t max_ = 100;
  WatchFlag watch_;
};

class DelayedCancel final : public Command {
 public:
  explicit DelayedCancel(Declaration& declare) {
    declare.Positional("TARGET", target_, "The queue or topic they were published to", Names::kTopicsAndQueues);
    declare.Positional("ID", ids_, "Of delayed list", Names::kNone);
    declare.Example("brokerctl delayed cancel reminders 17-42");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    BatchOutcome outcome;
    for (const std::string& id : ids_) {
      v1::CancelDelayedRequest request;
      request.set_source(target_);
      request.set_id(id);
      const auto gone = (*client)->Call(&v1::Messages::Stub::CancelDelayed, request);
      if (gone.ok()) {
        outcome.Done();
      } else {
        outcome.Failed(session, gone.error());  // it names the message
      }
    }
    if (outcome.done() > 0) session.Say(fmt::format("cancelled {} message(s)", outcome.done()));
    return outcome.Code();
  }

 private:
  std::string target_;
  std::vector<std::string> ids_;
};

}  // namespace

void AddDelayedCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "delayed", "Messages that are not due yet");
  commands.Add<DelayedList>(group, "list", "List them, the first due first");
  commands.Add<DelayedCancel>(group, "cancel", "Drop them before they are due");
}

}  // namespace broker::cli
