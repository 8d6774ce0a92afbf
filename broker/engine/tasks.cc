// Durable tasks: work that goes on in small steps until it is done, over restarts. What a step does depends on the
// task's kind; here is what all kinds share: taking one up, pace, progress, cancelling, listing, and how long an ended
// one is remembered.
//
// A step and the progress it made are one group, and the next step follows when that group is durable: so a task that
// resumes does nothing twice, and others have a turn in between.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/store.h"
#include "broker/model/limits.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

constexpr std::size_t kStepMessages = 100;
constexpr std::size_t kMaxNotes = 10;
constexpr std::size_t kEndedTasksKept = 1'000;  // of a namespace
constexpr Nanos kEndedTasksLife = std::chrono::hours(24 * 7);
constexpr std::uint32_t kStepsPerSecond = 10;  // at most, of a task with a rate

Error NoSuchTask(const Caller& caller, model::TaskId id) {
  return Error(ErrorCode::kNotFound, "TASK_NOT_FOUND",
               fmt::format("there is no task {} in namespace \"{}\"", id.value(), caller.name_space),
               fmt::format("task/{}", id.value()));
}

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

// ---- commands

Status Engine::Core::CheckTaskQuota(const Caller& caller) const {
  const auto running = static_cast<std::uint64_t>(std::count_if(tasks_.begin(), tasks_.end(), [&](const auto& item) {
    return item.second.name_space == caller.name_space && item.second.info.state == TaskState::kRunning;
  }));
  if (running < options_.max_running_tasks) return {};
  return Error(ErrorCode::kLimitExceeded, "QUOTA_EXCEEDED",
               fmt::format("{} tasks are running in namespace \"{}\", the most there can be; wait for one or cancel it",
                           running, caller.name_space));
}

Task& Engine::Core::StartTask(const Caller& caller, Task task) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, other] : tasks_) {
    if (other.name_space == caller.name_space && other.info.state != TaskState::kRunning) ended.push_back(id);
  }
  for (std::size_t i = 0; i + kEndedTasksKept <= ended.size(); ++i) DropTask(ended[i]);
  const std::uint64_t id = NextId();
  task.info.id = model::TaskId(id);
  task.info.started = now_;
  task.name_space = caller.name_space;
  Task& started = tasks_.emplace(id, std::move(task)).first->second;
  StoreTask(journal_, started);
  timers_.Set({TimerKind::kTask, id}, now_);
  return started;
}

Result<TaskInfo> Engine::Core::GetTask(const Caller& caller, model::TaskId id) {
  const auto task = tasks_.find(id.value());
  if (task == tasks_.end() || task->second.name_space != caller.name_space) return NoSuchTask(caller, id);
  return task->second.info;
}

// Newest first, which is by descending id. A page token is the last id of the page before.
Result<ListPage<TaskInfo>> Engine::Core::ListTasks(const Caller& caller, const ListRequest& request) {
  if (request.page_size < 1 || request.page_size > model::kMaxListPage) {
    return InvalidField("page_size", fmt::format("{} is outside 1 to {}", request.page_size, model::kMaxListPage));
  }
  auto end = tasks_.end();
  if (!request.page_token.empty()) {
    std::uint64_t before = 0;
    const char* last = request.page_token.data() + request.page_token.size();
    const auto parsed = std::from_chars(request.page_token.data(), last, before);
    if (parsed.ec != std::errc() || parsed.ptr != last) {
      return InvalidField("page_token",
                          fmt::format("\"{}\" is not one that a page gave", request.page_token.substr(0, 64)));
    }
    end = tasks_.lower_bound(before);
  }
  ListPage<TaskInfo> page;
  for (auto it = std::make_reverse_iterator(end); it != tasks_.rend(); ++it) {
    const Task& task = it->second;
    if (task.name_space != caller.name_space) continue;
    if (task.info.kind.compare(0, request.prefix.size(), request.prefix) != 0) continue;
    if (page.items.size() == request.page_size) {
      page.next_page_token = fmt::format("{}", page.items.back().id.value());
      break;
    }
    page.items.push_back(task.info);
  }
  return page;
}

Result<TaskInfo> Engine::Core::CancelTask(const Caller& caller, model::TaskId id) {
  const auto found = tasks_.find(id.value());
  if (found == tasks_.end() || found->second.name_space != caller.name_space) return NoSuchTask(caller, id);
  Task& task = found->second;
  if (task.info.state != TaskState::kRunning) {
    return Error(ErrorCode::kFailedPrecondition, "TASK_ENDED",
                 fmt::format("task {} has ended already: it is {}", id.value(), Word(task.info.state)),
                 fmt::format("task/{}", id.value()));
  }
  FinishTask(task, TaskState::kCancelled, {});
  return task.info;
}

// ---- running

void Engine::Core::OnTaskTimer(Task& task) {
  if (task.info.state == TaskState::kRunning) return RunTask(task);
  if (now_ >= *task.info.finished + kEndedTasksLife) return DropTask(task.info.id.value());
  WakeTask(task.info.id.value());
}

// A task's one timer: its next step while it runs, its end afterwards.
void Engine::Core::WakeTask(std::uint64_t id) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return;
  const Task& task = found->second;
  timers_.Set({TimerKind::kTask, id}, task.info.state == TaskState::kRunning ? std::max(now_, task.paced_until)
                                                                             : *task.info.finished + kEndedTasksLife);
}

void Engine::Core::DropTask(std::uint64_t id) {
  journal_.Delete(storage::Family::kTasks, storage::KindKey('t', id));
  timers_.Clear({TimerKind::kTask, id});
  tasks_.erase(id);
}

void Engine::Core::RunTask(Task& task) {
  if (task.info.state != TaskState::kRunning || task.reading) return;
  const std::uint64_t id = task.info.id.value();
  if (task.paced_until > now_) return WakeTask(id);
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
    case StepEnd::kReading: return StoreTask(journal_, task);
    case StepEnd::kMore: break;
  }
  StoreTask(journal_, task);
  journal_.After([this, id] { WakeTask(id); });
}

void Engine::Core::ReadForTask(Task& task, ReadRequest request) {
  task.reading = true;
  Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                       [this, id = task.info.id.value(), request](ReadOutcome outcome) {
                         const auto found = tasks_.find(id);
                         if (found == tasks_.end() || found->second.info.state != TaskState::kRunning) return;
                         Task& reader = found->second;
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

void Engine::Core::NoteLeft(Task& task, std::string note) {
  ++task.info.left;
  auto& notes = task.info.notes;
  if (notes.size() < kMaxNotes && std::find(notes.begin(), notes.end(), note) == notes.end())
    notes.push_back(std::move(note));
}

void Engine::Core::FinishTask(Task& task, TaskState state, std::string reason) {
  task.info.state = state;
  task.info.reason = std::move(reason);
  task.info.finished = now_;
  task.loaded.clear();
  if (task.info.kind == kReplayTask) EndReplay(task);
  StoreTask(journal_, task);
  WakeTask(task.info.id.value());
}

}  // namespace broker::engine
