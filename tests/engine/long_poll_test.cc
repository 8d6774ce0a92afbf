// Receives that wait: woken one by one, ended by their deadline, or cancelled.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class LongPolls : public EngineTest {
 protected:
  LongPolls() { CreateQueue("orders"); }
};

TEST_F(LongPolls, WithoutAWaitAnswerEmptyAtOnce) {
  const auto receive = StartReceive("orders", 0s);
  Drain();
  EXPECT_EQ(Answer(receive), "");
}

TEST_F(LongPolls, AreAnsweredByAPublish) {
  const auto receive = StartReceive("orders", 20s);
  Drain();
  EXPECT_EQ(Answer(receive), "waiting");
  EXPECT_EQ(StatsOf("orders").waiting_receivers, 1u);
  Publish("orders", "a");
  EXPECT_EQ(Answer(receive), "a");
  EXPECT_EQ(StatsOf("orders").waiting_receivers, 0u);
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(LongPolls, AnswerAtOnceWhenSomethingIsReady) {
  Publish("orders", "a");
  const auto receive = StartReceive("orders", 20s);
  Drain();
  EXPECT_EQ(Answer(receive), "a");
}

TEST_F(LongPolls, EndEmptyWhenTheirWaitHasPassed) {
  const auto receive = StartReceive("orders", 20s);
  Advance(20s - 1ms);
  EXPECT_EQ(Answer(receive), "waiting");
  Advance(1ms);
  EXPECT_EQ(Answer(receive), "");
  Publish("orders", "a");
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(LongPolls, AreAnsweredByAnExpiredLeaseABackoffAndADelay) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  auto receive = StartReceive("orders", 1min);
  Advance(30s);
  EXPECT_EQ(Answer(receive), "a");
  receive = StartReceive("orders", 1min);
  Nack("orders", "a", "busy", 5s);
  EXPECT_EQ(Answer(receive), "waiting");
  Advance(5s);
  EXPECT_EQ(Answer(receive), "a");
  receive = StartReceive("orders", 1min);
  Ack("orders", "a");
  PublishDelayed("orders", "b", 10s);
  EXPECT_EQ(Answer(receive), "waiting");
  Advance(10s);
  EXPECT_EQ(Answer(receive), "b");
}

TEST_F(LongPolls, TheFirstTakesWhatIsReadyAtTheCommit) {
  const auto first = StartReceive("orders", 20s, 10);
  const auto second = StartReceive("orders", 20s, 10);
  Publish("orders", "a,b,c");
  EXPECT_EQ(Answer(first), "a,b,c");
  EXPECT_EQ(Answer(second), "waiting");
  Publish("orders", "d");
  EXPECT_EQ(Answer(second), "d");
}

TEST_F(LongPolls, TheNextTakesWhatTheFirstLeaves) {
  const auto first = StartReceive("orders", 20s, 2);
  const auto second = StartReceive("orders", 20s, 2);
  const auto third = StartReceive("orders", 20s, 2);
  Publish("orders", "a,b,c");
  EXPECT_EQ(Answer(first), "a,b");
  EXPECT_EQ(Answer(second), "c");
  EXPECT_EQ(Answer(third), "waiting");
}

TEST_F(LongPolls, CancelledGetNothing) {
  const auto receive = StartReceive("orders", 20s);
  const auto other = StartReceive("orders", 20s);
  Drain();
  engine().CancelReceive(receive.waiter);
  Drain();
  EXPECT_EQ(Answer(receive), "cancelled");
  Publish("orders", "a");
  EXPECT_EQ(Answer(other), "a");
}

TEST_F(LongPolls, CancelledBeforeThePublishIsDurableGetNothing) {
  const auto receive = StartReceive("orders", 20s);
  Drain();
  const auto publish = StartPublish(Batch("orders", "a"));
  engine().CancelReceive(receive.waiter);
  Drain();
  EXPECT_EQ(Answer(receive), "cancelled");
  EXPECT_TRUE(publish.answered());
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(LongPolls, CancellingTwiceOrNothingDoesNothing) {
  const auto receive = StartReceive("orders", 20s);
  Drain();
  engine().CancelReceive(receive.waiter);
  engine().CancelReceive(receive.waiter);
  engine().CancelReceive(0);
  engine().CancelReceive(987'654);
  Drain();
  EXPECT_EQ(Answer(receive), "cancelled");
}

TEST_F(LongPolls, AWatchTakesNothingAndHearsOfTheDeletion) {
  Pending<void> gone;
  engine().Watch(caller, {std::nullopt, "orders"}, gone.done());
  Publish("orders", "a");
  Advance(24h);
  EXPECT_FALSE(gone.answered());
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(StatsOf("orders").waiting_receivers, 0u);
  DeleteQueue("orders");
  ASSERT_TRUE(gone.answered());
  EXPECT_EQ(gone.result().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(gone.result().error().resource, "queue/orders");
}

TEST_F(LongPolls, AWatchStaysWithItsSourceAndCanBeCancelled) {
  Pending<void> before, after, nowhere;
  const engine::WaiterId first = engine().Watch(caller, {std::nullopt, "orders"}, before.done());
  DeleteQueue("orders");
  CreateQueue("orders");
  EXPECT_TRUE(before.answered());
  engine().CancelReceive(first);  // no effect
  const engine::WaiterId second = engine().Watch(caller, {std::nullopt, "orders"}, after.done());
  Drain();
  EXPECT_FALSE(after.answered());
  engine().CancelReceive(second);
  engine().Watch(caller, {std::nullopt, "nowhere"}, nowhere.done());
  Drain();
  ASSERT_TRUE(after.answered() && nowhere.answered());
  EXPECT_EQ(after.result().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(nowhere.result().error().code, ErrorCode::kNotFound);
}

TEST_F(LongPolls, TenThousandWaitAndOneIsWokenPerMessage) {
  std::vector<WaitingReceive> receives;
  for (int i = 0; i < 10'000; ++i) receives.push_back(StartReceive("orders", 1h, 1));
  Drain();
  EXPECT_EQ(StatsOf("orders").waiting_receivers, 10'000u);
  Publish("orders", "a,b");
  EXPECT_EQ(Answer(receives[0]), "a");
  EXPECT_EQ(Answer(receives[1]), "b");
  EXPECT_EQ(Answer(receives[2]), "waiting");
  for (const auto& receive : receives) engine().CancelReceive(receive.waiter);
  Drain();
  EXPECT_EQ(StatsOf("orders").waiting_receivers, 0u);
  EXPECT_EQ(Answer(receives[9'999]), "cancelled");
}

TEST_F(LongPolls, OfAnOrderedQueueWaitForTheirKey) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  CreateQueue("steps", settings);
  PublishKeyed("steps", "k", "a,b");
  EXPECT_EQ(Receive("steps", 1), "a");
  const auto receive = StartReceive("steps", 20s);
  Drain();
  EXPECT_EQ(Answer(receive), "waiting");
  Ack("steps", "a");
  EXPECT_EQ(Answer(receive), "b");
}

}  // namespace
}  // namespace broker::test
