// Time, publishing, dead-lettering. What answers are held against is in reference_checks.cc and reference_match.cc,
// crashes in reference_crash.cc.
#include "tests/engine/reference_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace broker::test {

using engine::MessageState;
using model::ResourceKind;

namespace {

constexpr Time kNever = Time::max();

}  // namespace

void Violate(std::string_view name, std::string what) { throw Violation{name, std::move(what)}; }

ModelEntry* ModelCursor::Find(std::uint64_t uid) {
  for (ModelEntry& entry : entries) {
    if (entry.uid == uid) return &entry;
  }
  return nullptr;
}

void ModelCursor::Remove(std::uint64_t uid) {
  std::erase_if(entries, [uid](const ModelEntry& entry) { return entry.uid == uid; });
}

// ---- cursors

std::vector<ModelCursor*> ReferenceModel::Cursors() {
  std::vector<ModelCursor*> all;
  for (auto& [name, queue] : queues) all.push_back(queue.cursor.get());
  for (auto& [name, subscription] : subscriptions) {
    if (subscription.cursor != nullptr) all.push_back(subscription.cursor.get());
  }
  return all;
}

ModelCursor* ReferenceModel::FindCursor(const model::ResourceRef& owner) {
  if (owner.kind == ResourceKind::kQueue) {
    const auto queue = queues.find(owner.name);
    return queue == queues.end() ? nullptr : queue->second.cursor.get();
  }
  const auto subscription = subscriptions.find(owner.name);
  return subscription == subscriptions.end() ? nullptr : subscription->second.cursor.get();
}

ModelCursor* ReferenceModel::FindGeneration(std::uint64_t generation) {
  for (ModelCursor* cursor : Cursors()) {
    if (cursor->generation == generation) return cursor;
  }
  return nullptr;
}

std::shared_ptr<ModelCursor> ReferenceModel::NewCursor(model::ResourceRef owner, model::DeliverySettings settings,
                                                       Nanos delay) {
  auto cursor = std::make_shared<ModelCursor>();
  cursor->generation = NextGeneration();
  cursor->owner = std::move(owner);
  cursor->settings = std::move(settings);
  cursor->delay = delay;
  return cursor;
}

// ---- publish

void ReferenceModel::Append(ModelCursor& cursor, ModelEntry entry, Time at) {
  if (entry.uid == 0) entry.uid = ++last_uid_;
  entry.order = ++last_order_;
  entry.appended = at;
  entry.state = MessageState::kReady;
  if (cursor.is_queue() && cursor.settings.ordered && cursor.delay > Nanos{0}) {
    entry.state = MessageState::kDelayed;  // the delay of the whole queue holds back its head
    entry.until = at + cursor.delay;
  }
  cursor.entries.push_back(std::move(entry));
}

void ReferenceModel::AppendDelayed(ModelCursor& cursor, ModelEntry entry, Nanos delay) {
  entry.uid = ++last_uid_;
  entry.order = ++last_order_;
  entry.state = MessageState::kDelayed;
  entry.until = now_ + delay;
  entry.appended = entry.until;
  cursor.entries.push_back(std::move(entry));
}

Nanos ReferenceModel::HeadDelay(const ModelCursor& queue) { return queue.settings.ordered ? queue.delay : Nanos{0}; }

Time ReferenceModel::DefaultExpiry(const ModelCursor& queue, Time at) {
  return queue.message_ttl > Nanos{0} ? at + queue.message_ttl : Time{};
}

void ReferenceModel::AddToQueue(ModelQueue& queue, ModelEntry message, Nanos delay, std::optional<Nanos> ttl) {
  ModelCursor& cursor = *queue.cursor;
  const Time due = now_ + (cursor.settings.ordered ? HeadDelay(cursor) : delay);
  message.origin = model::MessageId{};
  message.expires = ttl ? due + *ttl : DefaultExpiry(cursor, due);
  const Room room = RoomFor(cursor, message.size);
  if (!cursor.settings.ordered && delay > Nanos{0}) {
    AppendDelayed(cursor, std::move(message), delay);
  } else {
    Append(cursor, std::move(message), now_);
  }
  publishing_ = true;
  if (room == Room::kByDropping) MakeRoom(cursor, now_);
  publishing_ = false;
}

