// Messages with a time to live: never delivered once it has passed, and no dead letters either.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class TimeToLive : public EngineTest {
 protected:
  TimeToLive() {
    CreateQueue("dead");
    model::QueueSettings settings;
    settings.delivery.redrive = DeadLetterTo("dead", 3);
    CreateQueue("orders", settings);
  }
  static model::QueueSettings Lasting(Nanos ttl) {
    model::QueueSettings settings;
    settings.message_ttl = ttl;
    return settings;
  }
};

TEST_F(TimeToLive, EndsDelivery) {
  PublishFor("orders", "a", 10s);
  Publish("orders", "b");
  Advance(10s - 1ns);
  EXPECT_EQ(Peek("orders"), "a,b");
  Advance(1ns);
  EXPECT_EQ(Receive("orders"), "b");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(TimeToLive, CountsAsReadyUntilACursorReachesIt) {
  PublishFor("orders", "a,b", 10s);
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Counts("orders"), "empty");
}

// Looked at for its turn among the groups, it stands before the unread.
TEST_F(TimeToLive, PassedDoesNotHoldUpWhatIsReady) {
  CreateQueue("short", Lasting(10s));
  PublishKeyed("short", "A", "a");
  PublishKeyed("short", "B", "b");
  EXPECT_EQ(Receive("short", 1), "a");
  Ack("short", "a");
  Advance(5s);
  PublishKeyed("short", "B", "c");
  Advance(5s);
  EXPECT_EQ(Receive("short", 1), "c");
}

TEST_F(TimeToLive, SurvivesARestart) {
  PublishFor("orders", "a", 10s);
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  PublishFor("orders", "b", 10s);
  KillAndReopen(9s);
  EXPECT_EQ(Peek("orders"), "a,b");
  KillAndReopen(1s);
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(TimeToLive, IsTheQueuesWhereAMessageBringsNone) {
  CreateQueue("short", Lasting(10s));
  Publish("short", "a");
  PublishFor("short", "b", 20s);
  PublishFor("short", "c", 5s);
  Advance(5s);
  EXPECT_EQ(Receive("short", 1), "a");
  Advance(5s);
  EXPECT_EQ(Receive("short"), "b");
}

TEST_F(TimeToLive, OfTheQueueHoldsFromTheNextMessageOn) {
  Publish("orders", "a");
  UpdateQueue("orders", {.message_ttl = 10s});
  Publish("orders", "b");
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(TimeToLive, BeginsWhenADelayedMessageIsDue) {
  engine::PublishRequest request = Batch("orders", "a,b");
  for (auto& entry : request.entries) entry.delay = 1h;
  request.entries[0].ttl = 10s;
  request.entries[1].ttl = 20s;
  ASSERT_TRUE(TryPublish(request).ok());
  KillAndReopen();
  Advance(1h);
  EXPECT_EQ(Counts("orders"), "2 ready");
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(TimeToLive, BeginsWhenAnOrderedQueuesDelayHasPassed) {
  model::QueueSettings settings = Lasting(10s);
  settings.delivery.ordered = true;
  settings.delay = 1min;
  CreateQueue("late", settings);
  Publish("late", "a");
  Advance(1min + 9s);
  EXPECT_EQ(Receive("late"), "a");
}

TEST_F(TimeToLive, OfADelayedMessagePassedWhileTheBrokerWasAway) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].delay = 1h;
  request.entries[0].ttl = 10s;
  ASSERT_TRUE(TryPublish(request).ok());
  KillAndReopen(2h);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(TimeToLive, OfATopicsMessageHoldsForAllItsReaders) {
  CreateTopic("events");
  CreatePull("pull", "events");
  CreateQueue("short", Lasting(5s));
  CreateQueue("plain");
  SubscribeQueue("to-short", "events", "short");
  SubscribeQueue("to-plain", "events", "plain");
  PublishFor("events", "a", 10s);
  Publish("events", "b");
  KillAndReopen();
  Advance(5s);
  EXPECT_EQ(Receive("short"), "a") << "b has the queue's own";
  Advance(5s);
  EXPECT_EQ(Receive("pull"), "b");
  EXPECT_EQ(Receive("plain"), "b");
}

TEST_F(TimeToLive, OfATopicsDelayedMessageCountsFromDue) {
  CreateTopic("events");
  CreatePull("pull", "events");
  SubscribeQueue("s", "events", "orders");
  engine::PublishRequest request = Batch("events", "a");
  request.entries[0].delay = 1h;
  request.entries[0].ttl = 10s;
  ASSERT_TRUE(TryPublish(request).ok());
  Advance(1h + 9s);
  EXPECT_EQ(Peek("pull"), "a");
  EXPECT_EQ(Receive("orders"), "a");
  Advance(1s);
  EXPECT_EQ(Receive("pull"), "");
}

TEST_F(TimeToLive, PassedDuringALeaseEndsItWithTheLease) {
  PublishFor("orders", "a,b", 10s);
  EXPECT_EQ(Receive("orders"), "a,b");
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "2 leased");
  Ack("orders", "a");
  Advance(20s);
  EXPECT_EQ(Counts("orders"), "empty") << "b would have become ready";
}

TEST_F(TimeToLive, PassedDuringALeaseEndsItWithTheNack) {
  PublishFor("orders", "a", 10s);
  EXPECT_EQ(Receive("orders"), "a");
  Advance(10s);
  Nack("orders", "a", "busy", 5s);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(TimeToLive, PassedDuringABackoffEndsItWithTheBackoff) {
  PublishFor("orders", "a", 10s);
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 20s);
  KillAndReopen(15s);
  EXPECT_EQ(Counts("orders"), "1 retrying");
  Advance(5s);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(TimeToLive, IsNoReasonForADeadLetter) {
  PublishFor("orders", "a", 10s);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Receive("orders"), "a");
    Nack("orders", "a");
  }
  EXPECT_EQ(Receive("orders"), "a");
  Advance(10s);
  Nack("orders", "a", "the last attempt");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("dead"), "empty");
}

