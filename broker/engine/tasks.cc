// Durable tasks: work that goes on in small steps until it is done, over restarts. What a step does depends on the
// task's kind; here is what all kinds share: pace, progress, cancelling and ending. See task_table.h for the rest.
//
// A step and the progress it made are one group, and the next step follows when that group is durable: so a task that
// resumes does nothing twice, and others have a turn in between.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

constexpr std::size_t kStepMessages = 100;
constexpr std::uint32_t kStepsPerSecond = 10;  // at most, of a task with a rate

std::string_view Word(TaskState state) {
  switch (state) {
    case TaskState::kRunning: return "running";
    case TaskState::kDone: return "done";
    case TaskState::kFailed: return "failed";
    case TaskState::kCancelled: return "cancelled";
  }
  return "unknown";
}

}  // namespace

// The kinds of tasks. `most`: how many messages the step may move.
Step Engine::Core::StepTask(Task& task, std::size_t most) {
  if (task.info.kind == "redrive" || task.info.kind == "move") return StepMove(task, most);
  if (task.info.kind == kReplayTask) return StepReplay(task, most);
  return {StepEnd::kFailed, fmt::format("this broker knows no task of kind \"{}\"", task.info.kind)};
}

Result<TaskInfo> Engine::Core::CancelTask(const Caller& caller, model::TaskId id) {
  auto found = tasks_.FindNamed(caller, id);
  if (!found.ok()) return found.error();
  Task& task = **found;
  if (task.info.state != TaskState::kRunning) {
    return Error(ErrorCode::kFailedPrecondition, "TASK_ENDED",
                 fmt::format("task {} has ended already: it is {}", id.value(), Word(task.info.state)),
                 fmt::format("task/{}", id.value()));
  }
  FinishTask(task, TaskState::kCancelled, {});
  return task.info;
}

void Engine::Core::OnTaskTimer(Task& task) {
  if (task.info.state == TaskState::kRunning) return RunTask(task);
  if (now_ >= *task.info.finished + TaskTable::kEndedLife) return tasks_.Drop(task.info.id.value());
  tasks_.Wake(task.info.id.value());
}

void Engine::Core::RunTask(Task& task) {
  if (task.info.state != TaskState::kRunning || task.reading) return;
  const std::uint64_t id = task.info.id.value();
  if (task.paced_until > now_) return tasks_.Wake(id);
  if (room_.full() && !task.info.dry_run) return FinishTask(task, TaskState::kFailed, *room_.full());
  // What moves nothing needs no pace.
  const std::optional<std::uint32_t> rate = task.info.dry_run ? std::nullopt : task.info.rate;
  const std::size_t most = rate ? std::clamp<std::size_t>(*rate / kStepsPerSecond, 1, kStepMessages) : kStepMessages;
  const std::uint64_t before = task.info.moved;
  Step step = StepTask(task, most);
  if (rate) {
    const auto moved = static_cast<std::int64_t>(task.info.moved - before);
    task.paced_until = std::max(task.paced_until, now_) + Nanos(std::chrono::seconds(moved)) / *rate;
  }
  switch (step.end) {
    case StepEnd::kDone: return FinishTask(task, TaskState::kDone, {});
    case StepEnd::kFailed: return FinishTask(task, TaskState::kFailed, std::move(step.reason));
    case StepEnd::kReading: return tasks_.Store(task);
    case StepEnd::kMore: break;
  }
  tasks_.Store(task);
  journal_.After([this, id] { tasks_.Wake(id); });
}

void Engine::Core::ReadForTask(Task& task, ReadRequest request) {
  task.reading = true;
  Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                       [this, id = task.info.id.value(), request](ReadOutcome outcome) {
                         Task* found = tasks_.Find(id);
                         if (found == nullptr || found->info.state != TaskState::kRunning) return;
                         Task& reader = *found;
                         reader.reading = false;
                         for (RecordPtr& record : outcome.records) reader.loaded[record->sequence] = std::move(record);
                         // What cannot be read is left where it is.
                         std::vector<std::uint64_t> asked = request.points;
                         if (request.run_from != 0) asked.push_back(request.run_from);
                         for (const std::uint64_t sequence : asked) {
                           if (reader.loaded.count(sequence) > 0) continue;
                           StoredRecord damaged;
                           damaged.sequence = sequence;
                           damaged.damaged = true;
                           reader.loaded[sequence] = std::make_shared<const StoredRecord>(damaged);
                         }
                         RunTask(reader);
                       });
}

void Engine::Core::FinishTask(Task& task, TaskState state, std::string reason) {
  task.info.state = state;
  task.info.reason = std::move(reason);
  task.info.finished = now_;
  task.loaded.clear();
  Cursor* replayed = task.info.kind == kReplayTask ? FindCursor(task.source_cursor) : nullptr;
  if (replayed != nullptr) RemoveCursor(*replayed, {});
  tasks_.Store(task);
  tasks_.Wake(task.info.id.value());
}

}  // namespace broker::engine
