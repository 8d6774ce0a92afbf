// Verbs over a simulated engine, so that a test reads like what it says:
//
//   Publish("orders", "a,b");
//   EXPECT_EQ(Receive("orders"), "a,b");
//   Ack("orders", "a");
//   Nack("orders", "b", "card declined", 10s);
//   Advance(10s);
//   EXPECT_EQ(Receive("orders"), "b");
//
// Messages are called by their bodies: the harness keeps the last delivery of each body from each source. A verb runs
// the engine until it is quiet, and fails the test when it is refused; its Try form returns the answer instead.
// Confined to one thread.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/support/pending.h"
#include "tests/support/simulation.h"

namespace broker::test {

// An answer that is a refusal with this code, whose message has `part` in it.
MATCHER_P2(Refused, code, part, "") {
  if (arg.ok()) {
    *result_listener << "which was not refused";
    return false;
  }
  *result_listener << "which was refused with " << ToString(arg.error().code) << ": " << arg.error().message;
  return arg.error().code == code && arg.error().message.find(part) != std::string::npos;
}

struct WaitingReceive {
  engine::WaiterId waiter = 0;
  Pending<engine::ReceiveResponse> answer;
};

std::vector<std::string> Split(const std::string& list);  // at commas; an empty list has none
std::string Join(const std::vector<std::string>& items);

// A policy to dead-letter to a queue.
model::RedrivePolicy DeadLetterTo(const std::string& queue, std::uint32_t max_attempts);

class EngineHarness : public Simulation {
 public:
  using Simulation::Simulation;

  engine::Caller caller;  // of every verb

  // ---- topics, queues, subscriptions
  void CreateTopic(const std::string& name, model::TopicSettings settings = {});
  void CreateQueue(const std::string& name, model::QueueSettings settings = {});
  void CreatePull(const std::string& name, const std::string& topic, model::DeliverySettings delivery = {
                      .retention = model::kDefaultSubscriptionRetention});
  void CreatePullAtEarliest(const std::string& name, const std::string& topic);
  void SubscribeQueue(const std::string& name, const std::string& topic, const std::string& queue,
                      const std::string& format = {});
  void CreateFiltered(const std::string& name, const std::string& topic, const std::string& filter,
                      engine::StartAt start = engine::StartAt::kEnd, model::DeliverySettings delivery = {
                          .retention = model::kDefaultSubscriptionRetention});
  void SubscribeFiltered(const std::string& name, const std::string& topic, const std::string& queue,
                         const std::string& filter);
  void UpdateQueue(const std::string& name, engine::QueuePatch patch);
  void PauseQueue(const std::string& name, bool paused = true);
  void DeleteTopic(const std::string& name);
  void DeleteQueue(const std::string& name);
  void DeleteSubscription(const std::string& name);
  Result<engine::TopicInfo> TryCreateTopic(const std::string& name, model::TopicSettings settings = {});
  Result<engine::QueueInfo> TryCreateQueue(const std::string& name, model::QueueSettings settings = {});
  Result<engine::SubscriptionInfo> TryCreateSubscription(const std::string& name, model::SubscriptionSettings settings,
                                                         engine::StartAt start = engine::StartAt::kEnd);
  Result<engine::TopicInfo> TryUpdateTopic(const std::string& name, engine::TopicPatch patch);
  Result<engine::QueueInfo> TryUpdateQueue(const std::string& name, engine::QueuePatch patch);
  Result<engine::SubscriptionInfo> TryUpdateSubscription(const std::string& name, engine::SubscriptionPatch patch);
  Status TryDeleteTopic(const std::string& name, bool force = false);
  Status TryDeleteQueue(const std::string& name, bool force = false);
  Status TryDeleteSubscription(const std::string& name);
  Result<engine::TopicDescription> DescribeTopic(const std::string& name);
  Result<engine::QueueDescription> DescribeQueue(const std::string& name);
  Result<engine::SubscriptionDescription> DescribeSubscription(const std::string& name);

  // ---- publish
  std::vector<model::MessageId> Publish(const std::string& target, const std::string& bodies);
  std::vector<model::MessageId> PublishKeyed(const std::string& target, const std::string& key,
                                             const std::string& bodies);
  model::MessageId PublishDelayed(const std::string& target, const std::string& body, Nanos delay);
  // Each with this time to live.
  void PublishFor(const std::string& target, const std::string& bodies, Nanos ttl);
  // With an attribute "kind". Answers how many subscriptions they reached.
  std::uint32_t PublishKind(const std::string& target, const std::string& kind, const std::string& bodies);
  // With a deduplication id. True: it was stored; false: a duplicate.
  bool PublishOnce(const std::string& target, const std::string& id, const std::string& body);
  Result<engine::PublishResponse> TryPublish(engine::PublishRequest request);
  Pending<engine::PublishResponse> StartPublish(engine::PublishRequest request);
  static engine::PublishRequest Batch(const std::string& target, const std::string& bodies);

  // ---- receive and settle
  std::string Receive(const std::string& source, std::uint32_t max_messages = 10);
  std::vector<engine::Delivery> Deliveries(const std::string& source, std::uint32_t max_messages = 10);
  Result<engine::ReceiveResponse> TryReceive(engine::ReceiveRequest request);
  WaitingReceive StartReceive(const std::string& source, Nanos wait, std::uint32_t max_messages = 10);
  // The bodies of an answered receive; "waiting" while there is no answer, the error's word if refused.
  std::string Answer(const WaitingReceive& receive);
  // The last delivery of `body` from `source`. REQUIRES: there was one
  const engine::Delivery& Last(const std::string& source, const std::string& body) const;
  std::string ReceiptOf(const std::string& source, const std::string& body) const;

