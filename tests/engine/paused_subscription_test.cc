// Queue subscriptions that are paused: what is published waits in the topic, and follows when they go on.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

engine::EngineOptions SmallChunks() {
  engine::EngineOptions options;
  options.chunk_sequences = 50;
  options.chunk_age = 1min;
  options.emptied_chunk_bytes = 1;
  options.tail_cache_bytes = 1'024;
  return options;
}

class PausedSubscription : public EngineTest {
 protected:
  PausedSubscription() : EngineTest(SmallChunks()) {
    CreateTopic("events");
    CreateQueue("copy");
    SubscribeQueue("feed", "events", "copy", "raw");
  }
  static std::string Many(const std::string& prefix, int count) {
    std::string bodies = prefix + "0";
    for (int i = 1; i < count; ++i) bodies += "," + prefix + std::to_string(i);
    return bodies;
  }
};

TEST_F(PausedSubscription, LetsMessagesWaitInTheTopicAndFollowInOrder) {
  Publish("events", "a");
  SetPaused("feed", true);
  Publish("events", "b,c");
  EXPECT_EQ(Receive("copy"), "a");
  EXPECT_EQ(Counts("feed"), "2 ready") << "what its queue has still to get";
  SetPaused("feed", false);
  Publish("events", "d");
  EXPECT_EQ(Receive("copy"), "b,c,d");
  EXPECT_EQ(Last("copy", "b").subscription, "feed");
  EXPECT_EQ(Last("copy", "b").delivery_format, "raw");
  EXPECT_EQ(Counts("feed"), "empty");
  EXPECT_FALSE(DescribeSubscription("feed")->info.settings.paused);
}

TEST_F(PausedSubscription, MayBeginSo) {
  ASSERT_TRUE(TryCreateSubscription("late", {.topic = "events", .queue = "copy", .paused = true}).ok());
  Publish("events", "a");
  EXPECT_EQ(Receive("copy"), "a") << "by the other one";
  SetPaused("late", false);
  EXPECT_EQ(Receive("copy"), "a");
  EXPECT_EQ(Last("copy", "a").subscription, "late");
}

TEST_F(PausedSubscription, SurvivesAKill) {
  SetPaused("feed", true);
  Publish("events", Many("m", 200));
  KillAndReopen(1h);
  EXPECT_TRUE(DescribeSubscription("feed")->info.settings.paused);
  EXPECT_EQ(Counts("feed"), "200 ready");
  EXPECT_EQ(Counts("copy"), "empty");
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy", 1'000), Many("m", 200));
}

