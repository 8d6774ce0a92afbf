// Finding things by the names that callers give, and listing them.
#include "broker/engine/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "broker/engine/keeping.h"
#include "broker/engine/listing.h"
#include "broker/model/validation.h"

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

Result<Topic*> Catalog::FindTopic(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Topic* topic = topics.Find(caller.name_space, name);
  if (topic == nullptr) return NotFound(ResourceKind::kTopic, caller, name);
  return topic;
}

Result<Queue*> Catalog::FindQueue(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Queue* queue = queues.Find(caller.name_space, name);
  if (queue == nullptr) return NotFound(ResourceKind::kQueue, caller, name);
  return queue;
}

Result<Subscription*> Catalog::FindSubscription(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Subscription* subscription = subscriptions.Find(caller.name_space, name);
  if (subscription == nullptr) return NotFound(ResourceKind::kSubscription, caller, name);
  return subscription;
}

Result<Publishable> Catalog::FindPublishable(const Caller& caller, const model::Target& target) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("target", target.name));
  if (target.kind == ResourceKind::kSubscription) return WrongKind("topic or a queue", target);
  Publishable found;
  if (target.kind != ResourceKind::kQueue) found.topic = topics.Find(caller.name_space, target.name);
  if (target.kind != ResourceKind::kTopic) found.queue = queues.Find(caller.name_space, target.name);
  if (found.topic != nullptr && found.queue != nullptr) return Ambiguous("topic", "queue", target.name);
  if (found.topic == nullptr && found.queue == nullptr) {
    if (target.kind) return NotFound(*target.kind, caller, target.name);
    return NoneFound("topic or queue", caller, target.name);
  }
  return found;
}

Result<Cursor*> Catalog::FindReceivable(const Caller& caller, const model::Target& target) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("source", target.name));
  if (target.kind == ResourceKind::kTopic) return WrongKind("queue or a subscription", target);
  const Queue* queue = target.kind == ResourceKind::kSubscription ? nullptr : queues.Find(caller.name_space, target.name);
  const Subscription* subscription =
      target.kind == ResourceKind::kQueue ? nullptr : subscriptions.Find(caller.name_space, target.name);
  if (queue != nullptr && subscription != nullptr) return Ambiguous("queue", "subscription", target.name);
  if (queue != nullptr) return queue->cursor;
  if (subscription == nullptr) {
    if (target.kind) return NotFound(*target.kind, caller, target.name);
    return NoneFound("queue or subscription", caller, target.name);
  }
  if (subscription->cursor == nullptr) return NotPull(*subscription, "receive from that queue");
  return subscription->cursor;
}

Result<Subscription*> Catalog::FindPullSubscription(const Caller& caller, const std::string& name) const {
  auto found = FindSubscription(caller, name);
  if (found.ok() && (*found)->cursor == nullptr) {
    return NotPull(**found, "only a pull subscription has a position of its own");
  }
  return found;
}

Result<Snapshot*> Catalog::FindSnapshot(const Caller& caller, const std::string& name) const {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  Snapshot* snapshot = snapshots.Find(caller.name_space, name);
  if (snapshot == nullptr) {
    return Error(ErrorCode::kNotFound, "SNAPSHOT_NOT_FOUND",
                 fmt::format("there is no snapshot \"{}\" in namespace \"{}\"", name, caller.name_space), "snapshot/" + name);
  }
  return snapshot;
}

Result<SnapshotInfo> Catalog::GetSnapshot(const Caller& caller, const std::string& name) const {
  auto found = FindSnapshot(caller, name);
  if (!found.ok()) return found.error();
  return (*found)->Info();
}

Result<TopicDescription> Catalog::DescribeTopic(const Caller& caller, const std::string& name) const {
  auto found = FindTopic(caller, name);
  if (!found.ok()) return found.error();
  const Topic& topic = **found;
  TopicDescription description;
  description.info = topic.Info();
  for (const Subscription* subscription : topic.subscriptions) description.subscriptions.push_back(subscription->name);
  std::sort(description.subscriptions.begin(), description.subscriptions.end());
  const Totals kept = KeptIn(*topic.log);
  description.messages = kept.messages;
  description.bytes = kept.bytes;
  description.delayed = topic.log->delayed.messages;
  return description;
}

Result<ListPage<TopicInfo>> Catalog::ListTopics(const Caller& caller, const ListRequest& request) const {
  return ListNames<TopicInfo>(topics, caller, request, [](const Topic&) { return true; });
}

Result<ListPage<QueueInfo>> Catalog::ListQueues(const Caller& caller, const ListRequest& request) const {
  return ListNames<QueueInfo>(queues, caller, request, [](const Queue&) { return true; });
}

Result<ListPage<SubscriptionInfo>> Catalog::ListSubscriptions(const Caller& caller, const ListRequest& request,
                                                              const std::optional<std::string>& topic) const {
  if (topic) {
    if (auto found = FindTopic(caller, *topic); !found.ok()) return found.error();
  }
  return ListNames<SubscriptionInfo>(subscriptions, caller, request, [&](const Subscription& subscription) {
    return !topic || subscription.settings.topic == *topic;
  });
}

Result<ListPage<SnapshotInfo>> Catalog::ListSnapshots(const Caller& caller, const ListRequest& request) const {
  return ListNames<SnapshotInfo>(snapshots, caller, request, [](const Snapshot&) { return true; });
}

}  // namespace broker::engine
