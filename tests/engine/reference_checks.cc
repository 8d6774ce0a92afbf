// What the engine answers, held against the model: deliveries, settling, counts, peeks.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "broker/base/duration.h"
#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;

std::string_view StateWord(MessageState state) {
  switch (state) {
    case MessageState::kReady: return "ready";
    case MessageState::kLeased: return "leased";
    case MessageState::kRetrying: return "retrying";
    case MessageState::kDelayed: return "delayed";
  }
  return "?";
}

// Without what pads it.
std::string_view Short(std::string_view body) { return body.substr(0, body.find('.')); }

namespace {

std::string Where(const ModelCursor& cursor, const ModelEntry& entry) {
  return fmt::format("{}: \"{}\" ({}, attempt {}, key \"{}\")", cursor.owner.ToString(), Short(entry.body), StateWord(entry.state),
                     entry.attempts, entry.key);
}

bool SameStories(const std::vector<ModelStory>& expected, const std::vector<model::DeadLetterEntry>& shown) {
  if (expected.size() != shown.size()) return false;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (expected[i].source != shown[i].source) return false;
  }
  return true;
}

}  // namespace

// Finds which entry an answer shows, and compares all that is known of it.
ModelEntry& ReferenceModel::Match(ModelCursor& cursor, const Shown& shown, const std::set<std::uint64_t>& taken) {
  const std::string& body = shown.message.content.body;
  ModelEntry* found = nullptr;
  int best = -1;  // the same body may have been published twice
  for (ModelEntry& entry : cursor.entries) {
    if (taken.count(entry.uid) > 0) continue;
    if (entry.id && *entry.id == shown.id) {
      found = &entry;
      break;
    }
    if (entry.id || entry.body != body || !SameStories(entry.stories, shown.message.dead_letter)) continue;
    const bool same = entry.subscription == shown.subscription && entry.key == shown.message.content.ordering_key;
    const bool same_origin = entry.origin && *entry.origin == shown.origin;
    const int likeness = (same ? 4 : 0) + (same_origin ? 2 : 0) + (entry.state == shown.state ? 1 : 0);
    if (likeness > best) {
      found = &entry;
      best = likeness;
    }
  }
  if (found == nullptr) {
    const std::string what = fmt::format("{} shows \"{}\" with id {}", cursor.owner.ToString(), body, shown.id.ToString());
    if (cursor.purged.count(body) > 0) Violate(invariant::kPurged, what);
    Violate(invariant::kNothingBack, what);
  }
  const ModelEntry& entry = *found;
  const std::string where = Where(cursor, entry);
  if (entry.body != body || entry.key != shown.message.content.ordering_key) {
    Violate(invariant::kIntact, fmt::format("{} came as \"{}\" with key \"{}\"", where, body,
                                            shown.message.content.ordering_key));
  }
  if (entry.subscription != shown.subscription || entry.format != shown.format) {
    Violate(invariant::kIntact, fmt::format("{} came through \"{}\" as \"{}\", not through \"{}\" as \"{}\"", where,
                                            shown.subscription, shown.format, entry.subscription, entry.format));
  }
  if (entry.origin && *entry.origin != shown.origin) {
    Violate(invariant::kIntact, fmt::format("{} came with origin {}, not {}", where, shown.origin.ToString(),
                                            entry.origin->ToString()));
  }
  for (std::size_t i = 0; i < entry.stories.size(); ++i) {
    const ModelStory& expected = entry.stories[i];
    if (i >= shown.message.dead_letter.size()) Violate(invariant::kDeadLetters, where + " lacks a story");
    const model::DeadLetterEntry& story = shown.message.dead_letter[i];
    if (expected.attempts != 0 && story.attempts != expected.attempts) {
      Violate(invariant::kDeadLetters, fmt::format("{} tells of {} attempts at {}, not {}", where, story.attempts,
                                                   story.source.ToString(), expected.attempts));
    }
    if (!expected.reason.empty() && story.reason != expected.reason) {
      Violate(invariant::kDeadLetters, fmt::format("{} tells \"{}\", not \"{}\"", where, story.reason, expected.reason));
    }
  }
  if (found->id) return *found;
  found->id = shown.id;
  const std::uint64_t uid = found->uid;
  SortTies(cursor, *found);
  return *cursor.Find(uid);
}

