// What the engine's contract says, as simply as it can be said: every cursor is a list of messages, every message a
// record of what happened to it. No logs, positions, pages or chunks. The model does not choose: the engine's answers
// are held against what was allowed, then applied.
//
// Time is exact, with one exception: a message may outlive its retention by kRetentionLag, so between the two it may be
// there or not. Likewise after a crash: what was not synced may or may not have happened (`dirty`, `maybe`), until a
// peek shows.
//
// Each check has a name, one of the invariants below; a Violation carries it.
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
  Time until{};  // of a lease, a backoff, a delay
  std::uint32_t attempts = 0;
  std::string reason;
  std::uint32_t lease = 0;         // the newest lease's number
  std::uint32_t surely_from = 0;   // receipts of leases from here on act
  std::uint32_t perhaps_from = 0;  // those from here on may act: a power cut undid newer ones

  bool moved = false;     // came due or from elsewhere: what moves at one moment has no order but that of its source
  bool was_delayed = false;  // came due here: its id is older than its place
  bool fresh = true;      // never handed out, and nothing else ever happened to it
  bool redriven = false;  // into a subscription: it was there before what is unread, and may go first
  bool maybe = false;     // may not be there at all
  bool stuck = false;     // spent, and could not be dead-lettered: in which backoff it is, is not said
  bool unsure = false;    // of state and attempts: a power cut may have undone changes
  bool dirty = false;     // has changes that a power cut may undo; as it was before them:
  std::uint32_t synced_lease = 0;    // perhaps_from
  std::uint32_t least_attempts = 0;  // since then
  std::uint32_t most_attempts = 0;

  void CountAttempts(std::uint32_t now) {
    attempts = now;
    least_attempts = std::min(least_attempts, now);
    most_attempts = std::max(most_attempts, now);
  }
};

struct ModelCursor {
  std::uint64_t generation = 0;
  model::ResourceRef owner;
  model::DeliverySettings settings;
  Time retention_since{};  // when the retention was set
  Nanos delay{0};          // a queue's
  std::vector<ModelEntry> entries;
  bool recovered = false;        // its position may have gone back once: what is fresh to it is not known
  std::set<std::string> purged;  // bodies
  std::uint64_t epoch = 0;       // of its receipts: a purge or seek begins a new one
  std::optional<Time> kept_since;  // that retains what it settled: what came later is kept for the retention

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
  Time kept_since{};                // what came later is kept for the retention
};

struct ModelSubscription {
  std::string name;
  std::string topic;  // empty: deleted
  std::optional<std::string> queue;
  std::string format;
  std::shared_ptr<ModelCursor> cursor;  // of a pull subscription
  std::uint64_t topic_generation = 0;
  bool paused = false;
  std::vector<ModelEntry> waiting;  // for the queue, while it is paused
};

struct ModelSnapshot {
  std::uint64_t topic_generation = 0;
  std::uint64_t order = 0;  // what came later has a greater one
  Time expires{};
  std::vector<ModelEntry> entries;  // what was not settled, and all that came since
};

struct ModelQueue {
  std::shared_ptr<ModelCursor> cursor;
  model::Deduplication deduplication;
  ModelDedupTable seen;
};

std::string Where(const ModelCursor& cursor, const ModelEntry& entry);

class ReferenceModel {
 public:
  std::map<std::string, ModelTopic> topics;
  std::map<std::string, ModelQueue> queues;
  std::map<std::string, ModelSubscription> subscriptions;
  std::map<std::string, ModelSnapshot> snapshots;
  std::vector<ModelReceipt> receipts;  // all that were ever given, but for those of uncounted releases

  // ---- time
  // Does what comes due up to `now`, each at its time.
  void AdvanceTo(Time now);
  // The broker was away until `now`: what came due meanwhile happens now.
  void Resume(Time now);
  Time now() const { return now_; }

