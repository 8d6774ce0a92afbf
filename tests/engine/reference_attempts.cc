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

// In an ordered cursor the later ones of its key come back with it, and that is the end of an attempt for them as well.
// Those that have had their last go to the dead letters in order.
void ReferenceModel::EndAttempt(ModelCursor& cursor, std::uint64_t uid, Time at, const std::string& reason,
                                Nanos backoff) {
  const ModelEntry& first = *cursor.Find(uid);
  std::vector<std::uint64_t> spent;
  for (ModelEntry& entry : cursor.entries) {
    const bool of_key = cursor.settings.ordered && !first.key.empty() && entry.key == first.key;
    if (entry.uid != uid && (!of_key || entry.state != MessageState::kLeased)) continue;
    if (entry.uid != uid && Unordered(entry, first)) {
      Doubt(entry);
      continue;
    }
    if (entry.order < first.order) continue;
    MarkDirty(cursor, entry);
    const bool is_spent = cursor.settings.redrive && entry.attempts >= cursor.settings.redrive->max_attempts;
    const Nanos wait = entry.uid == uid && !is_spent ? backoff : Nanos{0};
    entry.state = wait > Nanos{0} ? MessageState::kRetrying : MessageState::kReady;
    entry.until = at + wait;
    entry.reason = entry.uid == uid ? reason : std::string();
    if (is_spent) spent.push_back(entry.uid);
  }
  for (const std::uint64_t each : spent) DeadLetter(cursor, each, at);
}

bool ReferenceModel::CanDeadLetter(const ModelCursor& cursor) const {
  if (!cursor.settings.redrive) return false;
  const model::ResourceRef& target = cursor.settings.redrive->target;
  if (target.kind == ResourceKind::kQueue) return queues.count(target.name) > 0;
  return topics.count(target.name) > 0 && Listeners(target.name) > 0;
}

void ReferenceModel::DeadLetter(ModelCursor& cursor, std::uint64_t uid, Time at) {
  ModelEntry& entry = *cursor.Find(uid);
  if (!CanDeadLetter(cursor)) {
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
  const model::ResourceRef target = cursor.settings.redrive->target;
  if (target.kind == ResourceKind::kQueue) {
    Append(*queues.at(target.name).cursor, std::move(letter), at);
  } else {
    FanOut(topics.at(target.name), letter, at);
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