bool ReferenceModel::Unordered(const ModelEntry& a, const ModelEntry& b) {
  if (a.appended != b.appended) return false;
  if (a.body == b.body) return true;  // aliases of one message, through several subscriptions
  if (!a.moved && !b.moved) return false;
  if (a.stories.empty() || b.stories.empty()) return true;
  const ModelStory& from_a = a.stories.back();
  const ModelStory& from_b = b.stories.back();
  const bool tied_before = from_a.appended == from_b.appended && (from_a.moved || from_b.moved);
  return from_a.generation != from_b.generation || !from_a.ordered || !from_b.ordered || tied_before;
}

// Dead letters of one moment from different sources, and the aliases that one message gives a queue through several
// subscriptions, came in an order that only their ids tell.
void ReferenceModel::SortTies(ModelCursor& cursor, const ModelEntry& one) {
  std::vector<ModelEntry*> tied;
  std::vector<std::uint64_t> orders;
  for (ModelEntry& entry : cursor.entries) {
    if (entry.appended != one.appended) continue;
    if (one.stories.empty() ? entry.body != one.body : entry.stories.empty()) continue;
    if (!entry.id) return;  // not all of them have shown yet
    tied.push_back(&entry);
    orders.push_back(entry.order);
  }
  std::sort(tied.begin(), tied.end(), [](const ModelEntry* a, const ModelEntry* b) { return *a->id < *b->id; });
  std::sort(orders.begin(), orders.end());
  for (std::size_t i = 0; i < tied.size(); ++i) tied[i]->order = orders[i];
  std::sort(cursor.entries.begin(), cursor.entries.end(), [](const ModelEntry& a, const ModelEntry& b) {
    return a.order < b.order;
  });
}

// ---- receive

ReferenceModel::Deliverable ReferenceModel::CountDeliverable(const ModelCursor& cursor) const {
  Deliverable count;
  if (!cursor.settings.ordered) {
    for (const ModelEntry& entry : cursor.entries) {
      if (entry.state != MessageState::kReady && !entry.stuck) continue;
      ++count.most;
      if (entry.state == MessageState::kReady && IsThere(cursor, entry)) ++count.sure;
    }
    return count;
  }
  std::set<std::string> blocked;
  for (const ModelEntry& entry : cursor.entries) {
    if (entry.state == MessageState::kLeased) blocked.insert(entry.key);
  }
  for (const ModelEntry& entry : cursor.entries) {
    if (entry.state == MessageState::kReady || entry.stuck) ++count.most;
    if (!entry.key.empty() && blocked.count(entry.key) > 0) continue;
    if (entry.state == MessageState::kReady && IsThere(cursor, entry)) {
      ++count.sure;
    } else if (!entry.key.empty()) {
      blocked.insert(entry.key);
    }
  }
  return count;
}

void ReferenceModel::CheckMayGo(const ModelCursor& cursor, const ModelEntry& entry,
                                const std::set<std::uint64_t>& taken) const {
  const std::string where = Where(cursor, entry);
  if (entry.unsure) return;  // nobody knows in which state it was
  if (entry.state == MessageState::kLeased) Violate(invariant::kOneLease, where + " was handed out again");
  if (entry.state == MessageState::kDelayed) Violate(invariant::kNotEarly, where + " was handed out");
  if (entry.state == MessageState::kRetrying && !entry.stuck) Violate(invariant::kNotEarly, where + " was handed out");
  if (!cursor.settings.ordered || entry.key.empty()) return;
  for (const ModelEntry& other : cursor.entries) {
    if (other.key != entry.key || other.uid == entry.uid || taken.count(other.uid) > 0) continue;
    if (other.unsure || !IsThere(cursor, other)) continue;
    const bool overtaken = other.order < entry.order && !entry.redriven && !Unordered(other, entry);
    if (overtaken || other.state == MessageState::kLeased) {
      Violate(invariant::kOrder, fmt::format("{} was handed out past {}", where, Where(cursor, other)));
    }
  }
}

