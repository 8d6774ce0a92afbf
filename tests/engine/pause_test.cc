// Paused queues and subscriptions: nothing is handed out, everything else goes on.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Pause : public EngineTest {
 protected:
  Pause() {
    CreateQueue("dead");
    model::QueueSettings settings;
    settings.delivery.redrive = DeadLetterTo("dead", 2);
    CreateQueue("orders", settings);
  }
};

TEST_F(Pause, HandsNothingOut) {
  Publish("orders", "a");
  PauseQueue("orders");
  EXPECT_EQ(Receive("orders"), "");
  Publish("orders", "b");
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_EQ(Peek("orders"), "a,b");
  EXPECT_TRUE(DescribeQueue("orders")->info.settings.delivery.paused);
  PauseQueue("orders", false);
  EXPECT_EQ(Receive("orders"), "a,b");
}

TEST_F(Pause, LetsWaitersWaitAndTimeOutEmpty) {
  const WaitingReceive before = StartReceive("orders", 20s);
  Drain();
  PauseQueue("orders");
  const WaitingReceive after = StartReceive("orders", 10s);
  Publish("orders", "a");
  EXPECT_EQ(Answer(before), "waiting");
  EXPECT_EQ(Answer(after), "waiting");
  Advance(10s);
  EXPECT_EQ(Answer(before), "waiting");
  EXPECT_EQ(Answer(after), "");
  Advance(10s);
  EXPECT_EQ(Answer(before), "");
}

TEST_F(Pause, EndsForWaitersWhenItIsResumed) {
  PauseQueue("orders");
  Publish("orders", "a");
  const WaitingReceive receive = StartReceive("orders", 1h);
  Drain();
  EXPECT_EQ(Answer(receive), "waiting");
  PauseQueue("orders", false);
  EXPECT_EQ(Answer(receive), "a");
}

TEST_F(Pause, LetsReceiptsAndLeasesGoOn) {
  Publish("orders", "a,b,c,d");
  EXPECT_EQ(Receive("orders"), "a,b,c,d");
  PauseQueue("orders");
  Ack("orders", "a");
  Nack("orders", "b", "busy", 10s);
  Extend("orders", "c", 1min);
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "2 ready, 1 leased");
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "3 ready");
}

TEST_F(Pause, LetsMessagesExpireAndDie) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  PauseQueue("orders");
  Advance(30s);
  EXPECT_EQ(Counts("dead"), "1 ready") << "its last lease ended";
  Publish("orders", "b");
  Advance(96h + 2s);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Pause, SurvivesARestart) {
  Publish("orders", "a");
  PauseQueue("orders");
  KillAndReopen();
  EXPECT_TRUE(DescribeQueue("orders")->info.settings.delivery.paused);
  EXPECT_EQ(Receive("orders"), "");
  PauseQueue("orders", false);
  KillAndReopen();
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Pause, OfAPullSubscriptionStopsThatOneAlone) {
  CreateTopic("events");
  CreatePull("one", "events");
  CreatePull("other", "events");
  ASSERT_TRUE(TryUpdateSubscription("one", {.delivery = {.paused = true}}).ok());
  Publish("events", "a");
  EXPECT_EQ(Receive("one"), "");
  EXPECT_EQ(Receive("other"), "a");
  EXPECT_TRUE(DescribeSubscription("one")->info.settings.delivery.paused);
  ASSERT_TRUE(TryUpdateSubscription("one", {.delivery = {.paused = false}}).ok());
  EXPECT_EQ(Receive("one"), "a");
}

TEST_F(Pause, MayStandFromTheFirstDay) {
  model::QueueSettings settings;
  settings.delivery.paused = true;
  CreateQueue("later", settings);
  Publish("later", "a");
  EXPECT_EQ(Receive("later"), "");
}

TEST_F(Pause, LetsDelaysComeDue) {
  PauseQueue("orders");
  PublishDelayed("orders", "a", 1min);
  const WaitingReceive receive = StartReceive("orders", 1h);
  Advance(1min);
  EXPECT_EQ(Answer(receive), "waiting");
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Pause, LetsARedriveGoOn) {
  Publish("orders", "a");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Receive("orders"), "a");
    Nack("orders", "a");
  }
  PauseQueue("orders");
  PauseQueue("dead");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "");
}

}  // namespace
}  // namespace broker::test
