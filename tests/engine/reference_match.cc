// Which message of the model an answer shows, and whether it is as it should be.
#include "tests/engine/reference_model.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string Where(const ModelCursor& cursor, const ModelEntry& entry) {
  return fmt::format("{}: \"{}\" ({}, attempt {}, key \"{}\")", cursor.owner.ToString(), Short(entry.body),
                     StateWord(entry.state), entry.attempts, entry.key);
}

namespace {

bool SameStories(const std::vector<ModelStory>& expected, const std::vector<model::DeadLetterEntry>& shown) {
  if (expected.size() != shown.size()) return false;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (expected[i].source != shown[i].source) return false;
  }
  return true;
}

// As far as they are known.
bool SameAttempts(const ModelStory& expected, const model::DeadLetterEntry& shown) {
  return expected.attempts == 0 || expected.attempts == shown.attempts;
}

bool SameReason(const ModelStory& expected, const model::DeadLetterEntry& shown) {
  return expected.reason.empty() || expected.reason == shown.reason;
}

// REQUIRES: SameStories
bool TellTheSame(const std::vector<ModelStory>& expected, const std::vector<model::DeadLetterEntry>& shown) {
  return std::equal(expected.begin(), expected.end(), shown.begin(),
                    [](const auto& a, const auto& b) { return SameAttempts(a, b) && SameReason(a, b); });
}

}  // namespace

// Of those with the shown body: how much of what is known of it the entry shares. What is known of both and differs weighs
// more than what is known of one only.
int ReferenceModel::Likeness(const ModelCursor& cursor, const ModelEntry& entry, const Shown& shown) const {
  const bool same_way = entry.subscription == shown.subscription && entry.format == shown.format &&
                        entry.key == shown.message.content.ordering_key;
  const int same_origin = !entry.origin ? 1 : *entry.origin == shown.origin ? 2 : 0;
  const bool same_state = entry.state == shown.state;
  const bool delayed = entry.state == MessageState::kDelayed;
  const bool in_place = delayed == (shown.state == MessageState::kDelayed) && !OutOfPlace(cursor, entry, shown.id);
  const bool same_until = same_state && entry.state != MessageState::kReady && shown.until == entry.until;
  const bool same_told = TellTheSame(entry.stories, shown.message.dead_letter);
  return (same_told ? 128 : 0) + (same_way ? 64 : 0) + (in_place ? 32 : 0) + (same_until ? 16 : 0) + same_origin * 4 +
         (IsThere(cursor, entry) ? 5 : 0) + (same_state ? 1 : 0);
}

// In a log ids follow the order of arrival, but for what was delayed and kept its own.
bool ReferenceModel::OutOfPlace(const ModelCursor& cursor, const ModelEntry& entry, model::MessageId id) {
  if (entry.was_delayed) return false;
  return std::any_of(cursor.entries.begin(), cursor.entries.end(), [&](const ModelEntry& other) {
    if (!other.id || other.id->log != id.log || other.was_delayed || other.appended == entry.appended) return false;
    return (other.appended < entry.appended) != (*other.id < id);
  });
}

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
    if (const int likeness = Likeness(cursor, entry, shown); likeness > best) {
      found = &entry;
      best = likeness;
    }
  }
  if (found == nullptr) {
    const std::string what =
        fmt::format("{} shows \"{}\" with id {}", cursor.owner.ToString(), body, shown.id.ToString());
    if (cursor.purged.count(body) > 0) Violate(invariant::kPurged, what);
    Violate(invariant::kNothingBack, what);
  }
  const ModelEntry& entry = *found;
  const std::string where = Where(cursor, entry);
  if (entry.body != body || entry.key != shown.message.content.ordering_key) {
    Violate(invariant::kIntact,
            fmt::format("{} came as \"{}\" with key \"{}\"", where, body, shown.message.content.ordering_key));
  }
  if (entry.subscription != shown.subscription || entry.format != shown.format) {
    Violate(invariant::kIntact, fmt::format("{} came through \"{}\" as \"{}\", not through \"{}\" as \"{}\"", where,
                                            shown.subscription, shown.format, entry.subscription, entry.format));
  }
  if (entry.origin && *entry.origin != shown.origin) {
    Violate(invariant::kIntact,
            fmt::format("{} came with origin {}, not {}", where, shown.origin.ToString(), entry.origin->ToString()));
  }
  for (std::size_t i = 0; i < entry.stories.size(); ++i) {
    const ModelStory& expected = entry.stories[i];
    if (i >= shown.message.dead_letter.size()) Violate(invariant::kDeadLetters, where + " lacks a story");
    const model::DeadLetterEntry& story = shown.message.dead_letter[i];
    if (!SameAttempts(expected, story)) {
      Violate(invariant::kDeadLetters, fmt::format("{} tells of {} attempts at {}, not {}", where, story.attempts,
                                                   story.source.ToString(), expected.attempts));
    }
    if (!SameReason(expected, story)) {
      Violate(invariant::kDeadLetters,
              fmt::format("{} tells \"{}\", not \"{}\"", where, story.reason, expected.reason));
    }
  }
  if (found->id) return *found;
  found->id = shown.id;
  const std::uint64_t uid = found->uid;
  SortTies(cursor, *found);
  return *cursor.Find(uid);
}

// Copies that nothing else tells apart, all seen at once, are told apart by their order.
void ReferenceModel::TellApart(ModelCursor& cursor, const std::vector<engine::PeekedMessage>& peeked) {
  std::map<std::string, std::vector<const engine::PeekedMessage*>> shown;
  for (const engine::PeekedMessage& message : peeked) {
    const bool known = std::any_of(cursor.entries.begin(), cursor.entries.end(),
                                   [&](const ModelEntry& entry) { return entry.id == message.id; });
    if (!known) shown[message.message->content.body].push_back(&message);
  }
  for (auto& [body, copies] : shown) {
    std::vector<ModelEntry*> all;
    std::vector<ModelEntry*> there;
    for (ModelEntry& entry : cursor.entries) {
      if (entry.id || entry.body != body) continue;
      all.push_back(&entry);
      if (IsThere(cursor, entry)) there.push_back(&entry);
    }
    const auto& chosen = all.size() == copies.size() ? all : there;
    if (copies.size() < 2 || chosen.size() != copies.size()) continue;
    std::sort(copies.begin(), copies.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    const auto may_be = [](const ModelEntry* entry, const engine::PeekedMessage* copy) {
      const bool delayed = entry->state == MessageState::kDelayed;
      return !entry->was_delayed && entry->key == copy->message->content.ordering_key &&
             entry->subscription == copy->subscription && entry->format == copy->delivery_format &&
             SameStories(entry->stories, copy->message->dead_letter) &&
             TellTheSame(entry->stories, copy->message->dead_letter) &&
             (!entry->origin || *entry->origin == copy->origin) && delayed == (copy->state == MessageState::kDelayed) &&
             (!delayed || entry->until == copy->until);
    };
    if (!std::equal(chosen.begin(), chosen.end(), copies.begin(), may_be)) continue;
    for (std::size_t i = 0; i < copies.size(); ++i) chosen[i]->id = copies[i]->id;
  }
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
  std::sort(cursor.entries.begin(), cursor.entries.end(),
            [](const ModelEntry& a, const ModelEntry& b) { return a.order < b.order; });
}

}  // namespace broker::test
