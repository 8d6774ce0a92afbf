// Pull subscriptions that go when nobody uses them.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class UnusedSubscription : public EngineTest {
 protected:
  UnusedSubscription() {
    CreateTopic("events");
    EXPECT_TRUE(TryCreateSubscription("mail", {.topic = "events", .expire_unused = 24h}).ok());
  }
  bool Exists() { return DescribeSubscription("mail").ok(); }
};

TEST_F(UnusedSubscription, GoesAfterSoLong) {
  Advance(24h - 1s);
  EXPECT_TRUE(Exists());
  Advance(1s);
  EXPECT_FALSE(Exists());
  CreatePull("other", "events");
  Advance(100 * 24h);
  EXPECT_TRUE(DescribeSubscription("other").ok()) << "without it, never";
}

TEST_F(UnusedSubscription, StaysWhenItIsReceivedFromOrSettledOrSoughtOrChanged) {
  Publish("events", "a");
  Advance(23h);
  EXPECT_EQ(Receive("mail"), "a");
  Advance(23h);
  EXPECT_EQ(TryAck("mail", {ReceiptOf("mail", "a")}), "ok");
  Advance(23h);
  SeekToTime("mail", now());
  Advance(23h);
  ASSERT_TRUE(TryUpdateSubscription("mail", {}).ok());
  Advance(24h - 1s);
  EXPECT_TRUE(Exists());
  Advance(1s);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, IsInUseWhileOneWaitsOrHoldsALease) {
  Advance(24h - 10min);
  const auto waiting = StartReceive("mail", 1h);
  Advance(30min);
  EXPECT_TRUE(Exists());
  Publish("events", "a");
  Drain();
  ASSERT_EQ(Answer(waiting), "a");
  Extend("mail", "a", 12h);
  Advance(24h + 6h);
  EXPECT_TRUE(Exists()) << "a day has not gone by since the lease ended";
  Advance(6h);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, RemembersItsLastUseToTheHour) {
  Advance(20h);
  Receive("mail");
  KillAndReopen();
  Advance(23h - 1s);
  EXPECT_TRUE(Exists());
  Advance(1h + 1s);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, IsLeftAnHourAfterALongDowntime) {
  KillAndReopen(5 * 24h);
  EXPECT_TRUE(Exists());
  Advance(1h - 1s);
  EXPECT_TRUE(Exists());
  Advance(2s);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, IsHeldBackWithAClockThatIsFarAhead) {
  KillAndReopen(30 * 24h);
  Advance(2h);
  EXPECT_TRUE(Exists());
  AcceptClock();
  Advance(1s);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, MayBeToldToStay) {
  ASSERT_TRUE(TryUpdateSubscription("mail", {.expire_unused = std::optional<Nanos>()}).ok());
  Advance(48h);
  EXPECT_TRUE(Exists());
  ASSERT_TRUE(TryUpdateSubscription("mail", {.expire_unused = std::optional<Nanos>(48h)}).ok());
  KillAndReopen();
  EXPECT_EQ(DescribeSubscription("mail")->info.settings.expire_unused, 48h);
  Advance(48h);
  EXPECT_FALSE(Exists());
}

TEST_F(UnusedSubscription, BadInputIsRefused) {
  EXPECT_THAT(TryUpdateSubscription("mail", {.expire_unused = std::optional<Nanos>(24h - 1ns)}),
              Refused(ErrorCode::kInvalidArgument, "expire_unused"));
  EXPECT_THAT(TryUpdateSubscription("mail", {.expire_unused = std::optional<Nanos>(365 * 24h + 1ns)}),
              Refused(ErrorCode::kInvalidArgument, "365d"));
  CreateQueue("copy");
  EXPECT_THAT(TryCreateSubscription("feed", {.topic = "events", .queue = "copy", .expire_unused = 24h}),
              Refused(ErrorCode::kInvalidArgument, "pull subscription"));
}

}  // namespace
}  // namespace broker::test
