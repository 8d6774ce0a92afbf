// Finding things by the names that callers give, and the checks that concern more than one thing.
#include <fmt/format.h>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

using model::ResourceKind;

Error NotFound(ResourceKind kind, const Caller& caller, const std::string& name) {
  const model::ResourceRef ref{kind, name};
  std::string reason(model::ToString(kind));
  for (char& c : reason) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return Error(ErrorCode::kNotFound, reason + "_NOT_FOUND",
               fmt::format("there is no {} \"{}\" in namespace \"{}\"", model::ToString(kind), name, caller.name_space),
               ref.ToString());
}

Error NoneFound(std::string_view kinds, const Caller& caller, const std::string& name) {
  return Error(ErrorCode::kNotFound, "NOT_FOUND",
               fmt::format("there is no {} \"{}\" in namespace \"{}\"", kinds, name, caller.name_space), name);
}

Error Ambiguous(std::string_view first, std::string_view second, const std::string& name) {
  return Error(ErrorCode::kInvalidArgument, "AMBIGUOUS_NAME",
               fmt::format("\"{0}\" names both a {1} and a {2}; write {1}/{0} or {2}/{0}", name, first, second), name);
}

Error WrongKind(std::string_view wanted, const model::Target& target) {
  return Error(ErrorCode::kInvalidArgument, "WRONG_KIND",
               fmt::format("{}/{} cannot be used here; it takes a {}", model::ToString(*target.kind), target.name, wanted),
               target.name);
}

Error NotPull(const Subscription& subscription, std::string_view hint) {
  return Error(ErrorCode::kFailedPrecondition, "NOT_A_PULL_SUBSCRIPTION",
               fmt::format("subscription \"{}\" delivers into queue \"{}\"; {}", subscription.name,
                           *subscription.settings.queue, hint),
               "subscription/" + subscription.name);
}

}  // namespace

Result<Topic*> Engine::Core::FindTopic(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Topic* topic = topics_.Find(caller.name_space, name);
  if (topic == nullptr) return NotFound(ResourceKind::kTopic, caller, name);
  return topic;
}

Result<Queue*> Engine::Core::FindQueue(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Queue* queue = queues_.Find(caller.name_space, name);
  if (queue == nullptr) return NotFound(ResourceKind::kQueue, caller, name);
  return queue;
}

Result<Subscription*> Engine::Core::FindSubscription(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Subscription* subscription = subscriptions_.Find(caller.name_space, name);
  if (subscription == nullptr) return NotFound(ResourceKind::kSubscription, caller, name);
  return subscription;
}

Result<Engine::Core::Publishable> Engine::Core::FindPublishable(const Caller& caller,
                                                                const model::Target& target) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("target", target.name));
  if (target.kind == ResourceKind::kSubscription) return WrongKind("topic or a queue", target);
  Publishable found;
  if (target.kind != ResourceKind::kQueue) found.topic = topics_.Find(caller.name_space, target.name);
  if (target.kind != ResourceKind::kTopic) found.queue = queues_.Find(caller.name_space, target.name);
  if (found.topic != nullptr && found.queue != nullptr) return Ambiguous("topic", "queue", target.name);
  if (found.topic == nullptr && found.queue == nullptr) {
    if (target.kind) return NotFound(*target.kind, caller, target.name);
    return NoneFound("topic or queue", caller, target.name);
  }
  return found;
}

Result<Cursor*> Engine::Core::FindReceivable(const Caller& caller, const model::Target& target) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("source", target.name));
  if (target.kind == ResourceKind::kTopic) return WrongKind("queue or a subscription", target);
  const Queue* queue = target.kind == ResourceKind::kSubscription ? nullptr : queues_.Find(caller.name_space, target.name);
  const Subscription* subscription =
      target.kind == ResourceKind::kQueue ? nullptr : subscriptions_.Find(caller.name_space, target.name);
  if (queue != nullptr && subscription != nullptr) return Ambiguous("queue", "subscription", target.name);
  if (queue != nullptr) return queue->cursor;
  if (subscription == nullptr) {
    if (target.kind) return NotFound(*target.kind, caller, target.name);
    return NoneFound("queue or subscription", caller, target.name);
  }
  if (subscription->cursor == nullptr) return NotPull(*subscription, "receive from that queue");
  return subscription->cursor;
}

