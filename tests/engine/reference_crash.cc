// What a crash, or a message that may have expired, leaves open, and how a look settles it.
#include "tests/engine/reference_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/base/duration.h"

namespace broker::test {

using engine::MessageState;

namespace {

constexpr Time kNever = Time::max();

}  // namespace

// What may have expired may not have brought the later ones of its key back.
void ReferenceModel::DoubtLater(ModelCursor& cursor, const ModelEntry& entry) {
  if (!cursor.settings.ordered || entry.key.empty()) return;
  for (ModelEntry& other : cursor.entries) {
    if (other.key != entry.key || other.order <= entry.order || other.state != MessageState::kLeased) continue;
    Doubt(other);
  }
}

// It came back, or it did not.
void ReferenceModel::Doubt(ModelEntry& entry) {
  entry.unsure = true;
  entry.least_attempts = entry.most_attempts = entry.attempts;
  entry.state = MessageState::kReady;
  entry.until = kNever;
}

void ReferenceModel::PerhapsReceived(ModelCursor& cursor) {
  if (cursor.settings.paused) return;
  for (ModelEntry& entry : cursor.entries) {
    if ((entry.state != MessageState::kReady && !entry.stuck) || entry.Passed(now_)) continue;
    if (!entry.dirty) {
      entry.least_attempts = entry.most_attempts = entry.attempts;
      entry.synced_lease = entry.perhaps_from;
    }
    entry.CountAttempts(entry.attempts + 1);
    entry.surely_from = ++entry.lease;
    entry.perhaps_from = std::min(entry.perhaps_from, entry.synced_lease);
    entry.unsure = true;
    entry.until = kNever;
  }
}

void ReferenceModel::Synced() {
  if (!any_dirty_) return;
  any_dirty_ = false;
  for (ModelCursor* cursor : Cursors()) {
    for (ModelEntry& entry : cursor->entries) entry.dirty = false;
  }
}

void ReferenceModel::PowerCut() {
  for (ModelCursor* cursor : Cursors()) {
    for (ModelEntry& entry : cursor->entries) {
      if (!entry.dirty) continue;
      entry.dirty = false;
      entry.unsure = true;
      entry.perhaps_from = std::min(entry.perhaps_from, entry.synced_lease);
      // It may be as it was, so nothing can be said of when it comes due.
      if (entry.state == MessageState::kLeased || entry.state == MessageState::kRetrying) entry.until = kNever;
    }
  }
  any_dirty_ = false;
}

void ReferenceModel::Died() {
  for (ModelCursor* cursor : Cursors()) {
    cursor->recovered = true;
    for (ModelEntry& entry : std::exchange(cursor->reached, {})) cursor->entries.push_back(std::move(entry));
    std::sort(cursor->entries.begin(), cursor->entries.end(),
              [](const ModelEntry& a, const ModelEntry& b) { return a.order < b.order; });
  }
}

bool ReferenceModel::IsUnsure(const ModelCursor& cursor) const {
  return std::any_of(cursor.entries.begin(), cursor.entries.end(), [&](const ModelEntry& entry) {
    return entry.maybe || entry.unsure || entry.spread > Nanos{0} ||
           (entry.stuck && CanDeadLetter(cursor.settings.redrive, entry));
  });
}

void ReferenceModel::Reconcile(ModelCursor& cursor, const std::vector<engine::PeekedMessage>& peeked) {
  TellApart(cursor, peeked);
  std::set<std::uint64_t> seen;
  for (const engine::PeekedMessage& shown : peeked) {
    ModelEntry& entry = Match(
        cursor,
        {*shown.message, shown.id, shown.origin, shown.subscription, shown.delivery_format, shown.state, shown.until},
        seen);
    seen.insert(entry.uid);
    const std::string where = Where(cursor, entry);
    entry.maybe = entry.perhaps_dropped = false;
    const Nanos spread = std::exchange(entry.spread, Nanos{0});
    if (spread > Nanos{0} && !entry.unsure && shown.until && *shown.until < entry.until &&
        *shown.until >= entry.until - spread) {
      entry.until = *shown.until;
    }
    if (entry.unsure) {
      if (shown.attempts < entry.least_attempts || shown.attempts > entry.most_attempts) {
        Violate(invariant::kAttempts, fmt::format("{} has {} attempts after a power cut, not {} to {}", where,
                                                  shown.attempts, entry.least_attempts, entry.most_attempts));
      }
      entry.attempts = shown.attempts;
      entry.state = shown.state;
      entry.until = shown.until.value_or(Time::max());
      entry.reason.clear();
      entry.unsure = false;
      MarkDirty(cursor, entry);  // what the start did to it, another power cut may undo
      // One that has had its attempts is tried for the dead letters at a start.
      entry.stuck = cursor.settings.redrive && entry.attempts >= cursor.settings.redrive->max_attempts &&
                    shown.state != MessageState::kLeased;
      if (entry.stuck) {
        entry.state = MessageState::kRetrying;
        entry.until = Time::max();
      }
      continue;
    }
    const bool as_expected = entry.stuck ? shown.state == MessageState::kReady || shown.state == MessageState::kRetrying
                                         : shown.state == entry.state;
    if (!as_expected) Violate(invariant::kCounts, fmt::format("{} shows as {}", where, StateWord(shown.state)));
    if (shown.attempts != entry.attempts) {
      Violate(invariant::kAttempts, fmt::format("{} shows {} attempts", where, shown.attempts));
    }
    if (!entry.stuck && entry.state != MessageState::kReady && shown.until != entry.until) {
      Violate(invariant::kAnswers,
              fmt::format("{} shows until {}, not {}", where, shown.until ? FormatTime(*shown.until) : "never",
                          FormatTime(entry.until)));
    }
    if (!entry.reason.empty() && shown.last_reason != entry.reason) {
      Violate(invariant::kAnswers, fmt::format("{} shows \"{}\", not \"{}\"", where, shown.last_reason, entry.reason));
    }
  }
  std::vector<std::uint64_t> missing;
  for (const ModelEntry& entry : cursor.entries) {
    if (seen.count(entry.uid) == 0) missing.push_back(entry.uid);
  }
  for (const std::uint64_t uid : missing) {
    const ModelEntry& entry = *cursor.Find(uid);
    const bool can_move = CanDeadLetter(cursor.settings.redrive, entry);
    const bool may_be_spent =
        entry.stuck || (entry.unsure && can_move && entry.most_attempts >= cursor.settings.redrive->max_attempts);
    if (entry.Passed(now_) && !IsThere(cursor, entry)) {
      // What had been handed out goes durably, what is unread with the position.
      if ((entry.unsure ? entry.least_attempts : entry.attempts) == 0) {
        cursor.reached.push_back(entry);
        ModelEntry& reached = cursor.reached.back();
        reached.state = MessageState::kReady;
        reached.attempts = 0;
        reached.unsure = false;
      }
      cursor.Remove(uid);
    } else if (entry.perhaps_dropped && cursor.settings.redrive && can_move) {
      Drop(cursor, uid, now_);
    } else if (may_be_spent && can_move) {
      DeadLetter(cursor, uid, now_);
    } else if (!IsThere(cursor, entry)) {
      cursor.Remove(uid);
    } else {
      Violate(invariant::kNothingLost, Where(cursor, entry) + " is not shown");
    }
  }
}

}  // namespace broker::test
