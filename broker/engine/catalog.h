// Topics, queues and subscriptions by name and by id. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/engine/commands.h"
#include "broker/engine/cursor.h"
#include "broker/engine/message_log.h"

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

// Things by (namespace, name), in that order.
template <class T>
class NameTable {
 public:
  using Key = std::pair<std::string, std::string>;

  T* Find(const std::string& name_space, const std::string& name) const {
    const auto it = items_.find({name_space, name});
    return it == items_.end() ? nullptr : it->second.get();
  }
  // REQUIRES: the name is free.
  T& Add(std::unique_ptr<T> item) {
    T& added = *item;
    ++counts_[added.name_space];
    items_.emplace(Key{added.name_space, added.name}, std::move(item));
    return added;
  }
  void Erase(const T& item) {
    const auto count = counts_.find(item.name_space);
    if (--count->second == 0) counts_.erase(count);
    items_.erase({item.name_space, item.name});
  }

  // Calls `visit` for what begins with `prefix` and comes after `after`, in order of names, until it answers false.
  template <class Visit>
  void From(const std::string& name_space, const std::string& prefix, const std::string& after, Visit visit) const {
    auto it = after < prefix ? items_.lower_bound({name_space, prefix}) : items_.upper_bound({name_space, after});
    for (; it != items_.end() && it->first.first == name_space; ++it) {
      if (it->first.second.compare(0, prefix.size(), prefix) != 0) break;
      if (!visit(*it->second)) break;
    }
  }
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, item] : items_) visit(*item);
  }
  std::size_t size() const { return items_.size(); }
  std::size_t CountIn(const std::string& name_space) const {
    const auto count = counts_.find(name_space);
    return count == counts_.end() ? 0 : count->second;
  }

 private:
  std::map<Key, std::unique_ptr<T>> items_;
  std::map<std::string, std::size_t> counts_;  // by namespace
};

}  // namespace broker::engine
