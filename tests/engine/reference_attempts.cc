// Ends of attempts: backoff, dead-lettering, and what has passed its time.
#include <algorithm>

#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;
using model::ResourceKind;

namespace {

constexpr Time kNever = Time::max();

}  // namespace

void ReferenceModel::MarkDirty(ModelCursor& cursor, ModelEntry& entry) {
  if (cursor.synced_leases() || entry.dirty) return;
  entry.dirty = true;
  entry.least_attempts = entry.most_attempts = entry.attempts;
  entry.synced_lease = entry.perhaps_from;
  any_dirty_ = true;
}

Nanos ReferenceModel::LongestBackoff(const ModelCursor& cursor, std::uint32_t attempts) {
  if (!cursor.settings.backoff) return Nanos{0};
  Nanos wait = cursor.settings.backoff->minimum;
  for (std::uint32_t i = 1; i < attempts && wait < cursor.settings.backoff->maximum; ++i) wait *= 2;
  return std::min(wait, cursor.settings.backoff->maximum);
}

// In an ordered cursor the later ones of its key come back with it, and that is the end of an attempt for them as well.
// Those that have had their last go to the dead letters in order; what has passed its time goes whichever it was.
void ReferenceModel::EndAttempt(ModelCursor& cursor, std::uint64_t uid, Time at, const std::string& reason,
                                std::optional<Nanos> backoff) {
  const ModelEntry& first = *cursor.Find(uid);
  std::vector<std::uint64_t> spent;
  std::vector<std::uint64_t> passed;
  bool tied = false;
  for (ModelEntry& entry : cursor.entries) {
    const bool of_key = cursor.settings.ordered && !first.key.empty() && entry.key == first.key;
    if (entry.uid != uid && (!of_key || entry.state != MessageState::kLeased)) continue;
    if (entry.uid != uid && Unordered(entry, first)) {
      Doubt(entry);
      tied = true;
      continue;
    }
    if (entry.order < first.order) continue;
    MarkDirty(cursor, entry);
    const bool is_spent = cursor.settings.redrive && entry.attempts >= cursor.settings.redrive->max_attempts;
    const bool waits = entry.uid == uid && !is_spent;
    const Nanos wait = !waits ? Nanos{0} : backoff ? *backoff : LongestBackoff(cursor, entry.attempts);
    entry.spread = waits && !backoff ? wait / 10 : Nanos{0};
    entry.state = wait > Nanos{0} ? MessageState::kRetrying : MessageState::kReady;
    entry.until = at + wait;
    if (entry.uid == uid && !reason.empty()) entry.reason = reason;
    if (entry.Passed(at)) {
      passed.push_back(entry.uid);
    } else if (is_spent) {
      spent.push_back(entry.uid);
    }
  }
  // It may have come back with the other, and then without a reason of its own or a backoff.
  if (ModelEntry& entry = *cursor.Find(uid); tied) {
    entry.reason.clear();
    if (entry.state == MessageState::kRetrying && !backoff) Doubt(entry);
  }
  for (const std::uint64_t each : passed) cursor.Remove(each);
  for (const std::uint64_t each : spent) DeadLetter(cursor, each, at);
}

std::size_t ReferenceModel::CountPassed(const ModelCursor& cursor) const {
  return static_cast<std::size_t>(std::count_if(cursor.entries.begin(), cursor.entries.end(),
                                                [&](const ModelEntry& entry) { return entry.Passed(now_); }));
}

void ReferenceModel::DropPassed(ModelCursor& cursor) {
  std::erase_if(cursor.entries, [&](const ModelEntry& entry) {
    const bool waits = entry.state == MessageState::kReady || entry.state == MessageState::kRetrying;
    return waits && entry.Passed(now_);
  });
}

bool ReferenceModel::CanDeadLetter(const std::optional<model::RedrivePolicy>& policy, const ModelEntry& entry) const {
  if (!policy) return false;
  const model::ResourceRef& target = policy->target;
  if (target.kind == ResourceKind::kQueue) return queues.count(target.name) > 0;
  return topics.count(target.name) > 0 && Reaches(target.name, entry);
}

bool ReferenceModel::TakesAllDeadLetters(const ModelCursor& cursor) const {
  const model::ResourceRef& target = cursor.settings.redrive->target;
  if (target.kind == ResourceKind::kQueue) return queues.count(target.name) > 0;
  return topics.count(target.name) > 0 &&
         std::any_of(subscriptions.begin(), subscriptions.end(),
                     [&](const auto& item) { return item.second.topic == target.name && !item.second.filter; });
}

void ReferenceModel::DeadLetter(ModelCursor& cursor, std::uint64_t uid, Time at) {
  ModelEntry& entry = *cursor.Find(uid);
  if (!CanDeadLetter(cursor.settings.redrive, entry)) {
    entry.stuck = true;
    entry.state = MessageState::kRetrying;
    entry.until = kNever;
    return;
  }
  ModelEntry letter;
  letter.body = entry.body;
  letter.key = entry.key;
  letter.size = entry.size;
  letter.subscription = entry.subscription;
  letter.format = entry.format;
  letter.stories = entry.stories;
  letter.stories.push_back({cursor.owner, cursor.settings.ordered && !entry.unsure && !entry.stuck && !resuming_,
                            entry.appended, entry.moved, cursor.generation, entry.unsure ? 0 : entry.attempts,
                            entry.unsure ? std::string() : entry.reason});
  if (entry.origin) letter.origin = *entry.origin != model::MessageId{} ? entry.origin : entry.id;
  letter.maybe = entry.maybe || ExpiryOf(cursor, entry, at) != Expiry::kNo;
  letter.moved = true;
  cursor.Remove(uid);
  AddLetter(*cursor.settings.redrive, std::move(letter), at);
}

void ReferenceModel::AddLetter(const model::RedrivePolicy& policy, ModelEntry letter, Time at) {
  const model::ResourceRef& target = policy.target;
  if (target.kind == ResourceKind::kQueue) {
    ModelCursor& home = *queues.at(target.name).cursor;
    letter.expires = DefaultExpiry(home, at + HeadDelay(home));
    Append(home, std::move(letter), at);
  } else {
    FanOut(topics.at(target.name), letter, at, Copies::kDeadLetters);
  }
}

// What has had its attempts already under a new policy goes at once, or when its next attempt ends.
void ReferenceModel::UpdateRedrive(ModelCursor& cursor) {
  if (!cursor.settings.redrive) return;
  for (ModelEntry& entry : cursor.entries) {
    if (entry.state == MessageState::kLeased || entry.state == MessageState::kDelayed) continue;
    if (entry.attempts < cursor.settings.redrive->max_attempts) continue;
    entry.stuck = true;
    entry.state = MessageState::kRetrying;
    entry.until = kNever;
  }
}

}  // namespace broker::test