TEST_F(PausedSubscription, CatchesUpOnceAcrossCrashes) {
  SetPaused("feed", true);
  for (int i = 0; i < 5; ++i) Publish("events", Many(std::to_string(i) + "-", 1'000));
  Pending<engine::SubscriptionInfo> resumed;
  engine().UpdateSubscription(caller, "feed", {.paused = false}, resumed.done());
  for (int i = 0; i < 6; ++i) {
    StopAtCommit(i % 2 == 0);
    if (i % 3 == 0) {
      Kill();
    } else {
      PowerCut(static_cast<std::uint64_t>(i));
    }
    Reopen();
    if (i == 0) SetPaused("feed", false);
    Publish("events", "late-" + std::to_string(i));
  }
  std::string all;
  for (std::string some = Receive("copy", 1'000); !some.empty(); some = Receive("copy", 1'000)) {
    all += (all.empty() ? "" : ",") + some;
  }
  std::string expected;
  for (int i = 0; i < 5; ++i) expected += Many(std::to_string(i) + "-", 1'000) + ",";
  EXPECT_EQ(all, expected + Many("late-", 6));
}

TEST_F(PausedSubscription, FreesWhatItHasPassedOnWhenTheQueueIsDone) {
  SetPaused("feed", true);
  Publish("events", Many("m", 100));
  Advance(10min);
  EXPECT_EQ(DescribeTopic("events")->messages, 100u);
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy", 1'000), Many("m", 100));
  Ack("copy", Many("m", 100));
  Advance(10min);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
}

TEST_F(PausedSubscription, PausedAgainWhileItCatchesUpKeepsTheRest) {
  SetPaused("feed", true);
  for (int i = 0; i < 9; ++i) Publish("events", Many(std::to_string(i) + "-", 1'000));
  Pending<engine::SubscriptionInfo> resumed;
  engine().UpdateSubscription(caller, "feed", {.paused = false}, resumed.done());
  Advance(1s);
  SetPaused("feed", true);
  const std::uint64_t got = StatsOf("copy").ready;
  EXPECT_EQ(StatsOf("feed").ready, 9'000 - got);
  Publish("events", "late");
  SetPaused("feed", false);
  EXPECT_EQ(StatsOf("copy").ready, 9'001u);
}

TEST_F(PausedSubscription, ExpiresWhatWaitsByTheQueuesRetention) {
  UpdateQueue("copy", {.delivery = {.retention = 10min}});
  SetPaused("feed", true);
  Publish("events", "a");
  Advance(6min);
  Publish("events", "b");
  Advance(6min);
  EXPECT_EQ(Counts("feed"), "1 ready");
  UpdateQueue("copy", {.delivery = {.retention = 5min}});
  EXPECT_EQ(Counts("feed"), "empty");
  Publish("events", "c");
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy"), "c");
}

TEST_F(PausedSubscription, StillFollowsWhenTheTopicIsDeletedAndGoesThen) {
  SetPaused("feed", true);
  Publish("events", "a,b");
  DeleteTopic("events");
  KillAndReopen();
  ASSERT_TRUE(DescribeSubscription("feed").ok());
  EXPECT_EQ(DescribeSubscription("feed")->info.settings.topic, "");
  EXPECT_EQ(Counts("feed"), "2 ready");
  CreateTopic("events");
  Publish("events", "of another");
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy"), "a,b");
  EXPECT_THAT(DescribeSubscription("feed"), Refused(ErrorCode::kNotFound, "feed"));
  Ack("copy", "a,b");
  Advance(1h);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
}

TEST_F(PausedSubscription, GoesWithTheTopicWhenNothingWaits) {
  SetPaused("feed", true);
  DeleteTopic("events");
  EXPECT_THAT(DescribeSubscription("feed"), Refused(ErrorCode::kNotFound, "feed"));
}

TEST_F(PausedSubscription, IsDeletedWithWhatWaits) {
  SetPaused("feed", true);
  Publish("events", "a,b");
  DeleteSubscription("feed");
  EXPECT_EQ(Counts("copy"), "empty");
  Advance(10min);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
  SubscribeQueue("feed", "events", "copy");
  SetPaused("feed", true);
  Publish("events", "c");
  ASSERT_TRUE(TryDeleteQueue("copy", true).ok());
  Advance(10min);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
  KillAndReopen();
  EXPECT_THAT(DescribeSubscription("feed"), Refused(ErrorCode::kNotFound, "feed"));
}

TEST_F(PausedSubscription, GetsDelayedMessagesWhenTheyAreDue) {
  PublishDelayed("events", "late", 10s);
  SetPaused("feed", true);
  Advance(20s);
  EXPECT_EQ(Counts("copy"), "empty");
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy"), "late");
}

TEST_F(PausedSubscription, DoesNotHoldUpTheOthers) {
  CreateQueue("other");
  SubscribeQueue("other-feed", "events", "other");
  SetPaused("feed", true);
  Publish("events", "a");
  EXPECT_EQ(Receive("other"), "a");
}

TEST_F(PausedSubscription, WaitsForSpaceToCatchUp) {
  SetPaused("feed", true);
  Publish("events", "a");
  engine().SetStorageFull("the disk is full");
  SetPaused("feed", false);
  Advance(5s);
  EXPECT_EQ(Counts("copy"), "empty");
  engine().SetStorageFull(std::nullopt);
  Advance(2s);
  EXPECT_EQ(Receive("copy"), "a");
}

TEST_F(PausedSubscription, IsNoPullSubscription) {
  CreatePull("mail", "events");
  EXPECT_THAT(TryUpdateSubscription("mail", {.paused = true}), Refused(ErrorCode::kInvalidArgument, "delivery.paused"));
  SetPaused("feed", true);
  EXPECT_THAT(TryReceive({.source = {.name = "feed"}}), Refused(ErrorCode::kFailedPrecondition, "copy"));
}

}  // namespace
}  // namespace broker::test
