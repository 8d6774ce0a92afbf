// Queues with bounds: whether a message is taken, and what goes to make room for it.
#include <fmt/format.h>

#include <algorithm>

#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;
using model::ResourceKind;

namespace {

bool Within(const model::Bounds& bounds, const ModelTotals& held) {
  return (bounds.max_messages == 0 || held.messages <= bounds.max_messages) &&
         (bounds.max_bytes == 0 || held.bytes <= bounds.max_bytes);
}

ModelTotals Held(const ModelCursor& queue) {
  ModelTotals held;
  for (const ModelEntry& entry : queue.entries) held += {1, entry.size};
  return held;
}

// The delay of an ordered queue as a whole keeps nothing from being dropped.
bool IsFixed(const ModelCursor& queue, const ModelEntry& entry) {
  return entry.state == MessageState::kLeased || (entry.state == MessageState::kDelayed && !queue.settings.ordered);
}

std::string WasFull(const ModelCursor& queue) { return queue.owner.ToString() + " was full"; }

}  // namespace

std::vector<ModelSubscription*> ReferenceModel::SubscribersOf(const ModelTopic& topic) {
  std::vector<ModelSubscription*> all;
  for (auto& [name, subscription] : subscriptions) {
    if (subscription.topic == topic.name) all.push_back(&subscription);
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->generation < b->generation; });
  return all;
}

std::vector<ModelCursor*> ReferenceModel::BoundedBehind(const model::Target& target) {
  std::vector<ModelCursor*> bounded;
  const auto add = [&](const std::string& name) {
    ModelCursor* queue = queues.at(name).cursor.get();
    if (queue->IsBounded()) bounded.push_back(queue);
  };
  if (target.kind == ResourceKind::kQueue) {
    add(target.name);
    return bounded;
  }
  for (const ModelSubscription* subscription : SubscribersOf(topics.at(target.name))) {
    if (subscription->queue) add(*subscription->queue);
  }
  return bounded;
}

bool ReferenceModel::SortByIds(ModelCursor& queue) {
  const auto told = [](const ModelEntry& entry) { return entry.id && !entry.was_delayed; };
  std::vector<ModelEntry*> by_id;
  for (ModelEntry& entry : queue.entries) {
    if (told(entry)) by_id.push_back(&entry);
  }
  std::vector<std::uint64_t> orders;
  for (const ModelEntry* entry : by_id) orders.push_back(entry->order);
  std::sort(by_id.begin(), by_id.end(), [](const ModelEntry* a, const ModelEntry* b) { return *a->id < *b->id; });
  for (std::size_t i = 0; i < by_id.size(); ++i) by_id[i]->order = orders[i];
  std::sort(queue.entries.begin(), queue.entries.end(),
            [](const ModelEntry& a, const ModelEntry& b) { return a.order < b.order; });
  for (std::size_t i = 1; i < queue.entries.size(); ++i) {
    const ModelEntry& a = queue.entries[i - 1];
    const ModelEntry& b = queue.entries[i];
    if (Unordered(a, b) && !(told(a) && told(b))) return false;
  }
  return true;
}

ReferenceModel::Room ReferenceModel::RoomFor(const ModelCursor& queue, std::uint64_t size,
                                             const ModelPlan& before) const {
  if (!queue.IsBounded()) return Room::kEnough;
  ModelTotals all = Held(queue);
  all += before.all;
  all += {1, size};
  if (Within(queue.bounds, all)) return Room::kEnough;
  if (queue.bounds.overflow != model::Overflow::kDropOldest) return Room::kNone;
  ModelTotals fixed = before.delayed;
  fixed += {1, size};
  for (const ModelEntry& entry : queue.entries) {
    if (IsFixed(queue, entry)) fixed += {1, entry.size};
  }
  // What comes due while the broker is away may find that leases have ended, or that they have not.
  if (!resuming_ && !Within(queue.bounds, fixed)) return Room::kNone;
  return queue.settings.redrive && !TakesAllDeadLetters(queue) ? Room::kNone : Room::kByDropping;
}

