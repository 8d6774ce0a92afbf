#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class TaskShow final : public Command {
 public:
  explicit TaskShow(Declaration& declare) {
    declare.Positional("ID", id_, "Of the task", Names::kNone);
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
                         {"STATE", "state"},
                         {"MOVED", "moved"},
                         {"LEFT", "left"},
                         {"STARTED", "start_time"}},
                        "id");
    });
  }

 private:
  WatchFlag watch_;
};

}  // namespace

void AddTaskCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "task", "Tasks: work of the broker that outlives a call");
  commands.Add<TaskShow>(group, "show", "Show one task");
  commands.Add<TaskList>(group, "list", "List running and recent tasks");
}

}  // namespace broker::cli