void ReferenceModel::Received(ModelCursor& cursor, const std::vector<engine::Delivery>& deliveries,
                              std::uint32_t max_messages, Nanos visibility_timeout, bool alone) {
  const Deliverable deliverable = CountDeliverable(cursor);
  if (deliveries.size() > max_messages) {
    Violate(invariant::kAnswers, fmt::format("{} gave {} messages, at most {} were asked for", cursor.owner.ToString(),
                                             deliveries.size(), max_messages));
  }
  // Of an ordered cursor, what follows its key's retried head may come with the next receive.
  const std::size_t least = cursor.settings.ordered ? std::min<std::size_t>(1, deliverable.sure)
                                                    : std::min<std::size_t>(max_messages, deliverable.sure);
  if (alone && deliveries.size() < least) {
    Violate(invariant::kServed, fmt::format("{} gave {} messages; {} were ready and {} asked for",
                                            cursor.owner.ToString(), deliveries.size(), deliverable.sure, max_messages));
  }
  std::set<std::uint64_t> taken;
  std::size_t retries = 0;
  for (const engine::Delivery& delivery : deliveries) {
    ModelEntry& entry =
        Match(cursor, {*delivery.message, delivery.id, delivery.origin, delivery.subscription, delivery.delivery_format,
                       MessageState::kReady},
              taken);
    CheckMayGo(cursor, entry, taken);
    if (entry.unsure && delivery.attempt > entry.least_attempts && delivery.attempt <= entry.most_attempts + 1) {
      entry.attempts = delivery.attempt - 1;
    }
    if (delivery.attempt != entry.attempts + 1) {
      Violate(invariant::kAttempts, fmt::format("{} came as attempt {}", Where(cursor, entry), delivery.attempt));
    }
    if (delivery.lease_deadline != now_ + visibility_timeout) {
      Violate(invariant::kAnswers, fmt::format("{} is leased until {}, not for {}", Where(cursor, entry),
                                               FormatTime(delivery.lease_deadline), FormatDuration(visibility_timeout)));
    }
    taken.insert(entry.uid);
    if (!entry.fresh) ++retries;
  }
  std::size_t fresh_left = 0;
  for (ModelEntry& entry : cursor.entries) {
    if (taken.count(entry.uid) == 0) {
      if (entry.fresh && entry.state == MessageState::kReady && IsThere(cursor, entry)) ++fresh_left;
    }
  }
  if (alone && !cursor.settings.ordered && !cursor.recovered && fresh_left > 0 && retries > (max_messages + 1) / 2) {
    Violate(invariant::kFair, fmt::format("{} gave {} retries of {} while {} fresh ones were ready",
                                          cursor.owner.ToString(), retries, max_messages, fresh_left));
  }
  for (const engine::Delivery& delivery : deliveries) {
    const auto entry = std::find_if(cursor.entries.begin(), cursor.entries.end(), [&](const ModelEntry& candidate) {
      return candidate.id == delivery.id && taken.count(candidate.uid) > 0 && candidate.body == delivery.message->content.body;
    });
    MarkDirty(cursor, *entry);
    entry->state = MessageState::kLeased;
    entry->until = now_ + visibility_timeout;
    entry->CountAttempts(entry->attempts + 1);
    ++entry->lease;
    entry->surely_from = entry->perhaps_from = entry->lease;
    entry->fresh = entry->maybe = entry->stuck = entry->unsure = false;
    receipts.push_back({delivery.receipt, cursor.owner, cursor.generation, entry->uid, entry->lease});
  }
}

// ---- settle

ReferenceModel::Resolved ReferenceModel::Resolve(const ModelReceipt& receipt, bool needs_lease) {
  Resolved resolved;
  resolved.cursor = FindCursor(receipt.owner);
  if (resolved.cursor == nullptr || resolved.cursor->generation != receipt.generation) return resolved;
  resolved.entry = resolved.cursor->Find(receipt.uid);
  if (resolved.entry == nullptr) return resolved;
  const ModelEntry& entry = *resolved.entry;
  if (receipt.lease >= entry.surely_from) {
    resolved.acts = Acts::kYes;
  } else if (receipt.lease >= entry.perhaps_from) {
    resolved.acts = Acts::kPerhaps;
  }
  if ((needs_lease || resolved.cursor->settings.exactly_once) && entry.state != MessageState::kLeased) {
    resolved.acts = Acts::kNo;
  }
  return resolved;
}

bool ReferenceModel::IsCertain(const ModelReceipt& receipt) {
  const Resolved resolved = Resolve(receipt, false);
  if (resolved.entry == nullptr) return true;
  return resolved.acts != Acts::kPerhaps && IsThere(*resolved.cursor, *resolved.entry);
}

