#include "broker/engine/task_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "broker/engine/store.h"
#include "broker/model/limits.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

constexpr std::size_t kEndedKept = 1'000;  // of a namespace

Error NoSuchTask(const Caller& caller, model::TaskId id) {
  return Error(ErrorCode::kNotFound, "TASK_NOT_FOUND",
               fmt::format("there is no task {} in namespace \"{}\"", id.value(), caller.name_space),
               fmt::format("task/{}", id.value()));
}

}  // namespace

Status TaskTable::CheckQuota(const Caller& caller) const {
  const auto running = static_cast<std::uint64_t>(std::count_if(tasks_.begin(), tasks_.end(), [&](const auto& item) {
    return item.second.name_space == caller.name_space && item.second.info.state == TaskState::kRunning;
  }));
  if (running < max_running_) return {};
  return Error(ErrorCode::kLimitExceeded, "QUOTA_EXCEEDED",
               fmt::format("{} tasks are running in namespace \"{}\", the most there can be; wait for one or cancel it",
                           running, caller.name_space));
}

Task& TaskTable::Start(const Caller& caller, Task task, std::uint64_t id) {
  std::vector<std::uint64_t> ended;
  for (const auto& [each, other] : tasks_) {
    if (other.name_space == caller.name_space && other.info.state != TaskState::kRunning) ended.push_back(each);
  }
  for (std::size_t i = 0; i + kEndedKept <= ended.size(); ++i) Drop(ended[i]);
  task.info.id = model::TaskId(id);
  task.info.started = clock_.now();
  task.name_space = caller.name_space;
  Task& started = tasks_.emplace(id, std::move(task)).first->second;
  Store(started);
  Wake(id);
  return started;
}

void TaskTable::Restore(Task task) {
  const std::uint64_t id = task.info.id.value();
  tasks_.emplace(id, std::move(task));
  Wake(id);
}

Task* TaskTable::Find(std::uint64_t id) {
  const auto found = tasks_.find(id);
  return found == tasks_.end() ? nullptr : &found->second;
}

Result<Task*> TaskTable::FindNamed(const Caller& caller, model::TaskId id) {
  Task* task = Find(id.value());
  if (task == nullptr || task->name_space != caller.name_space) return NoSuchTask(caller, id);
  return task;
}

Result<TaskInfo> TaskTable::Get(const Caller& caller, model::TaskId id) const {
  const auto task = tasks_.find(id.value());
  if (task == tasks_.end() || task->second.name_space != caller.name_space) return NoSuchTask(caller, id);
  return task->second.info;
}

// Newest first, which is by descending id. A page token is the last id of the page before.
Result<ListPage<TaskInfo>> TaskTable::List(const Caller& caller, const ListRequest& request) const {
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

void TaskTable::Store(const Task& task) { StoreTask(journal_, task); }

void TaskTable::Drop(std::uint64_t id) {
  journal_.Delete(storage::Family::kTasks, storage::KindKey('t', id));
  timers_.Clear({TimerKind::kTask, id});
  tasks_.erase(id);
}

void TaskTable::Wake(std::uint64_t id) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return;
  const Task& task = found->second;
  timers_.Set({TimerKind::kTask, id}, task.info.state == TaskState::kRunning ? std::max(clock_.now(), task.paced_until)
                                                                             : *task.info.finished + kEndedLife);
}

}  // namespace broker::engine
