#include "broker/engine/move_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace broker::engine {
namespace {

using model::ResourceKind;
using model::ResourceRef;

bool IsMove(const TaskInfo& info) { return info.kind == "redrive" || info.kind == "move"; }

std::string Leads(const std::optional<ResourceRef>& destination) {
  return destination ? "to " + destination->ToString() : std::string("back to where its dead letters came from");
}

// Queues into which a move from `source` puts messages.
std::set<const Queue*> MoveTargets(const Catalog& catalog, const std::string& name_space, const ResourceRef& source,
                                   const std::optional<ResourceRef>& destination) {
  std::set<const Queue*> targets;
  const auto add_fed = [&](const Topic* topic) {
    for (const Subscription* fed : topic == nullptr ? std::vector<Subscription*>{} : topic->subscriptions) {
      if (fed->queue != nullptr) targets.insert(fed->queue);
    }
  };
  if (destination && destination->kind == ResourceKind::kTopic) {
    add_fed(catalog.topics.Find(name_space, destination->name));
  } else if (destination) {
    if (const Queue* queue = catalog.queues.Find(name_space, destination->name)) targets.insert(queue);
  } else {
    // Of a dead-letter queue, those that name it in their policy, or name a topic that feeds it.
    const Queue* letters = catalog.queues.Find(name_space, source.name);
    catalog.queues.ForEach([&](const Queue& queue) {
      const auto& policy = queue.settings.delivery.redrive;
      if (queue.name_space != name_space || !policy) return;
      const Topic* topic =
          policy->target.kind == ResourceKind::kTopic ? catalog.topics.Find(name_space, policy->target.name) : nullptr;
      const bool fed = topic != nullptr && letters != nullptr &&
                       std::any_of(topic->subscriptions.begin(), topic->subscriptions.end(),
                                   [&](const Subscription* each) { return each->queue == letters; });
      if (policy->target == source || fed) targets.insert(&queue);
    });
  }
  return targets;
}

}  // namespace

Status CheckMove(const Catalog& catalog, const TaskTable& tasks, const Caller& caller, const Queue& source,
                 const std::optional<ResourceRef>& destination) {
  const ResourceRef& from = source.cursor->owner;
  if (destination == from) {
    return InvalidField("destination", fmt::format("messages cannot be moved from {} to itself", from.ToString()));
  }
  std::map<std::uint64_t, const Task*> running;  // by the cursor they move from
  for (const auto& [id, task] : tasks.all()) {
    if (task.info.state != TaskState::kRunning || task.name_space != caller.name_space || !IsMove(task.info)) continue;
    if (task.source_cursor == source.cursor->id.value()) {
      return Error(
          ErrorCode::kFailedPrecondition, "TASK_RUNNING",
          fmt::format("task {} is already moving what is in queue \"{}\"; wait for it or cancel it", id, source.name),
          fmt::format("task/{}", id));
    }
    if (!task.info.dry_run) running.emplace(task.source_cursor, &task);
  }
  const bool to_topic = destination && destination->kind == ResourceKind::kTopic;
  if (to_topic && catalog.topics.Find(caller.name_space, destination->name)->subscriptions.empty()) {
    return Error(ErrorCode::kFailedPrecondition, "NOBODY_SUBSCRIBES",
                 fmt::format("nobody subscribes to {}: what is moved there would be lost", destination->ToString()),
                 destination->ToString());
  }
  if (running.empty() && !to_topic) return {};

  // Follow the moves that run from queue to queue: none may lead back here.
  std::set<const Queue*> reached = MoveTargets(catalog, caller.name_space, from, destination);
  if (reached.count(&source) > 0) {
    return InvalidField("destination", fmt::format("{} is subscribed to {}: what is moved would come back",
                                                   from.ToString(), destination->ToString()));
  }
  std::vector<const Queue*> next(reached.begin(), reached.end());
  while (!next.empty()) {
    const auto task = running.find(next.back()->cursor->id.value());
    next.pop_back();
    if (task == running.end()) continue;
    const TaskInfo& info = task->second->info;
    for (const Queue* target : MoveTargets(catalog, caller.name_space, info.source, info.destination)) {
      if (target == &source) {
        return Error(
            ErrorCode::kFailedPrecondition, "TASKS_CHASE_EACH_OTHER",
            fmt::format("moving from {} {} would go round in a circle with task {}, which moves from {} {}; wait for "
                        "it or cancel it",
                        from.ToString(), Leads(destination), info.id.value(), info.source.ToString(),
                        Leads(info.destination)),
            fmt::format("task/{}", info.id.value()));
      }
      if (reached.insert(target).second) next.push_back(target);
    }
  }
  return {};
}

}  // namespace broker::engine
