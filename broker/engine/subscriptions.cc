#include <fmt/format.h>

#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/engine/store.h"
#include "storage/keys.h"

namespace broker::engine {

Result<SubscriptionInfo> Engine::Core::CreateSubscription(const Caller& caller, std::string name,
                                                          model::SubscriptionSettings settings, StartAt start) {
  BROKER_RETURN_IF_ERROR(model::CheckName("namespace", caller.name_space));
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  const model::ResourceRef owner{model::ResourceKind::kSubscription, name};
  BROKER_RETURN_IF_ERROR(catalog_.CheckRedrive(caller.name_space, owner, settings.delivery));
  BROKER_RETURN_IF_ERROR(room_.Check());
  if (catalog_.subscriptions.Find(caller.name_space, name) != nullptr) {
    return Error(ErrorCode::kAlreadyExists, "SUBSCRIPTION_EXISTS",
                 fmt::format("subscription \"{}\" is already there in namespace \"{}\"", name, caller.name_space),
                 owner.ToString());
  }
  auto topic = catalog_.FindTopic(caller, settings.topic);
  if (!topic.ok()) return topic.error();
  const model::ResourceRef fed_by{model::ResourceKind::kTopic, settings.topic};
  if (settings.delivery.redrive) {
    BROKER_RETURN_IF_ERROR(catalog_.CheckNoWayBack(caller.name_space, owner, settings.delivery.redrive->target, fed_by));
  }
  Queue* queue = nullptr;
  if (settings.queue) {
    auto found = catalog_.FindQueue(caller, *settings.queue);
    if (!found.ok()) return found.error();
    queue = *found;
    const model::ResourceRef& fed = queue->cursor->owner;
    BROKER_RETURN_IF_ERROR(catalog_.CheckNoWayBack(caller.name_space, fed, fed, fed_by));
    if (start == StartAt::kEarliest) {
      return InvalidField("start", "a subscription to a queue starts at the end; what the topic keeps is not replayed into it");
    }
  }
  BROKER_RETURN_IF_ERROR(Catalog::CheckQuota(caller.name_space, "subscriptions", catalog_.subscriptions.CountIn(caller.name_space),
                                             options_.max_subscriptions));
  auto subscription = std::make_unique<Subscription>();
  subscription->name_space = caller.name_space;
  subscription->name = std::move(name);
  subscription->created = now_;
  subscription->settings = std::move(settings);
  subscription->topic = *topic;
  subscription->queue = queue;
  if (queue == nullptr) {
    MessageLog& log = *(*topic)->log;
    auto earliest = start == StartAt::kEarliest ? Earliest(**topic) : Place{log.next_sequence, log.totals, true};
    if (!earliest.ok()) return std::move(earliest).error();
    Cursor& cursor = AddCursor(log, subscription->settings.delivery, caller.name_space, owner);
    subscription->cursor = &cursor;
    subscription->id = cursor.id.value();
    if (subscription->settings.filter) SetFilter(cursor, *subscription->settings.filter);
    if (start == StartAt::kEarliest) {
      SetPosition(cursor, earliest->sequence, earliest->below);
      timers_.Set({TimerKind::kRetention, log.id.value()}, now_);
    }
    cursor.floor = cursor.position;
  } else {
    subscription->id = NextId();
  }
  Subscription& added = catalog_.subscriptions.Add(std::move(subscription));
  (*topic)->subscriptions.push_back(&added);
  if (added.cursor != nullptr) SetExpireUnused(added);
  if (added.settings.paused) Pause(added);
  StoreSubscription(journal_, added);
  return added.Info();
}

Result<Place> Engine::Core::Earliest(const Topic& topic) const {
  const MessageLog& log = *topic.log;
  const std::uint64_t stored = StoredFrom(log);
  const auto retained = log.retention > Nanos{0} ? RetainedFrom(log, clock_.expiry_now()) : std::nullopt;
  if (retained && retained->sequence >= stored) return Place{retained->sequence, retained->below, true};
  if (stored >= log.next_sequence) return Place{log.next_sequence, log.totals, true};
  RecordPtr first = log.InTail(stored);
  if (first == nullptr) {
    auto read = TryReadRecord(deps_.kv, log.id, stored);
    if (!read.ok()) return std::move(read).error();
    first = std::move(read).value();
  }
  if (first == nullptr || first->damaged) {
    return Error(ErrorCode::kDataLoss, "RECORD_DAMAGED",
                 fmt::format("the earliest message of topic \"{}\", record {} of log {}, is damaged: nothing can start there",
                             topic.name, stored, log.id.value()),
                 "topic/" + topic.name);
  }
  return Place{stored, first->below(), true};
}

Result<SubscriptionInfo> Engine::Core::UpdateSubscription(const Caller& caller, const std::string& name,
                                                          const SubscriptionPatch& patch) {
  auto found = catalog_.FindSubscription(caller, name);
  if (!found.ok()) return found.error();
  Subscription& subscription = **found;
  model::SubscriptionSettings settings = subscription.settings;
  settings.delivery_format = patch.delivery_format.value_or(settings.delivery_format);
  settings.paused = patch.paused.value_or(settings.paused);
  if (patch.expire_unused) settings.expire_unused = *patch.expire_unused;
  Patch(settings.delivery, patch.delivery);
  Patch(settings.notes, patch.notes);
  if (patch.filter && *patch.filter != settings.filter) {
    if (subscription.cursor != nullptr) {
      return InvalidField("filter", fmt::format("the filter of pull subscription \"{}\" was fixed when it was created", name));
    }
    settings.filter = *patch.filter;
  }
  if (settings.topic.empty()) settings.topic = name;  // its topic is gone: only the rest is checked
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  settings.topic = subscription.settings.topic;
  if (patch.delivery.redrive) {
    const model::ResourceRef owner{model::ResourceKind::kSubscription, name};
    BROKER_RETURN_IF_ERROR(catalog_.CheckRedrive(caller.name_space, owner, settings.delivery));
  }
  if (subscription.cursor != nullptr) ApplyDelivery(*subscription.cursor, settings.delivery);
  subscription.settings = settings;
  if (subscription.cursor != nullptr) SetExpireUnused(subscription);
  if (subscription.settings.paused) Pause(subscription);
  if (!subscription.settings.paused && subscription.backlog != nullptr) Resume(subscription);
  StoreSubscription(journal_, subscription);
  return subscription.Info();
}

void Engine::Core::DescribeSubscription(const Caller& caller, const std::string& name,
                                        Done<SubscriptionDescription> done) {
  auto found = catalog_.FindSubscription(caller, name);
  if (!found.ok()) return Answer(std::move(done), Result<SubscriptionDescription>(found.error()));
  SubscriptionDescription description;
  description.info = (*found)->Info();
  Cursor* cursor = (*found)->cursor != nullptr ? (*found)->cursor : (*found)->backlog;
  if (cursor == nullptr) {
    return Answer(std::move(done), Result<SubscriptionDescription>(std::move(description)));
  }
  WithStats(*cursor, [this, description, done = std::move(done)](Stats stats) mutable {
    description.stats = std::move(stats);
    Answer(std::move(done), Result<SubscriptionDescription>(std::move(description)));
  });
}

Status Engine::Core::DeleteSubscription(const Caller& caller, const std::string& name) {
  auto found = catalog_.FindSubscription(caller, name);
  if (!found.ok()) return found.error();
  RemoveSubscription(**found);
  return {};
}

void Engine::Core::RemoveSubscription(Subscription& subscription) {
  if (subscription.topic != nullptr) std::erase(subscription.topic->subscriptions, &subscription);
  if (subscription.cursor != nullptr) {
    RemoveCursor(*subscription.cursor,
                 Error(ErrorCode::kNotFound, "SUBSCRIPTION_NOT_FOUND",
                       fmt::format("subscription \"{}\" was deleted", subscription.name), "subscription/" + subscription.name));
  }
  if (subscription.backlog != nullptr) RemoveCursor(*subscription.backlog, {});
  journal_.Delete(storage::Family::kCatalog, storage::KindKey('s', subscription.id));
  journal_.RequireSync();
  catalog_.subscriptions.Erase(subscription);
}

}  // namespace broker::engine
