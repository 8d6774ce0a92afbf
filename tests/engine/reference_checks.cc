// What the engine answers, held against the model: deliveries, settling, counts.
#include <fmt/format.h>

#include <algorithm>

#include "broker/base/duration.h"
#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;

// ---- receive

ReferenceModel::Deliverable ReferenceModel::CountDeliverable(const ModelCursor& cursor) const {
  Deliverable count;
  if (cursor.settings.paused) return count;
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
  if (cursor.settings.paused) Violate(invariant::kPaused, where + " was handed out");
  if (entry.Passed(now_)) {
    Violate(invariant::kLifetime, fmt::format("{} was handed out; it expired {}", where, FormatTime(entry.expires)));
  }
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
  cursor.received = now_;
  const Deliverable deliverable = CountDeliverable(cursor);
  if (deliveries.size() > max_messages) {
    Violate(invariant::kAnswers, fmt::format("{} gave {} messages, at most {} were asked for", cursor.owner.ToString(),
                                             deliveries.size(), max_messages));
  }
  // Of an ordered cursor, what follows its key's retried head may come with the next receive.
  const std::size_t least = cursor.settings.ordered || cursor.ghosts.messages > 0
                                ? std::min<std::size_t>(1, deliverable.sure)
                                : std::min<std::size_t>(max_messages, deliverable.sure);
  if (alone && deliveries.size() < least) {
    Violate(invariant::kServed,
            fmt::format("{} gave {} messages; {} were ready and {} asked for", cursor.owner.ToString(),
                        deliveries.size(), deliverable.sure, max_messages));
  }
  std::set<std::uint64_t> taken;
  std::size_t retries = 0;
  for (const engine::Delivery& delivery : deliveries) {
    ModelEntry& entry = Match(cursor,
                              {*delivery.message,
                               delivery.id,
                               delivery.origin,
                               delivery.subscription,
                               delivery.delivery_format,
                               MessageState::kReady,
                               {}},
                              taken);
    CheckMayGo(cursor, entry, taken);
    if (entry.unsure && delivery.attempt > entry.least_attempts && delivery.attempt <= entry.most_attempts + 1) {
      entry.attempts = delivery.attempt - 1;
      entry.reason.clear();
    }
    if (delivery.attempt != entry.attempts + 1) {
      Violate(invariant::kAttempts, fmt::format("{} came as attempt {}", Where(cursor, entry), delivery.attempt));
    }
    if (delivery.lease_deadline != now_ + visibility_timeout) {
      Violate(invariant::kAnswers,
              fmt::format("{} is leased until {}, not for {}", Where(cursor, entry),
                          FormatTime(delivery.lease_deadline), FormatDuration(visibility_timeout)));
    }
    taken.insert(entry.uid);
    if (entry.lease > 0) ++retries;
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
  if (alone && cursor.ghosts.messages == 0) CheckTurns(cursor, taken);
  for (const engine::Delivery& delivery : deliveries) {
    const auto entry = std::find_if(cursor.entries.begin(), cursor.entries.end(), [&](const ModelEntry& candidate) {
      return candidate.id == delivery.id && taken.count(candidate.uid) > 0 &&
             candidate.body == delivery.message->content.body;
    });
    MarkDirty(cursor, *entry);
    entry->state = MessageState::kLeased;
    entry->until = now_ + visibility_timeout;
    entry->CountAttempts(entry->attempts + 1);
    ++entry->lease;
    entry->surely_from = entry->perhaps_from = entry->lease;
    entry->fresh = entry->maybe = entry->stuck = entry->unsure = false;
    receipts.push_back(
        {delivery.receipt, cursor.owner, cursor.generation, entry->uid, entry->lease, cursor.epoch, {}, 0});
  }
}

// ---- settle

ReferenceModel::Resolved ReferenceModel::Resolve(const ModelReceipt& receipt, bool needs_lease) {
  Resolved resolved;
  resolved.cursor = FindCursor(receipt.owner);
  if (resolved.cursor == nullptr || resolved.cursor->generation != receipt.generation) return resolved;
  if (receipt.epoch != resolved.cursor->epoch) return resolved;
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
                        resolved.entry == nullptr ? "what is gone" : Where(*resolved.cursor, *resolved.entry), word,
                        expected));
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
  if (status.ok() && receipt.epoch != resolved.cursor->epoch) violate("lease_lost");
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
                            std::optional<Nanos> backoff) {
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
    EndAttempt(*resolved.cursor, receipt.uid, now_, "its receiver went away", std::nullopt);
    return;
  }
  // As if it had never been delivered; what came with it behind its key comes back by the rule for that.
  ModelEntry& entry = *resolved.entry;
  MarkDirty(*resolved.cursor, entry);
  entry.CountAttempts(entry.attempts - 1);
  entry.state = MessageState::kReady;
  const bool passed = entry.Passed(now_);
  std::vector<std::uint64_t> later;
  for (ModelEntry& other : resolved.cursor->entries) {
    const bool of_key = resolved.cursor->settings.ordered && !other.key.empty() && other.key == entry.key;
    if (!of_key || other.uid == entry.uid || other.state != MessageState::kLeased) continue;
    if (Unordered(other, entry)) {
      Doubt(other);
    } else if (other.order > entry.order) {
      later.push_back(other.uid);
    }
  }
  for (const std::uint64_t uid : later) {
    const ModelEntry* other = resolved.cursor->Find(uid);  // may have come back with one before it
    if (other != nullptr && other->state == MessageState::kLeased)
      EndAttempt(*resolved.cursor, uid, now_, {}, Nanos{0});
  }
  if (passed) resolved.cursor->Remove(receipt.uid);
}

