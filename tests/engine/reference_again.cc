// Receives that are asked for again, who holds what, whose turn it is, and messages that were moved.
#include <fmt/format.h>

#include <algorithm>

#include "tests/engine/reference_model.h"

namespace broker::test {

using engine::MessageState;

std::vector<ModelGiven> ReferenceModel::GivenSince(std::size_t first_receipt) {
  std::vector<ModelGiven> given;
  for (std::size_t i = first_receipt; i < receipts.size(); ++i) {
    const ModelEntry& entry = *FindCursor(receipts[i].owner)->Find(receipts[i].uid);
    given.push_back({entry.uid, entry.lease, entry.until});
  }
  return given;
}

// A time to live that has passed ends no lease.
std::optional<bool> ReferenceModel::AllHeld(ModelCursor& cursor, const std::vector<ModelGiven>& given) {
  bool held = true;
  for (const ModelGiven& each : given) {
    const ModelEntry* entry = cursor.Find(each.uid);
    if (entry != nullptr && (entry->unsure || !IsThere(cursor, *entry))) return std::nullopt;
    held = held && entry != nullptr && entry->state == MessageState::kLeased && entry->lease == each.lease &&
           entry->until == each.until;
  }
  return held;
}

void ReferenceModel::ReceivedAgain(ModelCursor& cursor, const std::vector<engine::Delivery>& deliveries,
                                   const std::vector<ModelGiven>& given, Nanos visibility_timeout) {
  if (deliveries.size() != given.size()) {
    Violate(invariant::kAgain, fmt::format("{} gave {} messages when asked again, not {}", cursor.owner.ToString(),
                                           deliveries.size(), given.size()));
  }
  for (const engine::Delivery& delivery : deliveries) {
    const auto same = std::find_if(given.begin(), given.end(),
                                   [&](const ModelGiven& each) { return cursor.Find(each.uid)->id == delivery.id; });
    if (same == given.end()) {
      Violate(invariant::kAgain, fmt::format("{} gave \"{}\" when asked again, which it had not given",
                                             cursor.owner.ToString(), Short(delivery.message->content.body)));
    }
    ModelEntry& entry = *cursor.Find(same->uid);
    if (delivery.attempt != entry.attempts || delivery.lease_deadline != now_ + visibility_timeout) {
      Violate(invariant::kAgain, fmt::format("{} came again as attempt {}", Where(cursor, entry), delivery.attempt));
    }
    MarkDirty(cursor, entry);
    entry.until = now_ + visibility_timeout;
    ++entry.lease;
    entry.surely_from = entry.perhaps_from = entry.lease;
    receipts.push_back(
        {delivery.receipt, cursor.owner, cursor.generation, entry.uid, entry.lease, cursor.epoch, {}, 0});
  }
}

std::optional<std::map<std::string, std::uint64_t>> ReferenceModel::HeldByConsumer(ModelCursor& cursor,
                                                                                   std::uint64_t life) {
  std::map<std::string, std::uint64_t> held;
  for (const ModelEntry& entry : cursor.entries) {
    if (entry.unsure || !IsThere(cursor, entry)) return std::nullopt;
    if (entry.state != MessageState::kLeased) continue;
    for (const ModelReceipt& receipt : receipts) {
      const bool newest =
          receipt.generation == cursor.generation && receipt.uid == entry.uid && receipt.lease == entry.lease;
      if (newest && receipt.life == life) ++held[receipt.consumer];
    }
  }
  return held;
}

// Whoever was handed something had no more in flight than a group that still has something fresh.
void ReferenceModel::CheckTurns(const ModelCursor& cursor, const std::set<std::uint64_t>& taken) const {
  if (!warm_since || cursor.settings.ordered || cursor.recovered || taken.empty()) return;
  std::map<std::string, std::size_t> in_flight;
  std::set<std::string> chosen;
  std::set<std::string> waiting;
  for (const ModelEntry& entry : cursor.entries) {
    if (entry.unsure || entry.stuck || !IsThere(cursor, entry) || entry.appended <= *warm_since) return;
    if (cursor.filter && entry.was_delayed) return;  // the filter looks at what may have been published long before
    const bool taken_now = taken.count(entry.uid) > 0;
    if (taken_now) chosen.insert(entry.key);
    if (taken_now || entry.state == MessageState::kLeased) ++in_flight[entry.key];
    if (!taken_now && entry.fresh && entry.state == MessageState::kReady) waiting.insert(entry.key);
  }
  for (const std::string& key : chosen) {
    for (const std::string& other : waiting) {
      if (in_flight[key] <= in_flight[other] + 1) continue;
      Violate(invariant::kTurns, fmt::format("{} gave to \"{}\", which has {} in flight, while \"{}\" has {} and waits",
                                             cursor.owner.ToString(), key, in_flight[key], other, in_flight[other]));
    }
  }
}

// ---- moves

ModelEntry ReferenceModel::Moved(const ModelEntry& message) {
  ModelEntry entry;
  entry.body = message.body;
  entry.key = message.key;
  entry.size = message.size;
  entry.subscription = message.subscription;
  entry.format = message.format;
  entry.stories = message.stories;
  if (message.origin) entry.origin = *message.origin != model::MessageId{} ? message.origin : message.id;
  entry.moved = true;
  return entry;
}

void ReferenceModel::AddMoved(ModelQueue& queue, const ModelEntry& message) {
  ModelEntry moved = Moved(message);
  moved.expires = DefaultExpiry(*queue.cursor, now_ + HeadDelay(*queue.cursor));
  Append(*queue.cursor, std::move(moved), now_);
}

void ReferenceModel::AddMoved(ModelTopic& topic, const ModelEntry& message) {
  FanOut(topic, Moved(message), now_, Copies::kDeadLetters);
}

}  // namespace broker::test