ReferenceModel::Resolved ReferenceModel::CheckAnswer(const ModelReceipt& receipt, const Status& status,
                                                     bool needs_lease) {
  Resolved resolved = Resolve(receipt, needs_lease);
  const std::string_view word = status.ok() ? "ok" : ToString(status.error().code);
  const auto violate = [&](std::string_view expected) {
    Violate(invariant::kReceipts,
            fmt::format("{}: lease {} of {} was answered {}, not {}", receipt.owner.ToString(), receipt.lease,
                        resolved.entry == nullptr ? "what is gone" : Where(*resolved.cursor, *resolved.entry), word, expected));
  };
  if (resolved.cursor->generation != receipt.generation) {
    if (status.ok() || status.error().code != ErrorCode::kInvalidReceipt) violate("invalid_receipt");
    return resolved;
  }
  if (!resolved.cursor->settings.exactly_once) {
    if (!status.ok()) violate("ok");
    return resolved;
  }
  if (!status.ok() && status.error().code != ErrorCode::kLeaseLost) violate("ok or lease_lost");
  if (resolved.entry == nullptr) return resolved;  // settled, expired: either will do
  if (!IsThere(*resolved.cursor, *resolved.entry)) {
    if (!status.ok()) resolved.acts = Acts::kNo;
    return resolved;
  }
  if (status.ok() != (resolved.acts == Acts::kYes)) violate(resolved.acts == Acts::kYes ? "ok" : "lease_lost");
  return resolved;
}

bool ReferenceModel::Acked(const ModelReceipt& receipt, const Status& status) {
  const Resolved resolved = CheckAnswer(receipt, status, false);
  if (resolved.acts == Acts::kYes) resolved.cursor->Remove(receipt.uid);
  if (resolved.acts != Acts::kPerhaps) return false;
  resolved.entry->maybe = true;
  return true;
}

bool ReferenceModel::Nacked(const ModelReceipt& receipt, const Status& status, const std::string& reason,
                            Nanos backoff) {
  const Resolved resolved = CheckAnswer(receipt, status, true);
  if (resolved.acts == Acts::kYes) EndAttempt(*resolved.cursor, receipt.uid, now_, reason, backoff);
  return false;
}

bool ReferenceModel::Extended(const ModelReceipt& receipt, const Status& status, Nanos visibility_timeout) {
  const Resolved resolved = CheckAnswer(receipt, status, true);
  if (resolved.acts != Acts::kYes) return false;
  if (visibility_timeout == Nanos{0}) {
    EndAttempt(*resolved.cursor, receipt.uid, now_, {}, Nanos{0});
  } else {
    MarkDirty(*resolved.cursor, *resolved.entry);
    resolved.entry->until = now_ + visibility_timeout;
  }
  return false;
}

void ReferenceModel::Released(const ModelReceipt& receipt, bool counted) {
  const Resolved resolved = Resolve(receipt, true);
  if (resolved.acts != Acts::kYes) return;
  if (counted) {
    EndAttempt(*resolved.cursor, receipt.uid, now_, {}, Nanos{0});
    return;
  }
  // As if it had never been delivered; what came with it behind its key comes back by the rule for that.
  ModelEntry& entry = *resolved.entry;
  MarkDirty(*resolved.cursor, entry);
  entry.CountAttempts(entry.attempts - 1);
  entry.state = MessageState::kReady;
  std::vector<std::uint64_t> later;
  for (const ModelEntry& other : resolved.cursor->entries) {
    if (resolved.cursor->settings.ordered && !other.key.empty() && other.key == entry.key && other.order > entry.order &&
        other.state == MessageState::kLeased) {
      later.push_back(other.uid);
    }
  }
  for (const std::uint64_t uid : later) {
    const ModelEntry* other = resolved.cursor->Find(uid);  // may have come back with one before it
    if (other != nullptr && other->state == MessageState::kLeased) EndAttempt(*resolved.cursor, uid, now_, {}, Nanos{0});
  }
}

void ReferenceModel::Purged(ModelCursor& cursor, std::uint64_t count) {
  std::uint64_t sure = 0;
  for (const ModelEntry& entry : cursor.entries) {
    if (IsThere(cursor, entry)) ++sure;
    cursor.purged.insert(entry.body);
  }
  if (count < sure || count > cursor.entries.size()) {
    Violate(invariant::kCounts, fmt::format("purging {} dropped {}, not {}", cursor.owner.ToString(), count,
                                            cursor.entries.size()));
  }
  cursor.entries.clear();
  if (cursor.is_queue()) queues.at(cursor.owner.name).seen.clear();
}

// ---- looking