  // ---- cursors
  std::vector<ModelCursor*> Cursors();
  ModelCursor* FindCursor(const model::ResourceRef& owner);
  std::shared_ptr<ModelCursor> NewCursor(model::ResourceRef owner, model::DeliverySettings settings, Nanos delay);
  std::uint64_t NextGeneration() { return ++last_generation_; }

  // ---- publish
  // `content` with body, key and size; `id` where it is known. Fans out, delays.
  void AddToQueue(ModelQueue& queue, ModelEntry message, Nanos delay);
  void AddToTopic(ModelTopic& topic, ModelEntry message, Nanos delay);
  std::uint32_t Listeners(const std::string& topic) const;

  // ---- receive and settle
  // What may be handed out now, surely; at most.
  struct Deliverable {
    std::size_t sure = 0;
    std::size_t most = 0;
  };
  Deliverable CountDeliverable(const ModelCursor& cursor) const;
  // `alone`: nobody else received in the same step, so that the answer must be full.
  void Received(ModelCursor& cursor, const std::vector<engine::Delivery>& deliveries, std::uint32_t max_messages,
                Nanos visibility_timeout, bool alone);
  // Each checks the answer's status and applies it. True: look with a peek, the outcome cannot be known.
  bool Acked(const ModelReceipt& receipt, const Status& status);
  bool Nacked(const ModelReceipt& receipt, const Status& status, const std::string& reason, Nanos backoff);
  bool Extended(const ModelReceipt& receipt, const Status& status, Nanos visibility_timeout);
  void Released(const ModelReceipt& receipt, bool counted);
  void Purged(ModelCursor& cursor, std::uint64_t count);
  // Whose turn it is can be told of what was appended after this: what came before may be cold, and is read ahead while
  // others are handed out. None: of nothing.
  std::optional<Time> warm_since;

  // ---- reference_again.cc
  std::vector<ModelGiven> GivenSince(std::size_t first_receipt);
  // Whether all is as it was given; nullopt: that cannot be known.
  std::optional<bool> AllHeld(ModelCursor& cursor, const std::vector<ModelGiven>& given);
  void ReceivedAgain(ModelCursor& cursor, const std::vector<engine::Delivery>& deliveries,
                     const std::vector<ModelGiven>& given, Nanos visibility_timeout);
  // Leases by consumer, of this life of the broker; nullopt: that cannot be known.
  std::optional<std::map<std::string, std::uint64_t>> HeldByConsumer(ModelCursor& cursor, std::uint64_t life);

  // ---- moves: as AddRedriven, to wherever
  void AddMoved(ModelQueue& queue, const ModelEntry& message);
  void AddMoved(ModelTopic& topic, const ModelEntry& message);

  // ---- looking
  void CheckStats(const ModelCursor& cursor, const engine::Stats& stats) const;
  // `peeked`: all of the cursor, in every state. Settles what was unsure.
  void Reconcile(ModelCursor& cursor, const std::vector<engine::PeekedMessage>& peeked);
  // Whether a peek would tell something that is not known.
  bool IsUnsure(const ModelCursor& cursor) const;
  // Whether the receipt acts, or does not, for sure.
  bool IsCertain(const ModelReceipt& receipt);

  // ---- replay (reference_replay.cc)
  enum class Verdict { kMust, kMay, kMustNot };
  // Whether a seek to `time` is taken.
  Verdict MaySeek(const ModelTopic& topic, const ModelCursor& cursor, Time time) const;
  void SoughtTime(ModelCursor& cursor, const ModelTopic& topic, Time time);
  void SoughtSnapshot(ModelCursor& cursor, const ModelSnapshot& snapshot);
  ModelSnapshot Freeze(const ModelCursor& cursor, const ModelTopic& topic, Time expires);
  void ChangeTopicRetention(ModelTopic& topic, Nanos retention);
  // How many messages were given, surely and at most.
  Deliverable Replayed(const ModelTopic& topic, ModelCursor& queue, Time from, Time to, const std::string& format);
  void Resumed(ModelSubscription& subscription);
  // Of a paused subscription: how many wait, surely and at most.
  Deliverable CountWaiting(const ModelSubscription& subscription) const;

