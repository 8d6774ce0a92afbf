#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/shared_flags.h"
#include "cli/commands/task_following.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class TaskShow final : public Command {
 public:
  explicit TaskShow(Declaration& declare) {
    declare.Positional("ID", id_, "Of the task", Names::kTasks);
    watch_.Declare(declare);
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      v1::GetTaskRequest request;
      request.set_id(id_);
      const auto task = (*client)->Call(&v1::Tasks::Stub::Get, request);
      if (!task.ok()) return task.error();
      return View::Thing(TaskValue(*task), "id");
    });
  }

 private:
  std::string id_;
  WatchFlag watch_;
};

class TaskList final : public Command {
 public:
  explicit TaskList(Declaration& declare) { watch_.Declare(declare); }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      const auto pages = AllPages(**client, &v1::Tasks::Stub::List, v1::ListTasksRequest());
      if (!pages.ok()) return pages.error();
      Value rows = Value::MakeArray();
      for (const v1::ListTasksResponse& page : *pages) {
        for (const v1::Task& task : page.tasks()) rows.Append(TaskValue(task));
      }
      return View::List("tasks", std::move(rows),
                        {{"ID", "id"},
                         {"KIND", "kind"},
                         {"SOURCE", "source"},
                         {"TO", "destination"},
                         {"STATE", "state"},
                         {"TOTAL", "total"},
                         {"MOVED", "moved"},
                         {"LEFT", "left"},
                         {"STARTED", "start_time"}},
                        "id");
    });
  }

 private:
  WatchFlag watch_;
};

class TaskFollow final : public Command {
 public:
  explicit TaskFollow(Declaration& declare) {
    declare.Positional("ID", id_, "Of the task", Names::kTasks);
    declare.Example("brokerctl task watch 42");
  }
  ExitCode Run(Session& session) override {
    session.terminal().CatchInterrupts();
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::GetTaskRequest request;
    request.set_id(id_);
    auto task = (*client)->Call(&v1::Tasks::Stub::Get, request);
    if (!task.ok()) return session.Fail(task.error());
    return FollowTask(session, **client, *std::move(task), true);
  }

 private:
  std::string id_;
};

class TaskCancel final : public Command {
 public:
  explicit TaskCancel(Declaration& declare) { declare.Positional("ID", id_, "Of the task", Names::kTasks); }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::CancelTaskRequest request;
    request.set_id(id_);
    const auto task = (*client)->Call(&v1::Tasks::Stub::Cancel, request);
    if (!task.ok()) return session.Fail(task.error());
    session.Say(fmt::format("cancelled task {}: {} message(s) were moved before", task->id(), task->moved()));
    session.ShowIfAsked(View::Thing(TaskValue(*task), "id"));
    return ExitCode::kOk;
  }

 private:
  std::string id_;
};

}  // namespace

void AddTaskCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "task", "Tasks: work of the broker that outlives a call");
  commands.Add<TaskShow>(group, "describe", "Show one task")->alias("show");
  commands.Add<TaskList>(group, "list", "List running and recent tasks");
  commands.Add<TaskFollow>(group, "watch", "Wait until a task has ended, and say how");
  commands.Add<TaskCancel>(group, "cancel", "End a task; what it moved stays moved");
}

}  // namespace broker::cli
