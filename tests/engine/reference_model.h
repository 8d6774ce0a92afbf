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

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/reference_entries.h"

namespace broker::test {

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
  // `message` with body, key and size; `id` where it is known. Fans out, delays. Without `ttl` the queue's own.
  void AddToQueue(ModelQueue& queue, ModelEntry message, Nanos delay, std::optional<Nanos> ttl);
  void AddToTopic(ModelTopic& topic, ModelEntry message, Nanos delay, std::optional<Nanos> ttl);
  std::uint32_t Listeners(const std::string& topic) const;
  // Whether any of a topic's subscriptions gets it.
  bool Reaches(const std::string& topic, const ModelEntry& message) const;

  // ---- bounds (reference_bounds.cc)
  // The queues with bounds that a publish may reach.
  std::vector<ModelCursor*> BoundedBehind(const model::Target& target);
  // Answers whether the order of its messages is known.
  static bool SortByIds(ModelCursor& queue);
  // Whether a message is taken after all that is planned; adds it to that. REQUIRES: all that is there is known
  bool Admit(const model::Target& target, const ModelEntry& message, Nanos delay, ModelPlans& plans);

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
  bool Nacked(const ModelReceipt& receipt, const Status& status, const std::string& reason,
              std::optional<Nanos> backoff);
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
  Deliverable Replayed(const ModelTopic& topic, ModelCursor& queue, Time from, Time to, const std::string& format,
                       const std::optional<ModelFilter>& filter);
  void Resumed(ModelSubscription& subscription);
  // Of a paused subscription: how many wait, surely and at most.
  Deliverable CountWaiting(const ModelSubscription& subscription) const;

  // ---- crashes
  void Synced();    // nothing is at a power cut's mercy any more
  void PowerCut();  // what is dirty may be as it was
  void Died();      // any position may have stopped between commits

  // A move has passed: what waited and has passed its time is gone.
  void DropPassed(ModelCursor& cursor);
  std::size_t CountPassed(const ModelCursor& cursor) const;
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
  enum class Copies { kPublished, kCameDue, kDeadLetters };
  void FanOut(ModelTopic& topic, const ModelEntry& message, Time at, Copies copies);
  std::vector<ModelSubscription*> SubscribersOf(const ModelTopic& topic);  // the oldest first
  enum class Room { kEnough, kByDropping, kNone };
  Room RoomFor(const ModelCursor& queue, std::uint64_t size, const ModelPlan& before = {}) const;
  void MakeRoom(ModelCursor& queue, Time at);
  void Drop(ModelCursor& queue, std::uint64_t uid, Time at);
  // The copy that a full queue refuses.
  void RefuseCopy(const ModelSubscription& subscription, const ModelEntry& message, Time at);
  // Where that goes; nullopt: nowhere.
  std::optional<model::RedrivePolicy> PolicyForCopy(const ModelSubscription& subscription,
                                                    const ModelEntry& message) const;
  void AddLetter(const model::RedrivePolicy& policy, ModelEntry letter, Time at);
  void GiveTo(ModelCursor& queue, ModelEntry entry, const std::string& subscription, const std::string& format,
              Time at);
  static bool SurelyKept(const ModelTopic& topic, Time appended, Time now);
  void Restart(ModelCursor& cursor, std::vector<ModelEntry> entries);
  bool Step(Time limit, bool resume);
  // Without `backoff` the cursor's own.
  void EndAttempt(ModelCursor& cursor, std::uint64_t uid, Time at, const std::string& reason,
                  std::optional<Nanos> backoff);
  static Nanos LongestBackoff(const ModelCursor& cursor, std::uint32_t attempts);
  static Nanos HeadDelay(const ModelCursor& queue);  // of the whole of an ordered one
  // What comes without a time to live has the queue's from when it is there.
  static Time DefaultExpiry(const ModelCursor& queue, Time at);
  static void Doubt(ModelEntry& entry);
  void DoubtLater(ModelCursor& cursor, const ModelEntry& entry);
  void DeadLetter(ModelCursor& cursor, std::uint64_t uid, Time at);
  void MarkDirty(ModelCursor& cursor, ModelEntry& entry);
  bool CanDeadLetter(const std::optional<model::RedrivePolicy>& policy, const ModelEntry& entry) const;
  bool TakesAllDeadLetters(const ModelCursor& cursor) const;
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
  int Likeness(const ModelCursor& cursor, const ModelEntry& entry, const Shown& shown) const;
  static bool OutOfPlace(const ModelCursor& cursor, const ModelEntry& entry, model::MessageId id);
  ModelEntry& Match(ModelCursor& cursor, const Shown& shown, const std::set<std::uint64_t>& taken);
  void TellApart(ModelCursor& cursor, const std::vector<engine::PeekedMessage>& peeked);
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
  bool publishing_ = false;
  bool resuming_ = false;  // all that ended while the broker was away ends at one moment
};

}  // namespace broker::test
