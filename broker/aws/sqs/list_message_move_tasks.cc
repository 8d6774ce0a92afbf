#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/move_task.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/model/limits.h"

namespace broker::aws::sqs {
namespace {

constexpr Range kMost{1, 10};

struct ListMessageMoveTasksAction {
  static constexpr std::string_view kName = "ListMessageMoveTasks";
  struct Input {
    std::string source;
    std::optional<std::int64_t> most;
  };
  struct Output {
    std::vector<engine::TaskInfo> tasks;
    Identity identity;
    std::string source_arn;
  };

  Access Needs(const Call&, const Input& in) const { return {"sqs:ListMessageMoveTasks", in.source}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto source = ReadQueueArn(backend, *call, "SourceArn", in.source);
    if (!source.ok()) return done(std::move(source).error());
    if (!backend.engine.LookUpQueue(source->caller, source->queue)) {
      return WhenDurable(backend, [done = std::move(done)] { done(NoSuchResource("SourceArn")); });
    }
    const auto most = static_cast<std::size_t>(in.most.value_or(1));
    Collect({*source, call->form(), most}, {}, {{}, source->identity, in.source}, done);
  }

  struct Asked {
    QueueOfArn source;
    Form form;
    std::size_t most;
  };

  // Adds the tasks of the source, newest first, page by page until there are enough.
  void Collect(const Asked& asked, const std::string& page_token, const Output& before,
               const Done<Output>& done) const {
    backend.engine.ListTasks(
        asked.source.caller, {.page_size = model::kMaxListPage, .page_token = page_token},
        [this, asked, output = before, done](const Result<engine::ListPage<engine::TaskInfo>>& page) mutable {
          if (!page.ok()) return done(ToSqsRefusal(page.error(), asked.form));
          for (const engine::TaskInfo& task : page->items) {
            const bool moves = task.kind != "replay" && !task.dry_run;
            if (moves && task.source.name == asked.source.queue && output.tasks.size() < asked.most) {
              output.tasks.push_back(task);
            }
          }
          if (output.tasks.size() == asked.most || page->next_page_token.empty()) return done(std::move(output));
          Collect(asked, page->next_page_token, output, done);
        });
  }

  const Backend& backend;
};

// Where messages had nowhere to go, a task has failed on this wire, though it moved the others.
std::string_view StatusOf(const engine::TaskInfo& task) {
  if (task.state == engine::TaskState::kDone && task.homeless > 0) return "FAILED";
  switch (task.state) {
    case engine::TaskState::kRunning: return "RUNNING";
    case engine::TaskState::kDone: return "COMPLETED";
    case engine::TaskState::kFailed: return "FAILED";
    case engine::TaskState::kCancelled: return "CANCELLED";
  }
  return "FAILED";
}

void Read(Fields& f, ListMessageMoveTasksAction::Input& in) {
  f.Required("SourceArn", in.source);
  f.Optional("MaxResults", in.most, kMost);
}

void Write(Writer& w, const ListMessageMoveTasksAction::Output& out) {
  w.List({"Results", "ListMessageMoveTasksResultEntry"}, out.tasks, [&out](Writer& each, const engine::TaskInfo& task) {
    if (task.state == engine::TaskState::kRunning) {
      each.Text("TaskHandle", std::string_view(MoveTaskHandle{task.id, out.source_arn}.ToText()));
    }
    each.Text("Status", StatusOf(task));
    each.Text("SourceArn", std::string_view(out.source_arn));
    if (task.destination) each.Text("DestinationArn", std::string_view(out.identity.ArnOf(*task.destination)));
    if (task.rate) each.Integer("MaxNumberOfMessagesPerSecond", *task.rate);
    each.Integer("ApproximateNumberOfMessagesMoved", static_cast<std::int64_t>(task.moved));
    each.Integer("ApproximateNumberOfMessagesToMove", static_cast<std::int64_t>(task.total));
    const std::string_view reason =
        task.homeless > 0 ? "CouldNotDetermineMessageSource" : std::string_view(task.reason);
    if (!reason.empty()) each.Text("FailureReason", reason);
    each.Integer("StartedTimestamp", std::chrono::duration_cast<Millis>(task.started.time_since_epoch()).count());
  });
}

}  // namespace

std::unique_ptr<const Action> ListMessageMoveTasks(const Backend& backend) {
  return MakeAction(ListMessageMoveTasksAction{backend});
}

}  // namespace broker::aws::sqs