TEST_F(TimeToLive, OfADeadLetterIsThatOfItsNewHome) {
  UpdateQueue("dead", {.message_ttl = 1min});
  PublishFor("orders", "a", 10s);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Receive("orders"), "a");
    Nack("orders", "a");
  }
  Advance(59s);
  EXPECT_EQ(Peek("dead"), "a");
  Advance(1s);
  EXPECT_EQ(Redrive("dead").moved, 0u);
  EXPECT_EQ(Counts("dead"), "empty");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(TimeToLive, OfTheHeadOfAKeyFreesTheNext) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  CreateQueue("ordered", settings);
  engine::PublishRequest request = Batch("ordered", "a,b,c,d");
  for (auto& entry : request.entries) entry.content.ordering_key = "k";
  request.entries[0].ttl = request.entries[2].ttl = 10s;
  ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(Receive("ordered", 2), "a,b");
  EXPECT_EQ(Receive("ordered"), "") << "c and d wait behind them";
  Advance(10s);
  Nack("ordered", "a");
  EXPECT_EQ(Receive("ordered"), "b,d");
}

TEST_F(TimeToLive, IsPassedWhileNobodyReceivesFromACutOffTail) {
  PublishFor("orders", "a,b,c", 10s);
  Publish("orders", "d");
  PublishFor("orders", "e", 10s);
  Advance(10s);
  EXPECT_EQ(Receive("orders", 1), "d");
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(TimeToLive, PassedStaysPassedAfterAPowerCutSoThatAnAnsweredAckStands) {
  CreateQueue("plain");
  PublishFor("plain", "a", 10s);
  EXPECT_EQ(Receive("plain"), "a");
  Advance(10s);
  Nack("plain", "a");
  Ack("plain", "a");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Counts("plain"), "empty");
}

TEST_F(TimeToLive, IsHeldBackWithTheClock) {
  PublishFor("orders", "a", 1h);
  KillAndReopen(30 * 24h);
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  AcceptClock();
  EXPECT_EQ(Receive("orders"), "");
}

TEST_F(TimeToLive, OutsideWhatIsAllowedIsRefused) {
  for (const Nanos ttl : {Nanos{0}, Nanos{-1s}, Nanos{96h + 1ns}}) {
    engine::PublishRequest request = Batch("orders", "a");
    request.entries[0].ttl = ttl;
    EXPECT_THAT(TryPublish(request)->results[0], Refused(ErrorCode::kInvalidArgument, "ttl"));
  }
  CreateTopic("events");
  engine::PublishRequest request = Batch("events", "a");
  request.entries[0].ttl = 31 * 24h + 1ns;
  EXPECT_THAT(TryPublish(request)->results[0], Refused(ErrorCode::kInvalidArgument, "at most 31d"));
  EXPECT_THAT(TryUpdateQueue("orders", {.message_ttl = 97h}), Refused(ErrorCode::kInvalidArgument, "message_ttl"));
}

}  // namespace
}  // namespace broker::test
