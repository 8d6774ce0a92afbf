// The broker: topics, queues and subscriptions over one store. Deterministic: given the same commands, clock readings
// and completions it does the same, and it never blocks on another thread, sleeps or schedules.
//
// Thread contract: confined to one strand; every method asserts it. Callbacks run on the strand, never inside the
// method that was given them.
//
// How it is driven (the composition's loop, or a simulation):
//   commands -> RunDue() when NextDeadline() has come -> TakeGroup() -> commit it -> Committed(group)
// A group without effects (only answers) has no batch and needs no commit.
//
// Commands change memory at once and put what must be durable into the group that is being built; their answers wait
// in the group, and leave only from Committed(). So nothing that is not durable is ever seen outside. A group that
// cannot be committed is the end of the engine: there is no way back from it but opening the store anew.
//
// Off the strand the engine reads through `EngineDeps::reads` (cold messages, peeks) and posts back on `strand`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/entropy.h"
#include "broker/base/executor.h"
#include "broker/engine/commands.h"
#include "storage/committer.h"
#include "storage/kv.h"

namespace broker::engine {

struct EngineOptions {
  std::uint64_t tail_cache_bytes = 64u << 20;   // fresh messages, shared by all cursors
  std::uint64_t read_ahead_bytes = 64u << 20;   // cold messages, over all cursors
  Nanos clock_max_forward = std::chrono::hours(24 * 7);
  // A chunk of a log closes at the first of these; a test may make them small.
  std::uint64_t chunk_sequences = 65'536;
  std::uint64_t chunk_bytes = 64u << 20;
  Nanos chunk_age = std::chrono::hours(1);
  std::uint64_t emptied_chunk_bytes = 1u << 20;
  // Per namespace. Beyond one a create is refused with kLimitExceeded, QUOTA_EXCEEDED.
  std::uint64_t max_topics = 100'000;
  std::uint64_t max_queues = 100'000;
  std::uint64_t max_subscriptions = 100'000;
  std::uint64_t max_snapshots = 5'000;
  std::uint64_t max_running_tasks = 100;
};

struct EngineDeps {
  const Clock& clock;
  Entropy& entropy;
  storage::Kv& kv;
  Executor& strand;  // where the engine itself runs
  Executor& reads;   // where reads may block
};

// A group of effects on its way to disk, with the answers that wait for it. Without effects commit.batch is null: there
// is nothing to commit, and the group goes to Committed() at once.
struct PendingGroup {
  storage::CommitGroup commit;
  std::vector<std::function<void()>> answers;
};

class Engine {
 public:
  // Reads what the store holds: settings, positions, what is in flight; never the backlog. `recovered` is what the
  // committer found. Errors: kDataLoss, kUnsupported.
  static Result<std::unique_ptr<Engine>> Open(EngineDeps deps, EngineOptions options, storage::GroupState recovered);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- driving
  // The earliest time (engine time == deadline on the monotonic clock) at which RunDue has something to do.
  std::optional<MonotonicTime> NextDeadline() const;
  void RunDue();
  // The effects and answers since the last call, if any. REQUIRES: the previous group was given to Committed().
  std::optional<PendingGroup> TakeGroup();
  bool HasWork() const;
  void Committed(PendingGroup group);
  // While set, publishes and creates are refused with kStorageFull and this message.
  void SetStorageFull(std::optional<std::string> why);

  // ---- topics
  void CreateTopic(const Caller&, std::string name, model::TopicSettings, Done<TopicInfo>);
  void UpdateTopic(const Caller&, std::string name, TopicPatch, Done<TopicInfo>);
  void DescribeTopic(const Caller&, std::string name, Done<TopicDescription>);
  void ListTopics(const Caller&, ListRequest, Done<ListPage<TopicInfo>>);
  // At once, and at no cost. nullopt: no such topic.
  std::optional<TopicNow> LookUpTopic(const Caller&, const std::string& name) const;
  // Frees the name at once. Its pull subscriptions stay, keep what they have, and show no topic; its queue subscriptions
  // go, and what they delivered stays in the queues. A topic that is a dead-letter target needs `force`.
  void DeleteTopic(const Caller&, std::string name, bool force, Done<void>);

  // ---- queues
  void CreateQueue(const Caller&, std::string name, model::QueueSettings, Done<QueueInfo>);
  void UpdateQueue(const Caller&, std::string name, QueuePatch, Done<QueueInfo>);
  void DescribeQueue(const Caller&, std::string name, Done<QueueDescription>);
  void ListQueues(const Caller&, ListRequest, Done<ListPage<QueueInfo>>);
  // At once, and at no cost. nullopt: no such queue.
  std::optional<QueueNow> LookUpQueue(const Caller&, const std::string& name) const;
  // A queue that others dead-letter to or that a subscription delivers into needs `force`; with it the subscriptions
  // go too, and policies that name the queue keep their messages in place until it exists again.
  void DeleteQueue(const Caller&, std::string name, bool force, Done<void>);

  // ---- subscriptions
  void CreateSubscription(const Caller&, std::string name, model::SubscriptionSettings, StartAt,
                          Done<SubscriptionInfo>);
  void UpdateSubscription(const Caller&, std::string name, SubscriptionPatch, Done<SubscriptionInfo>);
  void DescribeSubscription(const Caller&, std::string name, Done<SubscriptionDescription>);
  void ListSubscriptions(const Caller&, ListRequest, std::optional<std::string> topic,
                         Done<ListPage<SubscriptionInfo>>);
  void DeleteSubscription(const Caller&, std::string name, Done<void>);
  // At once, and so perhaps of what is not durable yet, as TopicNow: of all kinds, one by name, or a topic's by name.
  std::optional<SubscriptionInfo> LookUpSubscription(const Caller&, const std::string& name) const;
  std::vector<SubscriptionInfo> LookUpSubscriptions(const Caller&, const std::string& topic) const;

