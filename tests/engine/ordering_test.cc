// Ordered queues and subscriptions: one group of a key in flight, in order, whatever happens to it.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Ordering : public EngineTest {
 protected:
  Ordering() {
    model::QueueSettings settings;
    settings.delivery.ordered = true;
    CreateQueue("orders", settings);
  }
};

TEST_F(Ordering, ThoseOfAKeyAreHandedOutTogetherInOrder) {
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Counts("orders"), "1 ready, 2 leased");
}

TEST_F(Ordering, TheNextComeOnlyWhenAllHandedOutAreSettled) {
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Ack("orders", "b");
  EXPECT_EQ(Receive("orders"), "");
  Ack("orders", "a");
  EXPECT_EQ(Receive("orders"), "c");
}

TEST_F(Ordering, OtherKeysAreNotHeldUp) {
  PublishKeyed("orders", "k", "a,b");
  EXPECT_EQ(Receive("orders", 1), "a");
  PublishKeyed("orders", "m", "x");
  PublishKeyed("orders", "k", "c");
  EXPECT_EQ(Receive("orders"), "x");
}

TEST_F(Ordering, ThoseWithoutAKeyAreUnorderedAmongThemselves) {
  Publish("orders", "a,b,c");
  EXPECT_EQ(Receive("orders", 1).size(), 1u);
  EXPECT_EQ(Receive("orders", 1).size(), 1u);
  EXPECT_EQ(Receive("orders", 1).size(), 1u);
}

TEST_F(Ordering, ANackBringsBackThatMessageAndTheLaterOnesOfItsKey) {
  PublishKeyed("orders", "k", "a,b,c,d");
  EXPECT_EQ(Receive("orders", 3), "a,b,c");
  Nack("orders", "b");
  EXPECT_EQ(Counts("orders"), "3 ready, 1 leased");
  EXPECT_EQ(Receive("orders"), "") << "a is still in flight";
  Ack("orders", "a");
  EXPECT_THAT(Receive("orders"), testing::StartsWith("b,c"));  // d may come with them, or next
}

TEST_F(Ordering, ABackoffHoldsBackTheLaterOnesOfItsKey) {
  PublishKeyed("orders", "k", "a,b");
  PublishKeyed("orders", "m", "x");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Nack("orders", "a", "busy", 10s);
  EXPECT_EQ(Receive("orders"), "x");
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a,b");
}

TEST_F(Ordering, AnExpiryBringsBackThatMessageAndTheLaterOnesOfItsKey) {
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders", 3), "a,b,c");
  Extend("orders", "c", 10min);
  Extend("orders", "a", 10min);
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "2 ready, 1 leased");
  Ack("orders", "a");
  EXPECT_EQ(Receive("orders"), "b,c");
}

TEST_F(Ordering, HoldsAcrossAKillAndAPowerCut) {
  PublishKeyed("orders", "k", "a,b,c,d");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  EXPECT_TRUE(all_synced()) << "an ordered queue syncs its leases";
  KillAndReopen();
  EXPECT_EQ(Receive("orders"), "");
  PowerCut(1);
  Reopen();
  EXPECT_EQ(Receive("orders"), "");
  Ack("orders", "a,b");
  PowerCut(2);
  Reopen();
  EXPECT_EQ(Receive("orders"), "c,d");
}

TEST_F(Ordering, HoldsWhenAnEarlierMessageIsDeadLettered) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 2)}});
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders", 1), "a");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders", 1), "a");
  Nack("orders", "a", "gives up");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Receive("orders"), "b,c");
}

TEST_F(Ordering, DeadLettersOfAKeyKeepTheirOrder) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  Nack("orders", "a,b,c", "failed");
  EXPECT_EQ(Receive("dead"), "a,b,c");
  for (const char* body : {"a", "b", "c"})
    EXPECT_EQ(Last("dead", body).message->dead_letter.at(0).reason, "failed") << body;
}

TEST_F(Ordering, DeadLettersOfAnExpiredKeyKeepTheirOrder) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  Advance(30s);
  EXPECT_EQ(Receive("dead"), "a,b,c");
}

class ColdOrdering : public EngineTest {
 protected:
  ColdOrdering() : EngineTest(SmallCache()) {}
  static engine::EngineOptions SmallCache() {
    engine::EngineOptions options;
    options.tail_cache_bytes = 300;
    return options;
  }
};

TEST_F(ColdOrdering, DeadLettersOfAKeyKeepTheirOrderWhereOnlySomeBodiesAreAtHand) {
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  settings.delivery.redrive = DeadLetterTo("dead", 1);
  CreateQueue("orders", settings);
  const std::string large(200, 'x');
  PublishKeyed("orders", "k", large);
  PublishKeyed("orders", "k", "b,c");
  EXPECT_EQ(Receive("orders"), large + ",b,c");
  Advance(30s);
  EXPECT_EQ(Receive("dead"), large + ",b,c");
}

