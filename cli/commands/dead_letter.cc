#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class DeadLetterShow final : public Command {
 public:
  explicit DeadLetterShow(Declaration& declare) {
    declare.Positional("QUEUE", queue_, "The dead-letter queue", Names::kQueues);
    declare.app()
        ->add_option("--max", max_, "At most so many; default: 100")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    watch_.Declare(declare);
    declare.Example("brokerctl dlq show billing-dlq -o json");
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      auto rows = Rows(**client);
      if (!rows.ok()) return rows.error();
      return View::List("messages", *std::move(rows),
                        {{"ID", "id"},
                         {"SOURCE", "source"},
                         {"ATTEMPTS", "attempts"},
                         {"REASON", "reason"},
                         {"SINCE", "dead_letter_time"},
                         {"STATE", "state"},
                         {"BODY", "body|body_base64"}},
                        "id");
    });
  }

 private:
  Result<Value> Rows(Client& client) const {
    Value rows = Value::MakeArray();
    v1::ListDeadLettersRequest request;
    request.set_queue(WithoutKind("queue", queue_));
    do {
      const auto have = static_cast<std::uint32_t>(rows.array()->size());
      request.set_page_size(std::clamp<std::uint32_t>(max_ - have, 1, 1'000));
      const auto page = client.Call(&v1::DeadLetters::Stub::List, request);
      if (!page.ok()) return page.error();
      for (const v1::DeadLetter& letter : page->dead_letters()) {
        if (rows.array()->size() < max_) rows.Append(DeadLetterValue(letter));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && rows.array()->size() < max_);
    return rows;
  }

  std::string queue_;
  std::uint32_t max_ = 100;
  WatchFlag watch_;
};

class DeadLetterRedrive final : public Command {
 public:
  explicit DeadLetterRedrive(Declaration& declare) {
    declare.Positional("QUEUE", queue_, "The dead-letter queue", Names::kQueues);
    declare.Flag("--no-wait", no_wait_, "Start the task and leave; see: brokerctl task show ID");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::RedriveRequest request;
    request.set_queue(WithoutKind("queue", queue_));
    auto task = (*client)->Call(&v1::DeadLetters::Stub::Redrive, request);
    if (!task.ok()) return session.Fail(task.error());
    Nanos pause = kFirstPause;
    while (!no_wait_ && task->state() == v1::Task::RUNNING) {
      const std::string goes_on =
          fmt::format("the redrive goes on in the broker; see: brokerctl task show {}", task->id());
      if (!session.terminal().Wait(pause)) {
        session.Say(goes_on);
        break;
      }
      pause = std::min(pause * 2, kLongestPause);
      v1::GetTaskRequest get;
      get.set_id(task->id());
      auto now = (*client)->Call(&v1::Tasks::Stub::Get, get);
      if (!now.ok()) {
        const ExitCode code = session.Fail(now.error());
        session.Say(goes_on);
        return code;
      }
      task = std::move(now);
    }
    return Report(session, *task);
  }

 private:
  static constexpr Nanos kFirstPause = std::chrono::milliseconds(20);
  static constexpr Nanos kLongestPause = std::chrono::seconds(1);

  ExitCode Report(Session& session, const v1::Task& task) const {
    session.Show(View::Thing(TaskValue(task), "id"));
    if (task.state() == v1::Task::FAILED) {
      return session.Fail(
          Error(ErrorCode::kFailedPrecondition, "TASK_FAILED",
                fmt::format("the redrive stopped after {} message(s): {}", task.moved(), task.reason())));
    }
    if (task.left() == 0) return ExitCode::kOk;
    session.Warn(fmt::format("{} message(s) stayed in {}", task.left(), queue_));
    for (const std::string& note : task.notes()) session.Warn(note);
    return ExitCode::kPartial;
  }

  std::string queue_;
  bool no_wait_ = false;
};

}  // namespace

void AddDeadLetterCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "dlq", "Dead letters: messages that failed too often");
  commands.Add<DeadLetterShow>(group, "show", "Show dead letters with their story; nothing is touched");
  commands.Add<DeadLetterRedrive>(group, "redrive", "Move them back to where each came from, and wait for it");
}

}  // namespace broker::cli
