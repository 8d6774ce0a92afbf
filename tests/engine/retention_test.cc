// Retention and purge: what is gone, when, and what stays.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

// A floor lags behind an expired message by at most this (time_marks.h).
constexpr auto kLag = 1s;

class Retention : public EngineTest {
 protected:
  Retention() {
    model::QueueSettings settings;
    settings.delivery.retention = 1h;
    CreateQueue("orders", settings);
  }
};

TEST_F(Retention, AMessageIsGoneWhenItHasPassedAndNotBefore) {
  Publish("orders", "a");
  Advance(1h - 1ms);
  EXPECT_EQ(Counts("orders"), "1 ready");
  Advance(kLag);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("orders"), "");
}

TEST_F(Retention, CountsForEachMessage) {
  Publish("orders", "a");
  Advance(30min);
  Publish("orders", "b");
  Advance(30min + kLag);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(StatsOf("orders").bytes, 1u);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Retention, APauseAfterAMessageDoesNotKeepItLonger) {
  Publish("orders", "a");
  Advance(500ms);
  Publish("orders", "b");
  Advance(50min);
  Publish("orders", "c");
  Advance(10min + kLag);
  EXPECT_EQ(Receive("orders"), "c");
}

TEST_F(Retention, AlsoWhileLeasedAndALaterAckIsOk) {
  Publish("orders", "a");
  Advance(59min);
  const auto response = TryReceive({.source = {std::nullopt, "orders"}, .visibility_timeout = 12h});
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->deliveries.size(), 1u);
  Advance(2min);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(TryAck("orders", {response->deliveries[0].receipt}), "ok");
  EXPECT_EQ(TryNack("orders", {{response->deliveries[0].receipt}}), "ok");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Retention, AlsoWhileBackingOff) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 12h);
  Advance(1h + kLag);
  EXPECT_EQ(Counts("orders"), "empty");
  Advance(12h);
  EXPECT_EQ(Receive("orders"), "");
}

TEST_F(Retention, AcrossARestart) {
  Publish("orders", "a");
  KillAndReopen(30min);
  Publish("orders", "b");
  KillAndReopen(30min + kLag);
  EXPECT_EQ(Receive("orders"), "b");
  PowerCut(1);
  Reopen(1h);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Retention, OfEachSubscriptionIsItsOwn) {
  CreateTopic("events");
  CreatePull("short", "events", {.retention = 10min});
  CreatePull("long", "events", {.retention = 24h});
  Publish("events", "a");
  Advance(10min + kLag);
  EXPECT_EQ(Counts("short"), "empty");
  EXPECT_EQ(Counts("long"), "1 ready");
  Advance(23h);
  EXPECT_EQ(Receive("long"), "a");
}

TEST_F(Retention, ChangedHoldsForWhatIsThere) {
  Publish("orders", "a");
  UpdateQueue("orders", {.delivery = {.retention = 24h}});
  Advance(2h);
  EXPECT_EQ(Counts("orders"), "1 ready");
  UpdateQueue("orders", {.delivery = {.retention = 1h}});
  Advance(kLag);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Retention, OfAQueueCountsFromItsOwnCopy) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  Publish("orders", "a");
  Advance(59min);
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  Advance(90h);
  EXPECT_EQ(Counts("dead"), "1 ready");
  Advance(6h + kLag);
  EXPECT_EQ(Counts("dead"), "empty");
}

TEST_F(Retention, WakesNoOneForWhatIsGone) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 2h);
  Advance(30min);
  const auto waiting = StartReceive("orders", 1h);
  Advance(59min);
  EXPECT_EQ(Answer(waiting), "waiting");
}

class Purges : public Retention {};

TEST_F(Purges, DropEverythingAndSayHowMuch) {
  Publish("orders", "a,b,c,d");
  PublishDelayed("orders", "e", 10s);
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Nack("orders", "a", "busy", 1min);
  EXPECT_EQ(Counts("orders"), "2 ready, 1 leased, 1 retrying, 1 delayed");
  EXPECT_EQ(Purge("orders"), 5u);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(StatsOf("orders").bytes, 0u);
  EXPECT_EQ(StatsOf("orders").oldest_age, std::nullopt);
  Advance(10min);
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(Purge("orders"), 0u);
}

TEST_F(Purges, HoldAcrossKillsAndPowerCuts) {
  Publish("orders", "a,b");
  PublishDelayed("orders", "c", 10min);
  EXPECT_EQ(Receive("orders", 1), "a");
  EXPECT_EQ(Purge("orders"), 3u);
  PowerCutKeeping(0);
  Reopen(20min);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("orders"), "");
}

TEST_F(Purges, LaterMessagesAreNotTouched) {
  Publish("orders", "a");
  Purge("orders");
  Publish("orders", "b");
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Purges, ReceiptsFromBeforeDoNothing) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Purge("orders");
  Publish("orders", "b");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a")}), "ok");
  EXPECT_EQ(TryNack("orders", {{ReceiptOf("orders", "a")}}), "ok");
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Purges, OfASubscriptionLeaveItsSiblingsAlone) {
  CreateTopic("events");
  CreatePull("mail", "events");
  CreatePull("audit", "events");
  Publish("events", "a,b");
  EXPECT_EQ(Receive("mail", 1), "a");
  EXPECT_EQ(Purge("mail"), 2u);
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(Receive("audit"), "a,b");
  KillAndReopen();
  EXPECT_EQ(Counts("mail"), "empty");
}

TEST_F(Purges, OfAQueueFedByATopicLeaveTheTopicsOthersAlone) {
  CreateTopic("events");
  CreatePull("mail", "events");
  SubscribeQueue("orders-events", "events", "orders");
  Publish("events", "a");
  EXPECT_EQ(Purge("orders"), 1u);
  EXPECT_EQ(Receive("mail"), "a");
}

TEST_F(Purges, OfNothingKnownAreRefused) {
  const auto purge = [this](const std::string& name) {
    return Call<std::uint64_t>([&](auto done) { engine().Purge(caller, {std::nullopt, name}, done); });
  };
  EXPECT_THAT(purge("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
}

}  // namespace
}  // namespace broker::test