void ReferenceModel::Purged(ModelCursor& cursor, std::uint64_t count) {
  std::uint64_t sure = 0;
  for (const ModelEntry& entry : cursor.entries) {
    if (IsThere(cursor, entry)) ++sure;
    cursor.purged.insert(entry.body);
  }
  if (count < sure || count > cursor.entries.size() + cursor.ghosts.messages) {
    Violate(invariant::kCounts,
            fmt::format("purging {} dropped {}, not {}", cursor.owner.ToString(), count, cursor.entries.size()));
  }
  cursor.entries.clear();
  cursor.reached.clear();
  cursor.ghosts = {};
  ++cursor.epoch;
  if (cursor.kept_since) cursor.kept_since = now_;
  if (cursor.is_queue()) queues.at(cursor.owner.name).seen.clear();
}

// ---- looking

void ReferenceModel::CheckStats(const ModelCursor& cursor, const engine::Stats& stats) const {
  std::uint64_t sure[4] = {};
  std::uint64_t most[4] = {};
  std::uint64_t sure_total = 0;
  std::uint64_t sure_bytes = 0;
  std::uint64_t most_bytes = cursor.ghosts.bytes;
  most[static_cast<std::size_t>(MessageState::kReady)] = cursor.ghosts.messages;
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
  bool exact = shown_total >= sure_total && shown_total <= cursor.entries.size() + cursor.ghosts.messages;
  for (std::size_t i = 0; i < 4; ++i) exact = exact && shown[i] >= sure[i] && shown[i] <= most[i];
  if (!exact) {
    Violate(invariant::kCounts,
            fmt::format("{} shows {} ready, {} leased, {} retrying, {} delayed; it has {}, {}, {}, {}",
                        cursor.owner.ToString(), shown[0], shown[1], shown[2], shown[3], most[0], most[1], most[2],
                        most[3]));
  }
  if (stats.bytes < sure_bytes || stats.bytes > most_bytes) {
    Violate(invariant::kCounts,
            fmt::format("{} shows {} bytes; it has {}", cursor.owner.ToString(), stats.bytes, most_bytes));
  }
  if (stats.unscanned > 0) {
    Violate(invariant::kCounts,
            fmt::format("{} has {} to scan although all is quiet", cursor.owner.ToString(), stats.unscanned));
  }
  if (sure_total != cursor.entries.size() || cursor.ghosts.messages > 0) return;
  const std::optional<Nanos> age = oldest ? std::optional<Nanos>(now_ - *oldest) : std::nullopt;
  if (stats.oldest_age != age) {
    Violate(invariant::kCounts, fmt::format("{} shows an oldest age of {}, not {}", cursor.owner.ToString(),
                                            stats.oldest_age ? FormatDuration(*stats.oldest_age) : "none",
                                            age ? FormatDuration(*age) : "none"));
  }
}

}  // namespace broker::test