  void Ack(const std::string& source, const std::string& bodies);
  void Nack(const std::string& source, const std::string& bodies, const std::string& reason = {},
            Nanos backoff = Nanos{0});
  // A nack without a backoff of its own.
  void GiveUp(const std::string& source, const std::string& bodies);
  void Extend(const std::string& source, const std::string& bodies, Nanos visibility_timeout);
  void Release(const std::string& source, const std::string& bodies, bool counted);
  // One word per receipt: "ok" or the error's, e.g. "ok,lease_lost".
  std::string TryAck(const std::string& source, const std::vector<std::string>& receipts);
  std::string TryNack(const std::string& source, const std::vector<engine::NackEntry>& entries);
  std::string TryExtend(const std::string& source, const std::vector<engine::ExtendEntry>& entries);
  Pending<engine::SettleResponse> StartAck(const std::string& source, const std::vector<std::string>& receipts);

  // ---- looking
  std::string Peek(const std::string& source, engine::MessageState state = engine::MessageState::kReady);
  // Page by page, to the end.
  std::vector<engine::PeekedMessage> Peeked(const std::string& source, engine::MessageState state,
                                            std::size_t page_size = model::kMaxListPage);
  engine::Stats StatsOf(const std::string& source);
  // Such as "2 ready, 1 leased"; "empty" when all counts are zero.
  std::string Counts(const std::string& source);

  // ---- replay (replay_verbs.cc)
  Result<engine::SubscriptionDescription> TrySeek(const std::string& subscription, engine::SeekTo to);
  void SeekToTime(const std::string& subscription, Time time);
  void SeekToSnapshot(const std::string& subscription, const std::string& snapshot);
  Result<engine::SnapshotInfo> TryCreateSnapshot(const std::string& name, const std::string& subscription,
                                                 std::optional<Nanos> life = std::nullopt,
                                                 std::map<std::string, std::string> labels = {});
  void CreateSnapshot(const std::string& name, const std::string& subscription, std::optional<Nanos> life = std::nullopt);
  Result<engine::SnapshotInfo> TryUpdateSnapshot(const std::string& name, engine::SnapshotPatch patch);
  Result<engine::SnapshotInfo> TryGetSnapshot(const std::string& name);
  std::string Snapshots();  // their names
  Status TryDeleteSnapshot(const std::string& name);
  // Until the task has ended.
  engine::TaskInfo Replay(engine::ReplayRequest request);
  Result<engine::TaskInfo> TryReplay(engine::ReplayRequest request);
  void SetPaused(const std::string& subscription, bool paused);
  void SetTopicRetention(const std::string& topic, Nanos retention);

  // ---- the rest
  std::uint64_t Purge(const std::string& source);
  Status TryCancelDelayed(const std::string& source, model::MessageId id);
  // Until the task has ended.
  engine::TaskInfo Redrive(const std::string& queue);
  Result<engine::TaskInfo> TryRedrive(const std::string& queue);
  engine::TaskInfo Move(engine::MoveRequest request);
  Result<engine::TaskInfo> TryMove(engine::MoveRequest request);
  Result<engine::TaskInfo> GetTask(model::TaskId id);
  engine::TaskInfo Finish(model::TaskId id);
  Result<engine::TaskInfo> TryCancelTask(model::TaskId id);
  Result<engine::ListPage<engine::TaskInfo>> TryListTasks(engine::ListRequest request = {});
  // "new", "in progress" or "done: RESULT"; of a new one TokenOf tells the token.
  std::string Claim(const std::string& key, Nanos life);
  const std::string& TokenOf(const std::string& key) const { return tokens_.at(key); }
  Result<engine::IdempotencyClaim> TryClaim(const std::string& key, Nanos life);
  Status TryComplete(const std::string& key, const std::string& token, const std::string& result, Nanos life);
  Status TryReleaseClaim(const std::string& key, const std::string& token);
  Status TryForget(const std::string& key);
  Result<engine::IdempotencyClaim> TryGetClaim(const std::string& key);
  Result<std::vector<engine::ConsumerInfo>> TryListConsumers(const std::string& source);
  engine::ClockInfo ShowClock();
  engine::ClockInfo AcceptClock();

  // Runs a command to its answer. `start` is given the Done<T>.
  template <class T, class Start>
  Result<T> Call(Start&& start) {
    const Pending<T> pending;
    start(pending.done());
    Drain();
    if (!pending.answered()) return Error(ErrorCode::kInternal, "NOT_ANSWERED", "quiet, and no answer came");
    return std::move(pending.result());
  }

 protected:
  void Remember(const std::string& source, const engine::ReceiveResponse& response);

 private:
  std::vector<std::string> Receipts(const std::string& source, const std::string& bodies) const;

  engine::TaskInfo UntilEnded(engine::TaskInfo task);

  std::map<std::pair<std::string, std::string>, engine::Delivery> last_;
  std::map<std::string, std::string> tokens_;
};

class EngineTest : public ::testing::Test, public EngineHarness {
 public:
  explicit EngineTest(engine::EngineOptions options = {}) : EngineHarness(std::move(options)) {}
};

}  // namespace broker::test