TEST_F(ColdOrdering, ALoweredLimitKeepsTheOrderOfAKeyWhereOnlySomeBodiesAreAtHand) {
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  CreateQueue("orders", settings);
  const std::string large(200, 'x');
  PublishKeyed("orders", "k", large);
  PublishKeyed("orders", "k", "b,c");
  EXPECT_EQ(Receive("orders"), large + ",b,c");
  Nack("orders", large);
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  EXPECT_EQ(Receive("dead"), large + ",b,c");
}

TEST_F(Ordering, DeadLettersOfAReleasedKeyKeepTheirOrder) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  Release("orders", "a,b,c", true);
  EXPECT_EQ(Receive("dead"), "a,b,c");
}

TEST_F(Ordering, NackingAGroupTogetherKeepsEachReason) {
  PublishKeyed("orders", "k", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  Nack("orders", "a,b", "failed");
  for (const auto& peeked : Peeked("orders", engine::MessageState::kReady)) {
    EXPECT_EQ(peeked.last_reason, "failed") << peeked.message->content.body;
    EXPECT_EQ(peeked.attempts, 1u);
  }
}

TEST_F(Ordering, NackingAGroupTogetherIsOkForEachExactlyOnce) {
  UpdateQueue("orders", {.delivery = {.exactly_once = true}});
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  Nack("orders", "a,b,c", "failed");
  EXPECT_EQ(Receive("orders"), "a,b,c");
}

TEST_F(Ordering, AReleasedGroupComesBackInOrder) {
  PublishKeyed("orders", "k", "a,b,c");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Release("orders", "a,b", false);
  EXPECT_THAT(Receive("orders"), testing::StartsWith("a,b"));
  EXPECT_EQ(Last("orders", "a").attempt, 1u);
  EXPECT_EQ(Last("orders", "b").attempt, 1u);
}

TEST_F(Ordering, ManyKeysComeEachInOrder) {
  std::map<std::string, std::string> sent;
  for (int i = 0; i < 60; ++i) {
    const std::string key = "k" + std::to_string(i % 7);
    const std::string body = std::to_string(i);
    PublishKeyed("orders", key, body);
    sent[key] += body + ";";
  }
  std::map<std::string, std::string> received;
  for (int round = 0; round < 60; ++round) {
    const auto deliveries = Deliveries("orders", 3);
    std::vector<std::string> bodies;
    for (const auto& delivery : deliveries) {
      received[delivery.message->content.ordering_key] += delivery.message->content.body + ";";
      bodies.push_back(delivery.message->content.body);
    }
    if (!bodies.empty()) Ack("orders", Join(bodies));
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Ordering, IsFixedAtCreation) {
  const auto described = DescribeQueue("orders");
  ASSERT_TRUE(described.ok());
  EXPECT_TRUE(described->info.settings.delivery.ordered);
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 5s}});
  EXPECT_TRUE(DescribeQueue("orders")->info.settings.delivery.ordered);
}

TEST_F(Ordering, OnAnUnorderedQueueAKeyOnlyNamesAGroup) {
  CreateQueue("loose");
  PublishKeyed("loose", "k", "a,b");
  EXPECT_EQ(Receive("loose", 1), "a");
  EXPECT_EQ(Receive("loose", 1), "b");
}

TEST_F(Ordering, HoldsForAnOrderedPullSubscription) {
  CreateTopic("events");
  CreatePull("mail", "events", {.retention = 24h, .ordered = true});
  CreatePull("audit", "events");
  PublishKeyed("events", "k", "a,b");
  EXPECT_EQ(Receive("mail", 1), "a");
  EXPECT_EQ(Receive("mail"), "");
  EXPECT_EQ(Receive("audit", 1), "a");
  EXPECT_EQ(Receive("audit", 1), "b");
  Ack("mail", "a");
  EXPECT_EQ(Receive("mail"), "b");
}

TEST_F(Ordering, HoldsForAnOrderedQueueFedByATopic) {
  CreateTopic("events");
  SubscribeQueue("orders-events", "events", "orders");
  PublishKeyed("events", "k", "a,b");
  PublishKeyed("events", "m", "x");
  EXPECT_EQ(Receive("orders", 1), "a");
  EXPECT_EQ(Receive("orders"), "x");
  KillAndReopen();
  Ack("orders", "a");
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Ordering, APerMessageDelayIsRefused) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].delay = 1s;
  const auto response = TryPublish(request);
  EXPECT_FALSE(response.ok() && response->results[0].ok());
  EXPECT_EQ(Counts("orders"), "empty");
  request.entries[0].delay = 0s;
  EXPECT_TRUE(TryPublish(request)->results[0].ok());
}

TEST_F(Ordering, TheWholeQueuesDelayHoldsBackAtItsHead) {
  UpdateQueue("orders", {.delay = 10s});
  PublishKeyed("orders", "k", "a");
  Advance(4s);
  PublishKeyed("orders", "k", "b");
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Counts("orders"), "2 delayed");
  EXPECT_EQ(StatsOf("orders").oldest_age, std::nullopt);
  Advance(6s);
  EXPECT_EQ(Counts("orders"), "1 ready, 1 delayed");
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  EXPECT_EQ(Receive("orders"), "");
  Advance(4s);
  EXPECT_EQ(Receive("orders"), "b");
}

}  // namespace
}  // namespace broker::test