  // Drops everything a queue or pull subscription holds: ready, leased, retrying and delayed (queues).
  // Answers how many messages went.
  void Purge(const Caller&, model::Target source, Done<std::uint64_t>);

  // ---- messages
  void Publish(const Caller&, PublishRequest, Done<PublishResponse>);
  // The returned waiter can be cancelled until `done` has run. With nothing ready and wait 0, answers empty.
  WaiterId Receive(const Caller&, ReceiveRequest, Done<ReceiveResponse>);
  // Until the source is deleted: `done` runs then, with kNotFound, or at once if there is none. Takes nothing, and stays with
  // this source whatever is made under its name later.
  WaiterId Watch(const Caller&, model::Target source, Done<void>);
  // Ends a waiting Receive or Watch: its `done` runs with kCancelled, and nothing is leased for it any more. Unknown: no
  // effect.
  void CancelReceive(WaiterId waiter);

  void Ack(const Caller&, model::Target source, std::vector<std::string> receipts, Done<SettleResponse>);
  void Nack(const Caller&, model::Target source, std::vector<NackEntry> entries, Done<SettleResponse>);
  void Extend(const Caller&, model::Target source, std::vector<ExtendEntry> entries, Done<SettleResponse>);
  // Gives leases back at once. `counted`: the attempt stays counted (the client left); otherwise as if it had never
  // been delivered (the answer could not be handed over, the daemon stops).
  void Release(const Caller&, model::Target source, std::vector<std::string> receipts, bool counted, Done<void>);

  void Peek(const Caller&, PeekRequest, Done<ListPage<PeekedMessage>>);
  // Errors: kNotFound when it is not delayed (any more).
  void CancelDelayed(const Caller&, model::Target source, model::MessageId id, Done<void>);

  // Who receives from it, by name and peer.
  void ListConsumers(const Caller&, model::Target source, Done<std::vector<ConsumerInfo>>);

  // ---- replay
  // Starts a new lease epoch: receipts of before are stale. Errors: kFailedPrecondition for a time before what is kept, or a
  // snapshot of another topic; kNotFound.
  void Seek(const Caller&, std::string subscription, SeekTo, Done<SubscriptionDescription>);
  // `life`: none is 7 days; at most kMaxSnapshotLife.
  void CreateSnapshot(const Caller&, std::string name, std::string subscription, std::optional<Nanos> life,
                      std::map<std::string, std::string> labels, Done<SnapshotInfo>);
  void UpdateSnapshot(const Caller&, std::string name, SnapshotPatch, Done<SnapshotInfo>);
  void GetSnapshot(const Caller&, std::string name, Done<SnapshotInfo>);
  void ListSnapshots(const Caller&, ListRequest, Done<ListPage<SnapshotInfo>>);
  void DeleteSnapshot(const Caller&, std::string name, Done<void>);
  void Replay(const Caller&, ReplayRequest, Done<TaskInfo>);

  // ---- tasks
  // One move at a time of a queue. Errors: kFailedPrecondition when one runs already, when running moves would go round in
  // a circle, or for a topic without subscriptions; kInvalidArgument for a destination that is the queue itself or feeds
  // it; kLimitExceeded, QUOTA_EXCEEDED. It fails, with the reason, when its queue or destination is deleted.
  void Move(const Caller&, MoveRequest, Done<TaskInfo>);
  void GetTask(const Caller&, model::TaskId id, Done<TaskInfo>);
  // Newest first; the prefix is of the kind. An ended task is remembered for a week, and the last thousand at most.
  void ListTasks(const Caller&, ListRequest, Done<ListPage<TaskInfo>>);
  // What was moved stays moved. Errors: kNotFound; kFailedPrecondition when it has ended.
  void CancelTask(const Caller&, model::TaskId id, Done<TaskInfo>);

  // ---- idempotency records: by namespace and key (1 to kMaxIdempotencyKeyBytes of text)
  // Claims the key for `life` (1 s to 31 d), unless another has it or the work is done.
  void ClaimIdempotency(const Caller&, std::string key, Nanos life, Done<IdempotencyClaim>);
  // Keeps `result` for `life`; again with the same token, the last result stands. Errors: kLeaseLost when the claim
  // expired, was given up or is another's; kLimitExceeded.
  void CompleteIdempotency(const Caller&, std::string key, std::string token, std::string result, Nanos life, Done<void>);
  // The next claim is new. Errors: kLeaseLost as above, and when the work was completed.
  void ReleaseIdempotency(const Caller&, std::string key, std::string token, Done<void>);
  // Drops the key, whatever its state. Errors: kNotFound.
  void ForgetIdempotency(const Caller&, std::string key, Done<void>);
  // Without claiming: kNotFound when there is none.
  void GetIdempotency(const Caller&, std::string key, Done<IdempotencyClaim>);

  // ---- clock
  void ShowClock(Done<ClockInfo>);
  void AcceptClock(Done<ClockInfo>);

 private:
  class Core;
  explicit Engine(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace broker::engine