void ReferenceModel::CheckStats(const ModelCursor& cursor, const engine::Stats& stats) const {
  std::uint64_t sure[4] = {};
  std::uint64_t most[4] = {};
  std::uint64_t sure_total = 0;
  std::uint64_t sure_bytes = 0;
  std::uint64_t most_bytes = 0;
  std::optional<Time> oldest;
  for (const ModelEntry& entry : cursor.entries) {
    const auto state = static_cast<std::size_t>(entry.state);
    const bool there = IsThere(cursor, entry);
    ++most[state];
    if (entry.stuck) ++most[static_cast<std::size_t>(MessageState::kReady)];
    most_bytes += entry.size;
    if (there) {
      if (!entry.stuck) ++sure[state];
      ++sure_total;
      sure_bytes += entry.size;
    }
    if (entry.state != MessageState::kDelayed && (!oldest || entry.appended < *oldest)) oldest = entry.appended;
  }
  const std::uint64_t shown[4] = {stats.ready, stats.leased, stats.retrying, stats.delayed};
  const std::uint64_t shown_total = stats.ready + stats.leased + stats.retrying + stats.delayed;
  bool exact = shown_total >= sure_total && shown_total <= cursor.entries.size();
  for (std::size_t i = 0; i < 4; ++i) exact = exact && shown[i] >= sure[i] && shown[i] <= most[i];
  if (!exact) {
    Violate(invariant::kCounts,
            fmt::format("{} shows {} ready, {} leased, {} retrying, {} delayed; it has {}, {}, {}, {}",
                        cursor.owner.ToString(), shown[0], shown[1], shown[2], shown[3], most[0], most[1], most[2], most[3]));
  }
  if (stats.bytes < sure_bytes || stats.bytes > most_bytes) {
    Violate(invariant::kCounts,
            fmt::format("{} shows {} bytes; it has {}", cursor.owner.ToString(), stats.bytes, most_bytes));
  }
  if (sure_total != cursor.entries.size()) return;
  const std::optional<Nanos> age = oldest ? std::optional<Nanos>(now_ - *oldest) : std::nullopt;
  if (stats.oldest_age != age) {
    Violate(invariant::kCounts, fmt::format("{} shows an oldest age of {}, not {}", cursor.owner.ToString(),
                                            stats.oldest_age ? FormatDuration(*stats.oldest_age) : "none",
                                            age ? FormatDuration(*age) : "none"));
  }
}

bool ReferenceModel::IsUnsure(const ModelCursor& cursor) const {
  const bool can_move = CanDeadLetter(cursor);
  return std::any_of(cursor.entries.begin(), cursor.entries.end(), [can_move](const ModelEntry& entry) {
    return entry.maybe || entry.unsure || (entry.stuck && can_move);
  });
}

void ReferenceModel::Reconcile(ModelCursor& cursor, const std::vector<engine::PeekedMessage>& peeked) {
  std::set<std::uint64_t> seen;
  for (const engine::PeekedMessage& shown : peeked) {
    ModelEntry& entry =
        Match(cursor, {*shown.message, shown.id, shown.origin, shown.subscription, shown.delivery_format, shown.state},
              seen);
    seen.insert(entry.uid);
    const std::string where = Where(cursor, entry);
    entry.maybe = false;
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
      Violate(invariant::kAnswers, fmt::format("{} shows until {}, not {}", where,
                                               shown.until ? FormatTime(*shown.until) : "never", FormatTime(entry.until)));
    }
    if (!entry.reason.empty() && shown.last_reason != entry.reason) {
      Violate(invariant::kAnswers, fmt::format("{} shows \"{}\", not \"{}\"", where, shown.last_reason, entry.reason));
    }
  }
  const bool can_move = CanDeadLetter(cursor);
  std::vector<std::uint64_t> missing;
  for (const ModelEntry& entry : cursor.entries) {
    if (seen.count(entry.uid) == 0) missing.push_back(entry.uid);
  }
  for (const std::uint64_t uid : missing) {
    const ModelEntry& entry = *cursor.Find(uid);
    const bool may_be_spent =
        entry.stuck || (entry.unsure && can_move && entry.most_attempts >= cursor.settings.redrive->max_attempts);
    if (!IsThere(cursor, entry)) {
      cursor.Remove(uid);
    } else if (may_be_spent && can_move) {
      DeadLetter(cursor, uid, now_);
    } else {
      Violate(invariant::kNothingLost, Where(cursor, entry) + " is not shown");
    }
  }
}

}  // namespace broker::test
