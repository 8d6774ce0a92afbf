#include <fmt/format.h>

#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/store.h"
#include "storage/keys.h"

namespace broker::engine {

Result<QueueInfo> Engine::Core::CreateQueue(const Caller& caller, std::string name, model::QueueSettings settings) {
  BROKER_RETURN_IF_ERROR(model::CheckName("namespace", caller.name_space));
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  const model::ResourceRef owner{model::ResourceKind::kQueue, name};
  BROKER_RETURN_IF_ERROR(catalog_.CheckRedrive(caller.name_space, owner, settings.delivery));
  BROKER_RETURN_IF_ERROR(room_.Check());
  if (catalog_.queues.Find(caller.name_space, name) != nullptr) {
    return Error(ErrorCode::kAlreadyExists, "QUEUE_EXISTS",
                 fmt::format("queue \"{}\" is already there in namespace \"{}\"", name, caller.name_space), owner.ToString());
  }
  BROKER_RETURN_IF_ERROR(Catalog::CheckQuota(caller.name_space, "queues", catalog_.queues.CountIn(caller.name_space),
                                             options_.max_queues));
  auto queue = std::make_unique<Queue>();
  queue->name_space = caller.name_space;
  queue->name = std::move(name);
  queue->created = now_;
  queue->settings = std::move(settings);
  queue->log = &logs_.Add(model::LogId(NextId()));
  queue->cursor = &AddCursor(*queue->log, queue->settings.delivery, caller.name_space, owner);
  queue->log->ordered = queue->settings.delivery.ordered;
  queue->log->delay = queue->settings.delay;
  queue->log->message_ttl = queue->settings.message_ttl;
  Queue& added = catalog_.queues.Add(std::move(queue));
  StoreQueue(journal_, added);
  return added.Info();
}

Result<QueueInfo> Engine::Core::UpdateQueue(const Caller& caller, const std::string& name, const QueuePatch& patch) {
  auto found = catalog_.FindQueue(caller, name);
  if (!found.ok()) return found.error();
  Queue& queue = **found;
  model::QueueSettings settings = queue.settings;
  settings.delay = patch.delay.value_or(settings.delay);
  settings.deduplication.by_content = patch.deduplicate_by_content.value_or(settings.deduplication.by_content);
  settings.deduplication.scope = patch.deduplication_scope.value_or(settings.deduplication.scope);
  Patch(settings.delivery, patch.delivery);
  settings.message_ttl = patch.message_ttl.value_or(settings.message_ttl);
  settings.bounds = patch.bounds.value_or(settings.bounds);
  if (patch.dead_letter_access) settings.dead_letter_access = *patch.dead_letter_access;
  Patch(settings.notes, patch.notes);
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  // A policy whose target went by force stands in the way of no other change.
  if (patch.delivery.redrive) {
    BROKER_RETURN_IF_ERROR(catalog_.CheckRedrive(caller.name_space, queue.cursor->owner, settings.delivery));
  }
  queue.settings = settings;
  queue.log->delay = settings.delay;
  queue.log->message_ttl = settings.message_ttl;
  ApplyDelivery(*queue.cursor, settings.delivery);
  FollowRetention(queue);
  StoreQueue(journal_, queue);
  return queue.Info();
}

void Engine::Core::DescribeQueue(const Caller& caller, const std::string& name, Done<QueueDescription> done) {
  auto found = catalog_.FindQueue(caller, name);
  if (!found.ok()) return Answer(std::move(done), Result<QueueDescription>(found.error()));
  QueueDescription description;
  description.info = (*found)->Info();
  description.dead_letter_sources = catalog_.DeadLetterSources(caller.name_space, {model::ResourceKind::kQueue, name});
  catalog_.subscriptions.ForEach([&](const Subscription& subscription) {
    if (subscription.queue == *found) description.subscriptions.push_back(subscription.name);
  });
  WithStats(*(*found)->cursor, [this, description, done = std::move(done)](Stats stats) mutable {
    description.stats = std::move(stats);
    Answer(std::move(done), Result<QueueDescription>(std::move(description)));
  });
}

Status Engine::Core::DeleteQueue(const Caller& caller, const std::string& name, bool force) {
  auto found = catalog_.FindQueue(caller, name);
  if (!found.ok()) return found.error();
  Queue& queue = **found;
  std::vector<Subscription*> subscriptions;
  catalog_.subscriptions.ForEach([&](Subscription& subscription) {
    if (subscription.queue == &queue) subscriptions.push_back(&subscription);
  });
  if (!force) {
    const auto sources = catalog_.DeadLetterSources(caller.name_space, queue.cursor->owner);
    if (!sources.empty()) {
      return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_TARGET_IN_USE",
                   fmt::format("queue \"{}\" is the dead-letter target of {}; change that first, or force it", name,
                               fmt::join(sources, ", ")),
                   "queue/" + name);
    }
    if (!subscriptions.empty()) {
      return Error(ErrorCode::kFailedPrecondition, "QUEUE_HAS_SUBSCRIPTIONS",
                   fmt::format("subscription \"{}\" delivers into queue \"{}\"; delete it first, or force it",
                               subscriptions.front()->name, name),
                   "queue/" + name);
    }
  }
  for (Subscription* subscription : subscriptions) RemoveSubscription(*subscription);
  const Error gone(ErrorCode::kNotFound, "QUEUE_NOT_FOUND", fmt::format("queue \"{}\" was deleted", name), "queue/" + name);
  MessageLog& log = *queue.log;
  RemoveCursor(*queue.cursor, gone);
  RemoveLog(log);
  catalog_.queues.Erase(queue);
  return {};
}

}  // namespace broker::engine