  // ---- crashes
  void Synced();    // nothing is at a power cut's mercy any more
  void PowerCut();  // what is dirty may be as it was
  void Died();      // any position may have stopped between commits

  // A message that is handed back to `source` from its dead-letter queue.
  void AddRedriven(ModelCursor& source, const ModelEntry& letter);
  // A message of a topic's past that a new cursor begins with.
  void AddEarliest(ModelCursor& cursor, const ModelEntry& message);
  ModelCursor* FindGeneration(std::uint64_t generation);
  // After the policy was replaced.
  void UpdateRedrive(ModelCursor& cursor);
  void ChangeRetention(ModelCursor& cursor, Nanos retention);
  // A receive whose answer was lost in a crash.
  void PerhapsReceived(ModelCursor& cursor);

 private:
  enum class Expiry { kNo, kMaybe, kYes };
  enum class Acts { kNo, kPerhaps, kYes };

  Expiry ExpiryOf(const ModelCursor& cursor, const ModelEntry& entry, Time at) const;
  void Append(ModelCursor& cursor, ModelEntry entry, Time at);
  void AppendDelayed(ModelCursor& cursor, ModelEntry entry, Nanos delay);
  void FanOut(ModelTopic& topic, const ModelEntry& message, Time at);
  void GiveTo(ModelCursor& queue, ModelEntry entry, const std::string& subscription, const std::string& format,
              Time at);
  static bool SurelyKept(const ModelTopic& topic, Time appended, Time now);
  void Restart(ModelCursor& cursor, std::vector<ModelEntry> entries);
  bool Step(Time limit, bool resume);
  void EndAttempt(ModelCursor& cursor, std::uint64_t uid, Time at, const std::string& reason, Nanos backoff);
  static void Doubt(ModelEntry& entry);
  void DoubtLater(ModelCursor& cursor, const ModelEntry& entry);
  void DeadLetter(ModelCursor& cursor, std::uint64_t uid, Time at);
  void MarkDirty(ModelCursor& cursor, ModelEntry& entry);
  bool CanDeadLetter(const ModelCursor& cursor) const;
  bool IsThere(const ModelCursor& cursor, const ModelEntry& entry) const;
  // What an answer shows of a message, found and compared.
  struct Shown {
    const model::Message& message;
    model::MessageId id;
    model::MessageId origin;
    const std::string& subscription;
    const std::string& format;
    engine::MessageState state;
    std::optional<Time> until;
  };
  static int Likeness(const ModelCursor& cursor, const ModelEntry& entry, const Shown& shown);
  static bool OutOfPlace(const ModelCursor& cursor, const ModelEntry& entry, model::MessageId id);
  ModelEntry& Match(ModelCursor& cursor, const Shown& shown, const std::set<std::uint64_t>& taken);
  // Whether which of the two comes first is not said.
  static bool Unordered(const ModelEntry& a, const ModelEntry& b);
  static void SortTies(ModelCursor& cursor, const ModelEntry& one);
  void CheckTurns(const ModelCursor& cursor, const std::set<std::uint64_t>& taken) const;
  static ModelEntry Moved(const ModelEntry& message);
  void CheckMayGo(const ModelCursor& cursor, const ModelEntry& entry, const std::set<std::uint64_t>& taken) const;
  // The cursor and entry that a receipt is of, and whether it acts; checks the refusals that are certain.
  struct Resolved {
    ModelCursor* cursor = nullptr;
    ModelEntry* entry = nullptr;
    Acts acts = Acts::kNo;
  };
  Resolved Resolve(const ModelReceipt& receipt, bool needs_lease);
  Resolved CheckAnswer(const ModelReceipt& receipt, const Status& status, bool needs_lease);

  Time now_{};
  std::uint64_t last_uid_ = 0;
  std::uint64_t last_order_ = 0;
  std::uint64_t last_generation_ = 0;
  bool any_dirty_ = false;
  bool resuming_ = false;  // all that ended while the broker was away ends at one moment
};

}  // namespace broker::test
