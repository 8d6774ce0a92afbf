#include "cli/commands/task_following.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/progress.h"
#include "cli/proto_values.h"

namespace broker::cli {
namespace {

constexpr Nanos kFirstPause = std::chrono::milliseconds(20);
constexpr Nanos kLongestPause = std::chrono::seconds(1);
constexpr Nanos kLongestBarPause = std::chrono::milliseconds(200);

// Until the task has ended or the user interrupts. Errors: those of the call, the task going on.
Status WaitForEnd(Session& session, Client& client, v1::Task& task) {
  Progress progress(session, "messages");
  Nanos pause = kFirstPause;
  const Nanos longest = session.terminal().ErrIsTerminal() ? kLongestBarPause : kLongestPause;
  while (task.state() == v1::Task::RUNNING && session.terminal().Wait(pause)) {
    pause = std::min(pause * 2, longest);
    v1::GetTaskRequest get;
    get.set_id(task.id());
    auto now = client.Call(&v1::Tasks::Stub::Get, get);
    if (!now.ok()) return now.error();
    task = *std::move(now);
    progress.Show(task.moved() + task.left(), std::max(task.total(), task.moved() + task.left()));
  }
  return {};
}

ExitCode Report(Session& session, const v1::Task& task) {
  session.Show(View::Thing(TaskValue(task), "id"));
  if (task.state() == v1::Task::RUNNING) return ExitCode::kOk;
  if (task.state() == v1::Task::FAILED || task.state() == v1::Task::CANCELLED) {
    const bool failed = task.state() == v1::Task::FAILED;
    return session.Fail(
        Error(ErrorCode::kFailedPrecondition, failed ? "TASK_FAILED" : "TASK_CANCELLED",
              fmt::format("task {} {} after {} message(s){}{}", task.id(), failed ? "stopped" : "was cancelled",
                          task.moved(), failed ? ": " : "", task.reason())));
  }
  if (task.left() == 0) return ExitCode::kOk;
  const bool asked_for = task.dry_run() || !task.filter().empty();
  const std::string words =
      fmt::format("{} message(s) {} in {}", task.left(), task.dry_run() ? "would stay" : "stayed", task.source());
  if (asked_for) {
    session.Say(words);
  } else {
    session.Warn(words);
  }
  for (const std::string& note : task.notes()) session.Warn(note);
  return asked_for ? ExitCode::kOk : ExitCode::kPartial;
}

}  // namespace

void TaskFlags::Declare(Declaration& declare) {
  declare.Option("--filter", filter_, "Only messages that pass", "FILTER");
  declare.Number("--rate", rate_, 1, 100'000,
                 "At most so many messages a second: 1 to 100000; default: as fast as it goes");
  declare.Flag("--no-wait", no_wait_, "Start the task and leave; see: brokerctl task watch ID");
}

ExitCode FollowTask(Session& session, Client& client, v1::Task task, bool wait) {
  if (!wait) return Report(session, task);
  const std::string goes_on = fmt::format(
      "task {0} goes on in the broker; see: brokerctl task watch {0}; to end it: brokerctl task cancel {0}", task.id());
  if (const Status waited = WaitForEnd(session, client, task); !waited.ok()) {
    const ExitCode code = session.Fail(waited.error());
    session.Say(goes_on);
    return code;
  }
  const ExitCode reported = Report(session, task);
  if (task.state() != v1::Task::RUNNING) return reported;
  session.Warn(goes_on);
  return ExitCode::kPartial;  // what a script does next must not count on the task's end
}

}  // namespace broker::cli
