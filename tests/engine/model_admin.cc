// The commands that make and change topics, queues and subscriptions.
#include <algorithm>
#include <utility>

#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using engine::MessageState;
using model::ResourceKind;

namespace {

model::Deduplication SomeDeduplication(SeededEntropy& chance) {
  return {chance.OneIn(4), chance.OneIn(2) ? model::DeduplicationScope::kLog : model::DeduplicationScope::kGroup};
}

model::RetryBackoff SomeBackoff(SeededEntropy& chance) {
  const Nanos minimum = Millis(chance.Below(20'000));
  return {minimum, minimum + Millis(chance.Below(60'000))};
}

model::Bounds SomeBounds(SeededEntropy& chance) {
  model::Bounds bounds;
  if (chance.OneIn(2)) return bounds;
  if (!chance.OneIn(3)) bounds.max_messages = chance.Between(1, 12);
  if (bounds.max_messages == 0 || chance.OneIn(4)) bounds.max_bytes = chance.Between(20, 1'500);
  bounds.overflow = chance.OneIn(2) ? model::Overflow::kRefuse : model::Overflow::kDropOldest;
  return bounds;
}

}  // namespace

std::optional<ModelFilter> ModelRun::SomeFilter(std::uint64_t one_in) {
  if (!chance_.OneIn(one_in)) return std::nullopt;
  return ModelFilter{static_cast<unsigned>(chance_.Between(1, (1u << kShades) - 1)), chance_.OneIn(3)};
}

bool ModelRun::IsTarget(const model::ResourceRef& ref) const {
  const auto names = [&](const std::optional<model::RedrivePolicy>& policy) { return policy && policy->target == ref; };
  for (const auto& [name, queue] : model_.queues) {
    if (names(queue.cursor->settings.redrive)) return true;
  }
  for (const auto& [name, subscription] : model_.subscriptions) {
    if (names(subscription.copies_to)) return true;
    if (subscription.cursor != nullptr && names(subscription.cursor->settings.redrive)) return true;
  }
  return false;
}

// To a queue from `first_queue` on, or to t2.
std::optional<model::RedrivePolicy> ModelRun::SomePolicy(int first_queue) {
  std::vector<model::ResourceRef> targets;
  for (const auto& [name, queue] : model_.queues) {
    if (name[1] - '0' >= first_queue) targets.push_back({ResourceKind::kQueue, name});
  }
  if (!with_waiters_ && first_queue <= 4 && model_.topics.count("t2") > 0)
    targets.push_back({ResourceKind::kTopic, "t2"});
  if (targets.empty()) return std::nullopt;
  return model::RedrivePolicy{static_cast<std::uint32_t>(chance_.Between(1, 3)),
                              targets[static_cast<std::size_t>(chance_.Below(targets.size()))]};
}

model::DeliverySettings ModelRun::SomeDelivery(Nanos retention) {
  const Nanos timeouts[] = {0s, 5s, 30s, 2min};
  model::DeliverySettings settings;
  settings.visibility_timeout = timeouts[chance_.OneIn(12) ? 0 : 1 + chance_.Below(3)];
  settings.retention = chance_.OneIn(4) ? Nanos{60s + 1s * chance_.Below(600)} : retention;
  settings.ordered = chance_.OneIn(3);
  settings.exactly_once = chance_.OneIn(4);
  settings.paused = chance_.OneIn(12);
  if (chance_.OneIn(3)) settings.backoff = SomeBackoff(chance_);
  return settings;
}

engine::DeliveryPatch ModelRun::SomeDeliveryPatch() {
  engine::DeliveryPatch patch;
  if (chance_.OneIn(3)) patch.visibility_timeout = 1s * chance_.Between(1, 90);
  if (chance_.OneIn(3)) patch.retention = Nanos{chance_.OneIn(2) ? Nanos{96h} : Nanos{60s + 1s * chance_.Below(600)}};
  if (chance_.OneIn(3)) patch.paused = chance_.OneIn(3);
  if (chance_.OneIn(4)) patch.backoff = chance_.OneIn(3) ? std::nullopt : std::optional(SomeBackoff(chance_));
  return patch;
}

void ModelRun::Apply(ModelCursor& cursor, const engine::DeliveryPatch& patch) {
  if (patch.visibility_timeout) cursor.settings.visibility_timeout = *patch.visibility_timeout;
  if (patch.retention) model_.ChangeRetention(cursor, *patch.retention);
  if (patch.redrive) cursor.settings.redrive = *patch.redrive;
  if (patch.paused) cursor.settings.paused = *patch.paused;
  if (patch.backoff) cursor.settings.backoff = *patch.backoff;
  model_.UpdateRedrive(cursor);
}

void ModelRun::Administer() {
  if (chance_.OneIn(8)) return DeleteSomething();
  switch (chance_.Below(6)) {
    case 0: return chance_.OneIn(3) ? UpdateTopic() : CreateTopic(fmt::format("t{}", chance_.Below(kTopics)));
    case 1:
    case 2: return CreateQueue(static_cast<int>(chance_.Below(kQueues)));
    case 3: return CreateSubscription(fmt::format("s{}", chance_.Below(kSubscriptions)));
    case 4: return UpdateQueue();
    default: return UpdateSubscription();
  }
}

void ModelRun::CreateTopic(const std::string& name) {
  model::TopicSettings settings{SomeDeduplication(chance_)};
  if (chance_.OneIn(2)) settings.retention = chance_.OneIn(2) ? Nanos{10min} : Nanos{24h};
  Trace("create topic {}", name);
  const auto created =
      Ask<engine::TopicInfo>([&](auto done) { sim_.engine().CreateTopic(caller_, name, settings, done); });
  const auto against =
      AgainstNew(model_.topics.count(name) > 0, "TOPIC_EXISTS", model_.topics.size(), options_.max_topics);
  CheckTaken("creating topic " + name, created.ok() ? Status() : created.error(), against);
  if (created.ok()) {
    model_.topics[name] = {name, model_.NextGeneration(), settings.deduplication, {}, {}, {}, settings.retention, {}};
  }
  AfterCommand();
}

void ModelRun::CreateQueue(int index) {
  const std::string name = fmt::format("q{}", index);
  model::QueueSettings settings;
  settings.delivery = SomeDelivery(96h);
  settings.deduplication = SomeDeduplication(chance_);
  if (chance_.OneIn(2)) settings.delivery.redrive = SomePolicy(index + 1);
  if (chance_.OneIn(5)) settings.delay = 1s * chance_.Below(50);
  if (chance_.OneIn(4)) settings.message_ttl = 1s * chance_.Below(60);
  settings.bounds = SomeBounds(chance_);
  settings.dead_letter_access = SomeAccess();
  Trace("create queue {}: {}{}{}delay {}, time to live {}, at most {} and {} bytes{}, {} attempts", name,
        settings.delivery.paused ? "paused, " : "", settings.delivery.ordered ? "ordered, " : "",
        settings.delivery.exactly_once ? "exactly once, " : "", FormatDuration(settings.delay),
        FormatDuration(settings.message_ttl), settings.bounds.max_messages, settings.bounds.max_bytes,
        settings.bounds.overflow == model::Overflow::kDropOldest ? ", dropping" : "",
        settings.delivery.redrive ? settings.delivery.redrive->max_attempts : 0);
  const auto created =
      Ask<engine::QueueInfo>([&](auto done) { sim_.engine().CreateQueue(caller_, name, settings, done); });
  auto against = AgainstNew(model_.queues.count(name) > 0, "QUEUE_EXISTS", model_.queues.size(), options_.max_queues);
  AddAgainstPolicy({ResourceKind::kQueue, name}, settings.delivery.redrive, against);
  CheckTaken("creating queue " + name, created.ok() ? Status() : created.error(), against);
  if (created.ok()) {
    ModelQueue queue;
    queue.access = settings.dead_letter_access;
    queue.cursor = model_.NewCursor({ResourceKind::kQueue, name}, settings.delivery, settings.delay);
    queue.cursor->message_ttl = settings.message_ttl;
    queue.cursor->bounds = settings.bounds;
    queue.deduplication = settings.deduplication;
    model_.queues[name] = std::move(queue);
  }
  AfterCommand();
}

void ModelRun::CreateSubscription(const std::string& name) {
  if (model_.topics.empty()) return;
  const auto topic = std::next(model_.topics.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.topics.size())));
  model::SubscriptionSettings settings{.topic = topic->first};
  const bool last_topic = topic->first == "t2";
  auto start = engine::StartAt::kEnd;
  if (chance_.OneIn(2)) {
    const std::string queue = fmt::format("q{}", last_topic ? chance_.Between(4, 5) : chance_.Below(kQueues));
    if (model_.queues.count(queue) == 0) return;
    settings.queue = queue;
    settings.delivery_format = chance_.OneIn(2) ? "raw" : "envelope";
    if (!last_topic && chance_.OneIn(2)) settings.delivery.redrive = SomePolicy(queue[1] - '0' + 1);
  } else {
    settings.delivery = SomeDelivery(7 * 24h);
    if (!last_topic && chance_.OneIn(2)) settings.delivery.redrive = SomePolicy(0);
    settings.delivery.retain_acknowledged = chance_.OneIn(4);
    if (chance_.OneIn(3)) start = engine::StartAt::kEarliest;
  }
  // With a filter its target may not take every dead letter.
  const auto filter = last_topic && with_waiters_ ? std::nullopt : SomeFilter(2);
  if (filter) settings.filter = *model::Filter::Parse(filter->Text());
  Trace("create subscription {} of {} {}{}", name, topic->first,
        settings.queue.value_or(settings.delivery.ordered ? "to pull, ordered" : "to pull"),
        filter ? ", " + filter->Text() : "");
  const auto created = Ask<engine::SubscriptionInfo>(
      [&](auto done) { sim_.engine().CreateSubscription(caller_, name, settings, start, done); });
  auto against = AgainstNew(model_.subscriptions.count(name) > 0, "SUBSCRIPTION_EXISTS", model_.subscriptions.size(),
                            options_.max_subscriptions);
  AddAgainstPolicy({ResourceKind::kSubscription, name}, settings.delivery.redrive, against);
  CheckTaken("creating subscription " + name, created.ok() ? Status() : created.error(), against);
  if (created.ok()) {
    ModelSubscription subscription{name,
                                   topic->first,
                                   settings.queue,
                                   settings.delivery_format,
                                   nullptr,
                                   topic->second.generation,
                                   model_.NextGeneration(),
                                   filter};
    if (settings.queue) {
      subscription.copies_to = settings.delivery.redrive;
    } else {
      subscription.cursor = model_.NewCursor({ResourceKind::kSubscription, name}, settings.delivery, 0s);
      subscription.cursor->filter = filter;
      if (settings.delivery.retain_acknowledged) subscription.cursor->kept_since = model_.now();
    }
    model_.subscriptions[name] = std::move(subscription);
    if (start == engine::StartAt::kEarliest) AdoptEarliest(name);
  }
  AfterCommand();
}

// What a topic still keeps is its own affair, but it is an end of its history, and holds what others have yet to read.
void ModelRun::AdoptEarliest(const std::string& name) {
  ModelSubscription& subscription = model_.subscriptions.at(name);
  ModelCursor& cursor = *subscription.cursor;
  const ModelTopic& topic = model_.topics.at(subscription.topic);
  std::set<std::string> unread;
  for (const auto& [other_name, other] : model_.subscriptions) {
    if (other.topic != topic.name || other.cursor == nullptr || other_name == name || other.cursor->recovered) continue;
    if (other.cursor->settings.ordered) continue;  // has read past what waits behind a key
    // A receive reads past what waits for its group's turn.
    for (const ModelEntry& entry : other.cursor->entries) {
      const bool above = entry.appended > other.cursor->received;
      if (above && entry.fresh && !entry.maybe && entry.id) unread.insert(entry.id->ToString());
    }
  }
  std::set<std::string> known;
  for (const ModelEntry& message : topic.history) {
    if (message.id) known.insert(message.id->ToString());
  }
  std::vector<engine::PeekedMessage> shown = PeekAll(cursor);
  for (const ModelEntry& message : topic.history) {
    if (!Passes(cursor.filter, message.body)) continue;
    const auto at = std::find_if(shown.begin(), shown.end(), [&](const engine::PeekedMessage& candidate) {
      return message.id
                 ? candidate.id == *message.id
                 : known.count(candidate.id.ToString()) == 0 && candidate.message->content.body == message.body &&
                       candidate.message->content.ordering_key == message.key &&
                       candidate.subscription == message.subscription && candidate.delivery_format == message.format;
    });
    const bool expired = message.appended + cursor.settings.retention <= model_.now();
    if (at == shown.end()) {
      const bool retained = topic.retention == 0s || model_.now() < message.appended + topic.retention;
      if (!expired && retained && topic.retention > 0s && message.appended > topic.kept_since && !message.maybe) {
        Violate(invariant::kKept,
                fmt::format("{} begins behind \"{}\", which {} keeps", name, message.body, topic.name));
      }
      if (!expired && retained && message.id && unread.count(message.id->ToString()) > 0) {
        Violate(invariant::kNothingLost,
                fmt::format("{} begins behind \"{}\", which others have yet to read", name, message.body));
      }
      continue;
    }
    shown.erase(at);
    if (message.id && message.appended + cursor.settings.retention + kRetentionLag <= model_.now()) {
      Violate(invariant::kNothingBack, fmt::format("{} begins with \"{}\", which has expired", name, message.body));
    }
    model_.AddEarliest(cursor, message);
  }
  if (!shown.empty()) {
    Violate(invariant::kNothingBack, fmt::format("{} begins with \"{}\"", name, shown[0].message->content.body));
  }
}

void ModelRun::UpdateQueue() {
  if (model_.queues.empty()) return;
  const auto it = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  ModelCursor& cursor = *it->second.cursor;
  engine::QueuePatch patch;
  patch.delivery = SomeDeliveryPatch();
  if (chance_.OneIn(3) && !cursor.settings.ordered) patch.delay = 1s * chance_.Below(50);
  if (chance_.OneIn(5)) patch.deduplicate_by_content = chance_.OneIn(2);
  if (chance_.OneIn(4)) patch.message_ttl = 1s * chance_.Below(60);
  if (chance_.OneIn(3)) patch.bounds = SomeBounds(chance_);
  Trace("update queue {}{}", it->first,
        !patch.delivery.paused   ? ""
        : *patch.delivery.paused ? ", paused"
                                 : ", not paused");
  const auto updated =
      Ask<engine::QueueInfo>([&](auto done) { sim_.engine().UpdateQueue(caller_, it->first, patch, done); });
  if (!updated.ok()) Violate(invariant::kAnswers, "an update was refused: " + updated.error().message);
  if (patch.delay) cursor.delay = *patch.delay;
  if (patch.deduplicate_by_content) it->second.deduplication.by_content = *patch.deduplicate_by_content;
  if (patch.message_ttl) cursor.message_ttl = *patch.message_ttl;
  if (patch.bounds) cursor.bounds = *patch.bounds;
  Apply(cursor, patch.delivery);
  AfterCommand();
}

void ModelRun::UpdateSubscription() {
  if (model_.subscriptions.empty()) return;
  const auto it =
      std::next(model_.subscriptions.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.subscriptions.size())));
  engine::SubscriptionPatch patch;
  std::optional<ModelFilter> filter;
  Refusals against;
  if (it->second.cursor == nullptr) {
    if (chance_.OneIn(3) && it->second.topic != "t2") {
      patch.delivery.redrive = SomePolicy((*it->second.queue)[1] - '0' + 1);
      AddAgainstPolicy({ResourceKind::kSubscription, it->first}, *patch.delivery.redrive, against);
    }
    patch.delivery_format = fmt::format("format{}", chance_.Below(3));
    if (chance_.OneIn(2) && !(with_waiters_ && it->second.topic == "t2")) {
      filter = SomeFilter(2);
      patch.filter = filter ? std::optional(*model::Filter::Parse(filter->Text())) : std::nullopt;
    }
  } else {
    patch.delivery = SomeDeliveryPatch();
  }
  Trace("update subscription {}{}", it->first,
        !patch.delivery.paused   ? ""
        : *patch.delivery.paused ? ", paused"
                                 : ", not paused");
  const auto updated = Ask<engine::SubscriptionInfo>(
      [&](auto done) { sim_.engine().UpdateSubscription(caller_, it->first, patch, done); });
  CheckTaken("updating subscription " + it->first, updated.ok() ? Status() : updated.error(), against);
  if (!updated.ok()) return AfterCommand();
  if (patch.delivery.redrive && it->second.cursor == nullptr) it->second.copies_to = *patch.delivery.redrive;
  if (patch.delivery_format) it->second.format = *patch.delivery_format;
  if (patch.filter) it->second.filter = filter;
  if (it->second.cursor != nullptr) Apply(*it->second.cursor, patch.delivery);
  AfterCommand();
}

void ModelRun::DeleteSomething() {
  const std::uint64_t kind = chance_.Below(3);
  if (kind == 0 && !model_.subscriptions.empty()) {
    const auto it = std::next(model_.subscriptions.begin(),
                              static_cast<std::ptrdiff_t>(chance_.Below(model_.subscriptions.size())));
    const std::string name = it->first;
    // With its last listener gone a topic can take no dead letters.
    if (with_waiters_ && it->second.topic == "t2") return;
    Trace("delete subscription {}", name);
    const auto answer = Ask<void>([&](auto done) { sim_.engine().DeleteSubscription(caller_, name, done); });
    if (!answer.ok()) Violate(invariant::kAnswers, answer.error().message);
    model_.subscriptions.erase(it);
    return AfterCommand();
  }
  if (kind == 1 && !model_.topics.empty()) {
    const auto it = std::next(model_.topics.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.topics.size())));
    const std::string name = it->first;
    const bool is_target = IsTarget({ResourceKind::kTopic, name});
    if (is_target && with_waiters_) return;
    const bool force = chance_.OneIn(2);
    Trace("delete topic {}{}", name, force ? " by force" : "");
    const auto answer = Ask<void>([&](auto done) { sim_.engine().DeleteTopic(caller_, name, force, done); });
    if (answer.ok() != (force || (!is_target && it->second.delayed.empty()))) Violate(invariant::kAnswers, "deleting topic " + name);
    if (answer.ok()) {
      model_.topics.erase(it);
      std::erase_if(model_.subscriptions, [&](const auto& item) {
        return item.second.topic == name && item.second.queue && item.second.waiting.empty();
      });
      for (auto& [other, subscription] : model_.subscriptions) {
        if (subscription.topic == name) subscription.topic.clear();
      }
      AdoptDetached();
    }
    return AfterCommand();
  }
  if (model_.queues.empty()) return;
  const auto it = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  const std::string name = it->first;
  const bool is_target = IsTarget({ResourceKind::kQueue, name});
  if (is_target && with_waiters_) return;
  const bool is_fed = std::any_of(model_.subscriptions.begin(), model_.subscriptions.end(),
                                  [&](const auto& item) { return item.second.queue == name; });
  const bool force = chance_.OneIn(2);
  Trace("delete queue {}{}", name, force ? " by force" : "");
  const auto answer = Ask<void>([&](auto done) { sim_.engine().DeleteQueue(caller_, name, force, done); });
  if (answer.ok() != (force || (!is_target && !is_fed))) Violate(invariant::kAnswers, "deleting queue " + name);
  if (answer.ok()) {
    std::erase_if(model_.subscriptions, [&](const auto& item) { return item.second.queue == name; });
    model_.queues.erase(it);
  }
  AfterCommand();
}

}  // namespace broker::test
