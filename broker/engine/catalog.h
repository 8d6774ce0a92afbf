// Topics, queues, subscriptions and snapshots, by name. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/engine/cursor.h"
#include "broker/engine/message_log.h"
#include "broker/engine/name_table.h"

namespace broker::engine {

struct Subscription;

struct Topic {
  std::string name_space;
  std::string name;
  Time created{};
  model::TopicSettings settings;
  MessageLog* log = nullptr;
  std::vector<Subscription*> subscriptions;

  TopicInfo Info() const { return {name, settings, created}; }
};

struct Queue {
  std::string name_space;
  std::string name;
  Time created{};
  model::QueueSettings settings;
  MessageLog* log = nullptr;
  Cursor* cursor = nullptr;

  QueueInfo Info() const { return {name, settings, created}; }
};

struct Subscription {
  std::uint64_t id = 0;
  std::string name_space;
  std::string name;
  Time created{};
  model::SubscriptionSettings settings;
  Topic* topic = nullptr;    // null once it is deleted
  Queue* queue = nullptr;    // of a queue subscription
  Cursor* cursor = nullptr;  // of a pull subscription
  Cursor* backlog = nullptr; // of a queue subscription that is paused or catching up

  SubscriptionInfo Info() const { return {name, settings, created}; }
};

struct Snapshot {
  std::string name_space;
  std::string name;
  std::string subscription;  // of which it was made
  Time created{};
  Time expires{};
  std::map<std::string, std::string> labels;
  Topic* topic = nullptr;    // null once it is deleted
  Cursor* cursor = nullptr;  // frozen

  SnapshotInfo Info() const { return {name, subscription, topic == nullptr ? "" : topic->name, created, expires, labels}; }
};

// One of the two.
struct Publishable {
  Topic* topic = nullptr;
  Queue* queue = nullptr;

  MessageLog& log() const { return queue != nullptr ? *queue->log : *topic->log; }
};

// Replaces what the patch gives.
inline void Patch(model::DeliverySettings& settings, const DeliveryPatch& patch) {
  settings.visibility_timeout = patch.visibility_timeout.value_or(settings.visibility_timeout);
  settings.retention = patch.retention.value_or(settings.retention);
  settings.exactly_once = patch.exactly_once.value_or(settings.exactly_once);
  if (patch.redrive) settings.redrive = *patch.redrive;
  if (patch.backoff) settings.backoff = *patch.backoff;
  settings.paused = patch.paused.value_or(settings.paused);
  settings.retain_acknowledged = patch.retain_acknowledged.value_or(settings.retain_acknowledged);
}
inline void Patch(model::Notes& notes, const NotesPatch& patch) {
  if (patch.labels) notes.labels = *patch.labels;
  for (const auto& [name, value] : patch.annotations) {
    if (value.empty()) {
      notes.annotations.erase(name);
    } else {
      notes.annotations[name] = value;
    }
  }
}

// All of them, over all namespaces: how callers name them, and the checks that concern more than one. Knows of logs and
// cursors only where to find them. What points from one to another is set by whoever adds and erases: a topic lists its
// subscriptions, and nothing points at what is not in its table any more.
class Catalog {
 public:
  NameTable<Topic> topics;
  NameTable<Queue> queues;
  NameTable<Subscription> subscriptions;
  NameTable<Snapshot> snapshots;

  // ---- catalog.cc
  // Of the caller's namespace. Errors: kNotFound; kInvalidArgument for a name that cannot be one, for one that is a
  // queue's and another's too, and for a kind that cannot stand there.
  Result<Topic*> FindTopic(const Caller&, const std::string& name) const;
  Result<Queue*> FindQueue(const Caller&, const std::string& name) const;
  Result<Subscription*> FindSubscription(const Caller&, const std::string& name) const;
  Result<Snapshot*> FindSnapshot(const Caller&, const std::string& name) const;
  // What can be published to.
  Result<Publishable> FindPublishable(const Caller&, const model::Target&) const;
  // What can be received from. Errors: kFailedPrecondition for a queue subscription, here and below.
  Result<Cursor*> FindReceivable(const Caller&, const model::Target&) const;
  Result<Subscription*> FindPullSubscription(const Caller&, const std::string& name) const;
  Result<SnapshotInfo> GetSnapshot(const Caller&, const std::string& name) const;
  Result<TopicDescription> DescribeTopic(const Caller&, const std::string& name) const;
  Result<ListPage<TopicInfo>> ListTopics(const Caller&, const ListRequest&) const;
  Result<ListPage<QueueInfo>> ListQueues(const Caller&, const ListRequest&) const;
  // With `topic`: of its subscriptions.
  Result<ListPage<SubscriptionInfo>> ListSubscriptions(const Caller&, const ListRequest&,
                                                       const std::optional<std::string>& topic) const;
  Result<ListPage<SnapshotInfo>> ListSnapshots(const Caller&, const ListRequest&) const;

  // ---- catalog_checks.cc
  // Of things of a kind ("topics") in one namespace: whether there may be another.
  static Status CheckQuota(const std::string& name_space, std::string_view what, std::uint64_t count, std::uint64_t limit);
  // Whether `owner` may have the redrive policy of these settings, if any.
  Status CheckRedrive(const std::string& name_space, const model::ResourceRef& owner,
                      const model::DeliverySettings& settings) const;
  // Refused when what reaches `from` may reach `to`, by redrive policies and by subscriptions: dead letters of `owner`,
  // which begin at `from`, would then be dead letters of `owner` again, and so for ever.
  Status CheckNoWayBack(const std::string& name_space, const model::ResourceRef& owner, const model::ResourceRef& from,
                        const model::ResourceRef& to) const;
  // Whose redrive policy names it, in order.
  std::vector<std::string> DeadLetterSources(const std::string& name_space, const model::ResourceRef& target) const;
};

}  // namespace broker::engine
