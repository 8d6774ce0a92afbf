// The durable tasks, running and ended: taking one up, finding and listing them, and the one timer of each, which is its
// next step while it runs and its end afterwards. What a step does is in tasks.cc and in those of its kind.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/engine/engine_clock.h"
#include "broker/engine/journal.h"
#include "broker/engine/task.h"
#include "broker/engine/timers.h"

namespace broker::engine {

class TaskTable {
 public:
  // An ended task is remembered for so long, if there are not too many.
  static constexpr Nanos kEndedLife = std::chrono::hours(24 * 7);

  // `max_running`: in a namespace.
  TaskTable(Journal& journal, Timers& timers, const EngineClock& clock, std::uint64_t max_running)
      : journal_(journal), timers_(timers), clock_(clock), max_running_(max_running) {}

  // Whether another may run. Errors: kLimitExceeded.
  Status CheckQuota(const Caller&) const;
  // Takes up a task that was filled in but for its id, start and namespace: it is stored, and due at once.
  Task& Start(const Caller&, Task task, std::uint64_t id);
  // Takes up one that is stored.
  void Restore(Task task);
  // Null when there is none. A task keeps its address until it is dropped.
  Task* Find(std::uint64_t id);
  // Errors: kNotFound, here and below.
  Result<Task*> FindNamed(const Caller&, model::TaskId id);
  Result<TaskInfo> Get(const Caller&, model::TaskId id) const;
  Result<ListPage<TaskInfo>> List(const Caller&, const ListRequest&) const;
  const std::map<std::uint64_t, Task>& all() const { return tasks_; }
  std::map<std::uint64_t, Task>& all() { return tasks_; }

  // As it is now, synced.
  void Store(const Task& task);
  // Sets its timer, if it is still there.
  void Wake(std::uint64_t id);
  void Drop(std::uint64_t id);

 private:
  Journal& journal_;
  Timers& timers_;
  const EngineClock& clock_;
  std::uint64_t max_running_;
  std::map<std::uint64_t, Task> tasks_;  // by id
};

}  // namespace broker::engine