bool ReferenceModel::Admit(const model::Target& target, const ModelEntry& message, Nanos delay, ModelPlans& plans) {
  const std::uint64_t size = message.size;
  const auto plan = [&](const ModelCursor& queue, bool delayed) {
    plans[&queue].all += {1, size};
    if (delayed) plans[&queue].delayed += {1, size};
  };
  if (target.kind == ResourceKind::kQueue) {
    const ModelCursor& queue = *queues.at(target.name).cursor;
    if (RoomFor(queue, size, plans[&queue]) == Room::kNone) return false;
    plan(queue, !queue.settings.ordered && delay > Nanos{0});
    return true;
  }
  if (delay > Nanos{0}) return true;
  for (const ModelSubscription* subscription : SubscribersOf(topics.at(target.name))) {
    if (!subscription->queue || subscription->paused || !Passes(subscription->filter, message.body)) continue;
    const ModelCursor& queue = *queues.at(*subscription->queue).cursor;
    if (RoomFor(queue, size, plans[&queue]) != Room::kNone) {
      plan(queue, !queue.settings.ordered && queue.delay > Nanos{0});
    } else if (!PolicyForCopy(*subscription, message)) {
      return false;
    }
  }
  return true;
}

void ReferenceModel::MakeRoom(ModelCursor& queue, Time at) {
  // What comes due meets whatever is there; a publish is given only where that is known.
  const bool known = !resuming_ && SortByIds(queue) &&
                     std::all_of(queue.entries.begin(), queue.entries.end(),
                                 [&](const ModelEntry& entry) { return IsThere(queue, entry) && !entry.stuck; });
  if (publishing_ || known) {
    while (!Within(queue.bounds, Held(queue))) {
      const auto oldest = std::find_if(queue.entries.begin(), queue.entries.end(),
                                       [&](const ModelEntry& entry) { return !IsFixed(queue, entry); });
      if (oldest == queue.entries.end() || oldest->order == last_order_) return;
      Drop(queue, oldest->uid, at);
    }
    return;
  }
  if (Within(queue.bounds, Held(queue))) return;
  for (ModelEntry& entry : queue.entries) {
    if (entry.order == last_order_ || (!resuming_ && IsFixed(queue, entry))) continue;
    entry.maybe = entry.perhaps_dropped = true;
  }
}

void ReferenceModel::Drop(ModelCursor& queue, std::uint64_t uid, Time at) {
  ModelEntry& entry = *queue.Find(uid);
  if (!queue.settings.redrive || entry.Passed(at)) return queue.Remove(uid);
  entry.reason = WasFull(queue);
  DeadLetter(queue, uid, at);
}

std::optional<model::RedrivePolicy> ReferenceModel::PolicyForCopy(const ModelSubscription& subscription,
                                                                  const ModelEntry& message) const {
  if (CanDeadLetter(subscription.copies_to, message)) return subscription.copies_to;
  const std::optional<model::RedrivePolicy>& of_queue = queues.at(*subscription.queue).cursor->settings.redrive;
  return CanDeadLetter(of_queue, message) ? of_queue : std::nullopt;
}

void ReferenceModel::RefuseCopy(const ModelSubscription& subscription, const ModelEntry& message, Time at) {
  ModelCursor& queue = *queues.at(*subscription.queue).cursor;
  ModelEntry letter = message;
  if (letter.origin && *letter.origin == model::MessageId{}) letter.origin = letter.id;
  letter.id.reset();
  letter.was_delayed = false;
  letter.expires = Time{};
  letter.subscription = subscription.name;
  letter.format = subscription.format;
  letter.stories.push_back({queue.owner, false, at, false, queue.generation, 0, WasFull(queue)});
  letter.moved = true;
  AddLetter(*PolicyForCopy(subscription, message), std::move(letter), at);
}

}  // namespace broker::test