void ReferenceModel::AddToTopic(ModelTopic& topic, ModelEntry message, Nanos delay, std::optional<Nanos> ttl) {
  message.origin = model::MessageId{};
  if (ttl) message.expires = now_ + delay + *ttl;
  if (delay > Nanos{0}) {
    message.uid = ++last_uid_;
    message.until = now_ + delay;
    topic.delayed.push_back(std::move(message));
  } else {
    publishing_ = true;
    FanOut(topic, message, now_, Copies::kPublished);
    publishing_ = false;
  }
}

void ReferenceModel::FanOut(ModelTopic& topic, const ModelEntry& message, Time at, Copies copies) {
  ModelEntry stored = message;
  stored.appended = at;
  stored.order = ++last_order_;
  for (auto& [name, snapshot] : snapshots) {
    if (snapshot.topic_generation == topic.generation) snapshot.entries.push_back(stored);
  }
  for (ModelSubscription* subscription : SubscribersOf(topic)) {
    if (!subscription->paused && !Passes(subscription->filter, message.body)) continue;
    if (subscription->cursor != nullptr) {
      Append(*subscription->cursor, message, at);
      continue;
    }
    if (subscription->paused) {
      subscription->waiting.push_back(stored);
      continue;
    }
    ModelCursor& queue = *queues.at(*subscription->queue).cursor;
    const Room room = copies == Copies::kDeadLetters ? Room::kEnough : RoomFor(queue, message.size);
    if (room == Room::kNone && copies == Copies::kPublished && PolicyForCopy(*subscription, message)) {
      RefuseCopy(*subscription, message, at);
      continue;
    }
    GiveTo(queue, message, subscription->name, subscription->format, at);
    if (room == Room::kByDropping) MakeRoom(queue, at);
  }
  topic.history.push_back(std::move(stored));
}

void ReferenceModel::GiveTo(ModelCursor& queue, ModelEntry entry, const std::string& subscription,
                            const std::string& format, Time at) {
  if (entry.stories.empty()) {
    entry.origin = entry.id;
  } else {
    entry.origin.reset();
  }
  entry.id.reset();
  entry.was_delayed = false;
  entry.subscription = subscription;
  entry.format = format;
  if (entry.expires == Time{}) entry.expires = DefaultExpiry(queue, at + queue.delay);
  if (!queue.settings.ordered && queue.delay > Nanos{0}) {
    AppendDelayed(queue, std::move(entry), queue.delay);
  } else {
    Append(queue, std::move(entry), at);
  }
}

std::uint32_t ReferenceModel::Listeners(const std::string& topic) const {
  std::uint32_t count = 0;
  for (const auto& [name, subscription] : subscriptions) {
    if (subscription.topic == topic) ++count;
  }
  return count;
}

bool ReferenceModel::Reaches(const std::string& topic, const ModelEntry& message) const {
  return std::any_of(subscriptions.begin(), subscriptions.end(), [&](const auto& item) {
    return item.second.topic == topic && Passes(item.second.filter, message.body);
  });
}

// ---- time

ReferenceModel::Expiry ReferenceModel::ExpiryOf(const ModelCursor& cursor, const ModelEntry& entry, Time at) const {
  if (entry.state == MessageState::kDelayed && !cursor.settings.ordered) return Expiry::kNo;
  if (at < entry.appended + cursor.settings.retention) {
    // Past its time to live it counts until a cursor reaches it; a lease or a backoff that has begun ends first.
    const bool reachable = entry.state == MessageState::kReady || entry.stuck || entry.unsure;
    return reachable && entry.Passed(at) ? Expiry::kMaybe : Expiry::kNo;
  }
  const Time passed = std::max(entry.appended + cursor.settings.retention, cursor.retention_since);
  return at < passed + kRetentionLag ? Expiry::kMaybe : Expiry::kYes;
}

bool ReferenceModel::IsThere(const ModelCursor& cursor, const ModelEntry& entry) const {
  return !entry.maybe && ExpiryOf(cursor, entry, now_) == Expiry::kNo;
}

