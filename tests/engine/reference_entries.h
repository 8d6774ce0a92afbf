// What the reference model holds, in plain values, and the names of what is held against it.
// Confined to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/engine/commands.h"

namespace broker::test {

inline constexpr Nanos kRetentionLag = std::chrono::milliseconds(1'002);

namespace invariant {
inline constexpr std::string_view kNothingLost = "nothing acknowledged is lost";
inline constexpr std::string_view kNothingBack = "nothing settled comes back";
inline constexpr std::string_view kPurged = "nothing is readable after a purge";
inline constexpr std::string_view kIntact = "what is delivered is what was published";
inline constexpr std::string_view kOrder = "order per key";
inline constexpr std::string_view kOneLease = "one lease at a time";
inline constexpr std::string_view kNotEarly = "nothing before it is due";
inline constexpr std::string_view kCounts = "counts are exact";
inline constexpr std::string_view kAttempts = "attempts are exact";
inline constexpr std::string_view kDeadLetters = "dead-lettered at exactly N";
inline constexpr std::string_view kDedup = "a duplicate is stored once";
inline constexpr std::string_view kReceipts = "a receipt does what it should";
inline constexpr std::string_view kTurns = "the fewest in flight go first";
inline constexpr std::string_view kAgain = "a receive asked for again gets the same";
inline constexpr std::string_view kOnce = "claimed work is done once";
inline constexpr std::string_view kConsumers = "who holds what is known";
inline constexpr std::string_view kLifetime = "nothing is given past its time to live";
inline constexpr std::string_view kBounds = "a full queue takes what fits, and only the oldest goes";
inline constexpr std::string_view kServed = "who waits is served";
inline constexpr std::string_view kFair = "retries leave half to fresh ones";
inline constexpr std::string_view kKept = "what a topic keeps can be read again";
inline constexpr std::string_view kSought = "a seek brings back what it should and nothing else";
inline constexpr std::string_view kReplayed = "a replay gives what was kept, each once";
inline constexpr std::string_view kPaused = "what waits for a paused subscription follows";
inline constexpr std::string_view kSpace = "no space is kept past its bounds";
inline constexpr std::string_view kAnswers = "answers are as the contract says";
}  // namespace invariant

struct Violation {
  std::string_view name;
  std::string what;
};
[[noreturn]] void Violate(std::string_view name, std::string what);

std::string_view StateWord(engine::MessageState state);
std::string_view Short(std::string_view body);

inline constexpr unsigned kShades = 4;
unsigned ShadeOf(std::string_view body);  // of its attribute "shade"

struct ModelFilter {
  unsigned shades = 0;      // a bit for each that passes
  bool reads_body = false;  // looks at bodies, too, of which all pass

  bool Passes(std::string_view body) const;
  std::string Text() const;
};
inline bool Passes(const std::optional<ModelFilter>& filter, std::string_view body) {
  return !filter || filter->Passes(body);
}

struct ModelStory {
  model::ResourceRef source;
  bool ordered = false;          // the source is, and its order was known
  Time appended{};               // of the message, there
  bool moved = false;            // as in ModelEntry, there
  std::uint64_t generation = 0;  // of the cursor that gave up
  std::uint32_t attempts = 0;    // 0: a crash left open how many
  std::string reason;            // empty: not checked
};

struct ModelEntry {
  std::uint64_t uid = 0;    // never reused
  std::uint64_t order = 0;  // in its log
  std::string body;
  std::string key;
  std::uint64_t size = 0;
  std::optional<model::MessageId> id;      // once known
  std::optional<model::MessageId> origin;  // zero: none; nullopt: not checked
  std::string subscription;
  std::string format;
  std::vector<ModelStory> stories;

  Time appended{};
  engine::MessageState state = engine::MessageState::kReady;
  Time until{};     // of a lease, a backoff, a delay
  Nanos spread{0};  // by so much earlier may a backoff end: by chance, until a look tells
  Time expires{};   // of its time to live; none: never
  std::uint32_t attempts = 0;
  std::string reason;
  std::uint32_t lease = 0;         // the newest lease's number
  std::uint32_t surely_from = 0;   // receipts of leases from here on act
  std::uint32_t perhaps_from = 0;  // those from here on may act: a power cut undid newer ones

  bool moved = false;        // came due or from elsewhere: what moves at one moment has no order but that of its source
  bool was_delayed = false;  // came due here: its id is older than its place
  bool fresh = true;         // never handed out, and nothing else ever happened to it
  bool redriven = false;     // into a subscription: it was there before what is unread, and may go first
  bool maybe = false;        // may not be there at all
  bool perhaps_dropped = false;      // to make room, and then it is a dead letter if it can be one
  bool stuck = false;                // spent, and could not be dead-lettered: in which backoff it is, is not said
  bool unsure = false;               // of state and attempts: a power cut may have undone changes
  bool dirty = false;                // has changes that a power cut may undo; as it was before them:
  std::uint32_t synced_lease = 0;    // perhaps_from
  std::uint32_t least_attempts = 0;  // since then
  std::uint32_t most_attempts = 0;

  bool Passed(Time at) const { return expires != Time{} && expires <= at; }
  void CountAttempts(std::uint32_t now) {
    attempts = now;
    least_attempts = std::min(least_attempts, now);
    most_attempts = std::max(most_attempts, now);
  }
};

struct ModelTotals {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  ModelTotals& operator+=(const ModelTotals& other) {
    messages += other.messages;
    bytes += other.bytes;
    return *this;
  }
};

struct ModelCursor {
  std::uint64_t generation = 0;
  model::ResourceRef owner;
  model::DeliverySettings settings;
  Time retention_since{};  // when the retention was set
  Nanos delay{0};          // a queue's
  Nanos message_ttl{0};    // a queue's
  model::Bounds bounds;    // a queue's
  std::vector<ModelEntry> entries;
  Time received{};                    // of its last receive, that may have read past what waits for its turn
  bool recovered = false;             // its position may have gone back once: what is fresh to it is not known
  std::set<std::string> purged;       // bodies
  std::vector<ModelEntry> reached;    // unread when their time to live had passed: a crash may undo that they went
  std::optional<ModelFilter> filter;  // of a pull subscription
  // From a snapshot of one that filters otherwise: at most so much counts until a receive comes to it, and is never shown.
  ModelTotals ghosts;
  std::uint64_t epoch = 0;         // of its receipts: a purge or seek begins a new one
  std::optional<Time> kept_since;  // that retains what it settled: what came later is kept for the retention

  bool IsBounded() const { return bounds.max_messages > 0 || bounds.max_bytes > 0; }
  bool is_queue() const { return owner.kind == model::ResourceKind::kQueue; }
  bool synced_leases() const { return settings.ordered || settings.exactly_once; }
  model::Target target() const { return {owner.kind, owner.name}; }
  ModelEntry* Find(std::uint64_t uid);
  void Remove(std::uint64_t uid);
};

struct ModelReceipt {
  std::string text;
  model::ResourceRef owner;
  std::uint64_t generation = 0;
  std::uint64_t uid = 0;
  std::uint32_t lease = 0;
  std::uint64_t epoch = 0;
  std::string consumer;
  std::uint64_t life = 0;  // of the broker
};

// One message that a receive with an attempt id was given.
struct ModelGiven {
  std::uint64_t uid = 0;
  std::uint32_t lease = 0;
  Time until{};
};

struct ModelDedup {
  model::MessageId id;
  Time time{};
};
using ModelDedupTable = std::map<std::pair<std::string, std::string>, ModelDedup>;  // (scope, id)

// A message of a topic, as one cursor or another may get it.
struct ModelTopic {
  std::string name;
  std::uint64_t generation = 0;
  model::Deduplication deduplication;
  ModelDedupTable seen;
  std::vector<ModelEntry> delayed;
  std::vector<ModelEntry> history;  // all that was ever readable here
  Nanos retention{0};
  Time kept_since{};  // what came later is kept for the retention
};

struct ModelSubscription {
  std::string name;
  std::string topic;  // empty: deleted
  std::optional<std::string> queue;
  std::string format;
  std::shared_ptr<ModelCursor> cursor;  // of a pull subscription
  std::uint64_t topic_generation = 0;
  std::uint64_t generation = 0;  // its own: the topic gives to the oldest first
  std::optional<ModelFilter> filter;
  std::optional<model::RedrivePolicy> copies_to;  // those that the queue has no room for
  bool paused = false;
  std::vector<ModelEntry> waiting;  // for the queue, while it is paused
};

struct ModelSnapshot {
  std::uint64_t topic_generation = 0;
  std::uint64_t order = 0;  // what came later has a greater one
  Time expires{};
  std::vector<ModelEntry> entries;  // what was not settled, and all that came since
};

// What a batch is about to add to a queue.
struct ModelPlan {
  ModelTotals all;
  ModelTotals delayed;
};
using ModelPlans = std::map<const ModelCursor*, ModelPlan>;

struct ModelQueue {
  std::shared_ptr<ModelCursor> cursor;
  model::DeadLetterAccess access;
  model::Deduplication deduplication;
  ModelDedupTable seen;
};

std::string Where(const ModelCursor& cursor, const ModelEntry& entry);

}  // namespace broker::test