Result<Subscription*> Engine::Core::FindPullSubscription(const Caller& caller, const std::string& name) const {
  auto found = FindSubscription(caller, name);
  if (found.ok() && (*found)->cursor == nullptr) {
    return NotPull(**found, "only a pull subscription has a position of its own");
  }
  return found;
}

Result<Snapshot*> Engine::Core::FindSnapshot(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Snapshot* snapshot = snapshots_.Find(caller.name_space, name);
  if (snapshot == nullptr) {
    return Error(ErrorCode::kNotFound, "SNAPSHOT_NOT_FOUND",
                 fmt::format("there is no snapshot \"{}\" in namespace \"{}\"", name, caller.name_space), "snapshot/" + name);
  }
  return snapshot;
}

Status Engine::Core::CheckRoom() const {
  if (!storage_full_) return {};
  return Error(ErrorCode::kStorageFull, "STORAGE_FULL", *storage_full_);
}

Status Engine::Core::CheckRedrive(const std::string& name_space, const model::ResourceRef& owner,
                                  const model::DeliverySettings& settings) const {
  if (!settings.redrive) return {};
  // Follow the policies from target to target: none may lead back to where it began.
  model::ResourceRef at = settings.redrive->target;
  for (std::size_t steps = 0; steps <= queues_.size(); ++steps) {
    if (at == owner) {
      return InvalidField("redrive.target",
                          steps == 0 ? fmt::format("{} cannot be its own dead-letter target", owner.ToString())
                                     : fmt::format("dead letters of {} would come back to it by way of {}",
                                                   owner.ToString(), settings.redrive->target.ToString()));
    }
    if (at.kind == model::ResourceKind::kTopic) {
      const Topic* topic = topics_.Find(name_space, at.name);
      if (steps == 0 && topic == nullptr) {
        return Error(ErrorCode::kNotFound, "TOPIC_NOT_FOUND",
                     fmt::format("the dead-letter topic \"{}\" does not exist; create it first", at.name), at.ToString());
      }
      // A topic that feeds the owner would bring its dead letters straight back.
      for (const Subscription* subscription : topic == nullptr ? std::vector<Subscription*>{} : topic->subscriptions) {
        const bool back = subscription->queue != nullptr
                              ? owner == model::ResourceRef{model::ResourceKind::kQueue, subscription->queue->name}
                              : owner == model::ResourceRef{model::ResourceKind::kSubscription, subscription->name};
        if (back) {
          return InvalidField("redrive.target", fmt::format("dead letters of {} would come back to it: it is subscribed to {}",
                                                            owner.ToString(), at.ToString()));
        }
      }
      return {};
    }
    const Queue* queue = queues_.Find(name_space, at.name);
    if (queue == nullptr) {
      if (steps > 0) return {};
      return Error(ErrorCode::kNotFound, "QUEUE_NOT_FOUND",
                   fmt::format("the dead-letter queue \"{}\" does not exist; create it first", at.name), at.ToString());
    }
    if (!queue->settings.delivery.redrive) return {};
    at = queue->settings.delivery.redrive->target;
  }
  return {};
}

std::vector<std::string> Engine::Core::DeadLetterSources(const std::string& name_space,
                                                         const model::ResourceRef& target) const {
  std::vector<std::string> sources;
  for (const auto& [id, cursor] : cursors_) {
    if (cursor->name_space == name_space && cursor->settings.redrive && cursor->settings.redrive->target == target) {
      sources.push_back(cursor->owner.ToString());
    }
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

}  // namespace broker::engine