// Does the earliest thing that comes due up to `limit`, if there is one. When resuming, all of it happens at `limit`,
// and what expired goes last: whether its last attempt ended before is not said.
bool ReferenceModel::Step(Time limit, bool resume) {
  Time earliest = kNever;
  ModelCursor* at_cursor = nullptr;
  ModelTopic* at_topic = nullptr;
  std::uint64_t uid = 0;
  bool expires = false;
  for (auto& [name, topic] : topics) {
    for (const ModelEntry& entry : topic.delayed) {
      if (entry.until < earliest) {
        earliest = entry.until;
        at_topic = &topic;
        uid = entry.uid;
      }
    }
  }
  const auto look_at = [&](ModelCursor& cursor) {
    for (const ModelEntry& entry : cursor.entries) {
      if (entry.state != MessageState::kReady && entry.until < earliest) {
        earliest = entry.until;
        at_cursor = &cursor;
        at_topic = nullptr;
        uid = entry.uid;
        expires = false;
      }
      if (entry.state == MessageState::kDelayed && !cursor.settings.ordered) continue;
      Time gone = std::max(entry.appended + cursor.settings.retention, cursor.retention_since) + kRetentionLag;
      if (resume && gone <= limit) gone = limit;
      if (gone < earliest) {
        earliest = gone;
        at_cursor = &cursor;
        at_topic = nullptr;
        uid = entry.uid;
        expires = true;
      }
    }
  };
  for (auto& [name, queue] : queues) look_at(*queue.cursor);
  for (auto& [name, subscription] : subscriptions) {
    if (subscription.cursor != nullptr) look_at(*subscription.cursor);
  }
  if (earliest > limit) return false;
  const Time at = resume ? limit : earliest;
  now_ = std::max(now_, at);
  if (at_topic != nullptr) {
    const auto found = std::find_if(at_topic->delayed.begin(), at_topic->delayed.end(),
                                    [uid](const ModelEntry& entry) { return entry.uid == uid; });
    const ModelEntry message = *found;
    at_topic->delayed.erase(found);
    ModelEntry due = message;
    due.uid = 0;
    due.moved = due.was_delayed = true;
    if (!due.Passed(at)) FanOut(*at_topic, due, at, Copies::kCameDue);
    return true;
  }
  if (expires) {
    at_cursor->Remove(uid);
    return true;
  }
  ModelEntry& entry = *at_cursor->Find(uid);
  if (entry.state == MessageState::kLeased) {
    if (ExpiryOf(*at_cursor, entry, at) != Expiry::kNo) DoubtLater(*at_cursor, entry);
    EndAttempt(*at_cursor, uid, at, "visibility timeout", std::nullopt);
  } else if (entry.state == MessageState::kDelayed && !at_cursor->settings.ordered) {
    ModelEntry due = entry;
    due.moved = due.was_delayed = true;
    at_cursor->Remove(uid);
    if (!due.Passed(at)) Append(*at_cursor, std::move(due), at);
  } else if (entry.state == MessageState::kRetrying && entry.Passed(at)) {
    at_cursor->Remove(uid);
  } else {
    entry.state = MessageState::kReady;
  }
  return true;
}

void ReferenceModel::AdvanceTo(Time now) {
  while (Step(now, false)) {}
  now_ = now;
}

void ReferenceModel::Resume(Time now) {
  resuming_ = true;
  while (Step(now, true)) {}
  resuming_ = false;
  now_ = now;
}

// ---- from elsewhere

void ReferenceModel::AddRedriven(ModelCursor& source, const ModelEntry& letter) {
  ModelEntry entry;
  entry.body = letter.body;
  entry.key = letter.key;
  entry.size = letter.size;
  entry.subscription = letter.subscription;
  entry.format = letter.format;
  entry.stories = letter.stories;
  entry.origin = letter.origin;
  entry.moved = true;
  entry.fresh = source.is_queue();
  entry.redriven = !source.is_queue();
  if (source.is_queue()) entry.expires = DefaultExpiry(source, now_ + HeadDelay(source));
  Append(source, std::move(entry), now_);
}

void ReferenceModel::AddEarliest(ModelCursor& cursor, const ModelEntry& message) {
  ModelEntry entry = message;
  entry.uid = 0;
  Append(cursor, std::move(entry), message.appended);
  cursor.entries.back().order = message.order;  // where it always stood: snapshots mix cursors' entries
}

void ReferenceModel::ChangeRetention(ModelCursor& cursor, Nanos retention) {
  if (cursor.kept_since) {
    *cursor.kept_since = std::max(*cursor.kept_since, now_ - std::min(cursor.settings.retention, retention));
  }
  for (auto& [name, subscription] : subscriptions) {
    if (!cursor.is_queue() || subscription.queue != cursor.owner.name) continue;
    for (ModelEntry& entry : subscription.waiting) {
      entry.maybe = entry.maybe || ExpiryOf(cursor, entry, now_) != Expiry::kNo;
    }
  }
  for (ModelEntry& entry : cursor.entries) entry.maybe = entry.maybe || ExpiryOf(cursor, entry, now_) != Expiry::kNo;
  cursor.settings.retention = retention;
  cursor.retention_since = now_;
}

}  // namespace broker::test
