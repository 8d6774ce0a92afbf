// Queues that are subscribed to topics: each gets an alias of the topic's message, in a log of its own.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class FanOut : public EngineTest {
 protected:
  FanOut() {
    CreateTopic("events");
    CreateQueue("orders");
    CreateQueue("billing");
    SubscribeQueue("orders-events", "events", "orders", "envelope");
    SubscribeQueue("billing-events", "events", "billing");
  }
};

TEST_F(FanOut, EachSubscribedQueueGetsTheMessage) {
  const auto id = Publish("events", "a")[0];
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Receive("billing"), "a");
  EXPECT_NE(Last("orders", "a").id, id);
  EXPECT_EQ(Last("orders", "a").origin, id);
  EXPECT_EQ(Last("orders", "a").subscription, "orders-events");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("billing", "a").delivery_format, "");
  EXPECT_EQ(Last("billing", "a").subscription, "billing-events");
}

TEST_F(FanOut, SettlesInEachQueueOnItsOwn) {
  Publish("events", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  Ack("orders", "a,b");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("billing"), "2 ready");
  EXPECT_EQ(Receive("billing", 1), "a");
  Nack("billing", "a", "busy", 10s);
  EXPECT_EQ(Counts("billing"), "1 ready, 1 retrying");
}

TEST_F(FanOut, MixesWithWhatIsPublishedToTheQueueItself) {
  Publish("events", "a");
  Publish("orders", "b");
  Publish("events", "c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  EXPECT_EQ(Last("orders", "b").subscription, "");
  EXPECT_EQ(Last("orders", "b").origin, model::MessageId{});
}

TEST_F(FanOut, UnsubscribingLeavesWhatWasDeliveredWithItsFormat) {
  Publish("events", "a");
  DeleteSubscription("orders-events");
  Publish("events", "b");
  KillAndReopen();
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").subscription, "orders-events");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Receive("billing"), "a,b");
}

TEST_F(FanOut, AChangedFormatHoldsForLaterMessages) {
  Publish("events", "a");
  ASSERT_TRUE(TryUpdateSubscription("orders-events", {.delivery_format = "raw"}).ok());
  Publish("events", "b");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("orders", "b").delivery_format, "raw");
}

TEST_F(FanOut, DeletingTheTopicLeavesPendingAliasesReadable) {
  Publish("events", "a,b,c");
  EXPECT_EQ(Receive("orders", 1), "a");
  DeleteTopic("events");
  KillAndReopen();
  EXPECT_EQ(Receive("orders"), "b,c");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").message->content.body, "a");
}

TEST_F(FanOut, ATopicRecreatedUnderTheNameIsAnother) {
  Publish("events", "a");
  DeleteTopic("events");
  CreateTopic("events");
  EXPECT_EQ(TryPublish(Batch("events", "b"))->subscriptions, 0u);
  SubscribeQueue("orders-events", "events", "orders", "other");
  Publish("events", "c");
  EXPECT_EQ(Receive("orders"), "a,c");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("orders", "c").delivery_format, "other");
  EXPECT_NE(Last("orders", "a").origin.log, Last("orders", "c").origin.log);
}

TEST_F(FanOut, TwoSubscriptionsOfOneQueueDeliverTwice) {
  SubscribeQueue("orders-again", "events", "orders", "raw");
  EXPECT_EQ(TryPublish(Batch("events", "a"))->subscriptions, 3u);
  const auto deliveries = Deliveries("orders");
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_NE(deliveries[0].subscription, deliveries[1].subscription);
}

TEST_F(FanOut, DeadLettersOfAliasesAreFullCopiesWithTheirFormat) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  const auto id = Publish("events", "a")[0];
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "failed");
  DeleteTopic("events");
  Purge("billing");
  Advance(10h);
  KillAndReopen();
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("dead", "a").subscription, "orders-events");
  EXPECT_EQ(Last("dead", "a").origin, id);
}

TEST_F(FanOut, RedrivenCopiesKeepTheFormat) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  Publish("events", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "failed");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("orders", "a").subscription, "orders-events");
}

TEST_F(FanOut, CountsAndBytesOfAQueueAreThoseOfTheMessages) {
  Publish("events", "12345");
  Publish("orders", "123");
  EXPECT_EQ(StatsOf("orders").bytes, 8u);
  EXPECT_EQ(StatsOf("billing").bytes, 5u);
}

TEST_F(FanOut, WakesAReceiveThatWaitsOnTheQueue) {
  const auto waiting = StartReceive("orders", 1h);
  Publish("events", "a");
  EXPECT_EQ(Answer(waiting), "a");
}

TEST_F(FanOut, ADuplicatePublishDeliversNothing) {
  EXPECT_TRUE(PublishOnce("events", "1", "a"));
  EXPECT_FALSE(PublishOnce("events", "1", "a"));
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(FanOut, SurvivesAPowerCut) {
  Publish("events", "a,b");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Receive("billing"), "a,b");
}

}  // namespace
}  // namespace broker::test
