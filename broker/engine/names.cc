// Finding things by the names that callers give, and the checks that concern more than one thing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

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
               model::ResourceRef{*target.kind, target.name}.ToString());
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

Status Engine::Core::CheckQuota(const std::string& name_space, std::string_view what, std::uint64_t count,
                                std::uint64_t limit) {
  if (count < limit) return {};
  return Error(ErrorCode::kLimitExceeded, "QUOTA_EXCEEDED",
               fmt::format("namespace \"{}\" has {} {}; it may have {}", name_space, count, what, limit),
               "namespace/" + name_space);
}

Status Engine::Core::CheckRedrive(const std::string& name_space, const model::ResourceRef& owner,
                                  const model::DeliverySettings& settings) const {
  if (!settings.redrive) return {};
  const model::ResourceRef& target = settings.redrive->target;
  if (target == owner) {
    return InvalidField("redrive.target", fmt::format("{} cannot be its own dead-letter target", owner.ToString()));
  }
  const bool is_topic = target.kind == ResourceKind::kTopic;
  if (is_topic ? topics_.Find(name_space, target.name) == nullptr : queues_.Find(name_space, target.name) == nullptr) {
    return Error(ErrorCode::kNotFound, is_topic ? "TOPIC_NOT_FOUND" : "QUEUE_NOT_FOUND",
                 fmt::format("the dead-letter {} \"{}\" does not exist; create it first", model::ToString(target.kind),
                             target.name),
                 target.ToString());
  }
  if (!is_topic) {
    BROKER_RETURN_IF_ERROR(CheckAccess(*queues_.Find(name_space, target.name), owner));
  }
  return CheckNoWayBack(name_space, owner, target, owner);
}

Status Engine::Core::CheckAccess(const Queue& target, const model::ResourceRef& owner) {
  const model::DeadLetterAccess& access = target.settings.dead_letter_access;
  if (access.kind == model::DeadLetterAccess::Kind::kAll) return {};
  if (std::find(access.sources.begin(), access.sources.end(), owner) != access.sources.end()) return {};
  const std::string name = target.cursor->owner.ToString();
  return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_ACCESS_DENIED",
               fmt::format("{} may not use {} for its dead letters: that takes {}", owner.ToString(), name,
                           access.sources.empty() ? "none" : "only those of its list"),
               name);
}

Status Engine::Core::CheckNoWayBack(const std::string& name_space, const model::ResourceRef& owner,
                                    const model::ResourceRef& from, const model::ResourceRef& to) const {
  std::set<model::ResourceRef> seen;
  std::vector<model::ResourceRef> ahead{from};
  const auto add_target = [&](const model::DeliverySettings& settings) {
    if (settings.redrive) ahead.push_back(settings.redrive->target);
  };
  while (!ahead.empty()) {
    const model::ResourceRef at = std::move(ahead.back());
    ahead.pop_back();
    if (at == to) {
      return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_CYCLE",
                   fmt::format("dead letters of {} would come back to it by way of {}", owner.ToString(),
                               (from == owner ? to : from).ToString()),
                   owner.ToString());
    }
    if (!seen.insert(at).second) continue;
    if (at.kind == ResourceKind::kTopic) {
      const Topic* topic = topics_.Find(name_space, at.name);
      if (topic == nullptr) continue;
      for (const Subscription* subscription : topic->subscriptions) {
        ahead.push_back({ResourceKind::kSubscription, subscription->name});
      }
    } else if (at.kind == ResourceKind::kQueue) {
      if (const Queue* queue = queues_.Find(name_space, at.name)) add_target(queue->settings.delivery);
    } else if (const Subscription* subscription = subscriptions_.Find(name_space, at.name)) {
      if (subscription->queue != nullptr) ahead.push_back(subscription->queue->cursor->owner);
      add_target(subscription->settings.delivery);
    }
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
  subscriptions_.ForEach([&](const Subscription& subscription) {
    const auto& redrive = subscription.settings.delivery.redrive;
    if (subscription.queue != nullptr && subscription.name_space == name_space && redrive && redrive->target == target) {
      sources.push_back(model::ResourceRef{ResourceKind::kSubscription, subscription.name}.ToString());
    }
  });
  std::sort(sources.begin(), sources.end());
  return sources;
}

}  // namespace broker::engine
