// What is kept beyond need, and what a seek, a replay or a resumed subscription brings of it.
#include <algorithm>

#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;

namespace {

// As if it had never been handed out.
ModelEntry AsNew(ModelEntry entry, std::uint64_t uid) {
  entry.uid = uid;
  entry.state = MessageState::kReady;
  entry.until = Time{};
  entry.attempts = entry.lease = entry.surely_from = entry.perhaps_from = 0;
  entry.least_attempts = entry.most_attempts = entry.synced_lease = 0;
  entry.reason.clear();
  entry.fresh = !entry.redriven;
  entry.stuck = entry.unsure = entry.dirty = false;
  return entry;
}

}  // namespace

bool ReferenceModel::SurelyKept(const ModelTopic& topic, Time appended, Time now) {
  return topic.retention > Nanos{0} && appended > topic.kept_since && appended > now - topic.retention;
}

ReferenceModel::Verdict ReferenceModel::MaySeek(const ModelTopic& topic, const ModelCursor& cursor, Time time) const {
  if (time > now_) return Verdict::kMust;
  const bool own = time > now_ - cursor.settings.retention;
  // Time marks are up to a second apart, and of what went before the first that is kept nothing else is known.
  const bool retained = cursor.kept_since && time > *cursor.kept_since + kRetentionLag;
  if (own && (retained || SurelyKept(topic, time, now_))) return Verdict::kMust;
  if (topic.retention > Nanos{0} || cursor.kept_since || cursor.recovered || cursor.filter) return Verdict::kMay;
  // Nothing is kept for it: it cannot go back behind what it was given.
  for (const ModelEntry& message : topic.history) {
    if (message.appended < time || message.maybe) continue;
    const auto unread = std::find_if(cursor.entries.begin(), cursor.entries.end(), [&](const ModelEntry& entry) {
      return !entry.redriven && entry.body == message.body && entry.appended == message.appended;
    });
    if (unread == cursor.entries.end() || !unread->fresh) return Verdict::kMustNot;
  }
  return Verdict::kMay;
}

// What may have expired on arrival may not be there.
void ReferenceModel::Restart(ModelCursor& cursor, std::vector<ModelEntry> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const ModelEntry& a, const ModelEntry& b) { return a.order < b.order; });
  cursor.entries.clear();
  cursor.reached.clear();
  cursor.ghosts = {};
  for (ModelEntry& entry : entries) {
    if (!entry.redriven && !Passes(cursor.filter, entry.body)) {
      cursor.ghosts += {1, entry.size};
      continue;
    }
    cursor.entries.push_back(AsNew(std::move(entry), ++last_uid_));
    ModelEntry& added = cursor.entries.back();
    added.maybe = added.maybe || ExpiryOf(cursor, added, now_) != Expiry::kNo;
  }
  ++cursor.epoch;
}

void ReferenceModel::SoughtTime(ModelCursor& cursor, const ModelTopic& topic, Time time) {
  std::vector<ModelEntry> entries;
  for (const ModelEntry& message : topic.history) {
    if (message.appended >= time && Passes(cursor.filter, message.body)) entries.push_back(message);
  }
  for (const ModelEntry& entry : cursor.entries) {
    if (entry.redriven && entry.appended >= time) entries.push_back(entry);
  }
  Restart(cursor, std::move(entries));
  cursor.recovered = false;
}

void ReferenceModel::SoughtSnapshot(ModelCursor& cursor, const ModelSnapshot& snapshot) {
  std::vector<ModelEntry> entries = snapshot.entries;
  for (const ModelEntry& entry : cursor.entries) {
    const auto frozen = [&](const ModelEntry& other) { return other.order == entry.order; };
    if (!entry.redriven || std::any_of(snapshot.entries.begin(), snapshot.entries.end(), frozen)) continue;
    entries.push_back(entry);
    // Above the snapshot's position it stays, and another subscription's may be anywhere.
    if (entry.order <= snapshot.order) entries.back().maybe = true;
  }
  Restart(cursor, std::move(entries));
  cursor.recovered = true;  // which of them lie below its position is not said
}

ModelSnapshot ReferenceModel::Freeze(const ModelCursor& cursor, const ModelTopic& topic, Time expires) {
  ModelSnapshot snapshot{topic.generation, last_order_, expires, cursor.entries};
  for (ModelEntry& entry : snapshot.entries) {
    entry.maybe = entry.maybe || ExpiryOf(cursor, entry, now_) != Expiry::kNo;
  }
  // It keeps all from its place on, which may lie before what its subscription does not get.
  for (const ModelEntry& message : topic.history) {
    if (Passes(cursor.filter, message.body)) continue;
    snapshot.entries.push_back(message);
    snapshot.entries.back().maybe = true;
  }
  return snapshot;
}

void ReferenceModel::ChangeTopicRetention(ModelTopic& topic, Nanos retention) {
  topic.kept_since = topic.retention == Nanos{0} ? now_ : std::max(topic.kept_since, now_ - topic.retention);
  topic.retention = retention;
}

ReferenceModel::Deliverable ReferenceModel::Replayed(const ModelTopic& topic, ModelCursor& queue, Time from, Time to,
                                                     const std::string& format,
                                                     const std::optional<ModelFilter>& filter) {
  Deliverable given;
  for (const ModelEntry& message : topic.history) {
    if (message.appended < from || message.appended >= to || !Passes(filter, message.body)) continue;
    if (message.appended + topic.retention + kRetentionLag <= now_) continue;
    const bool sure = SurelyKept(topic, message.appended, now_) && !message.maybe;
    ModelEntry entry = message;
    entry.maybe = !sure;
    GiveTo(queue, std::move(entry), "", format, now_);
    ++given.most;
    if (sure) ++given.sure;
  }
  return given;
}

void ReferenceModel::Resumed(ModelSubscription& subscription) {
  subscription.paused = false;
  ModelCursor& queue = *queues.at(*subscription.queue).cursor;
  for (ModelEntry& entry : std::exchange(subscription.waiting, {})) {
    const Expiry expiry = ExpiryOf(queue, entry, now_);
    if (expiry == Expiry::kYes || !Passes(subscription.filter, entry.body)) continue;
    entry.maybe = entry.maybe || expiry == Expiry::kMaybe;
    GiveTo(queue, std::move(entry), subscription.name, subscription.format, now_);
  }
}

ReferenceModel::Deliverable ReferenceModel::CountWaiting(const ModelSubscription& subscription) const {
  Deliverable count;
  const ModelCursor& queue = *queues.at(*subscription.queue).cursor;
  for (const ModelEntry& entry : subscription.waiting) {
    const Expiry expiry = ExpiryOf(queue, entry, now_);
    if (expiry == Expiry::kYes) continue;
    ++count.most;
    if (!entry.maybe && expiry == Expiry::kNo) ++count.sure;
  }
  return count;
}

}  // namespace broker::test
