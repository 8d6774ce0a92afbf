// Engine time: never back, slewed to the wall clock, and held back for expiry after a jump far ahead.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Clocks : public EngineTest {
 protected:
  Clocks() { CreateQueue("orders"); }
};

TEST_F(Clocks, ShowEngineAndWallTime) {
  Advance(5s);
  const auto clock = ShowClock();
  EXPECT_EQ(clock.engine, now());
  EXPECT_EQ(clock.wall, now());
  EXPECT_EQ(clock.held_back, 0s);
}

TEST_F(Clocks, AWallClockThatJumpsBackTakesNoTimeBack) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const Time before = ShowClock().engine;
  clock().JumpWall(-1h);
  EXPECT_GE(ShowClock().engine, before);
  Advance(20s);
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(14s);  // the slower of the clocks a slew may show
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Clocks, AWallClockThatJumpsAheadEndsNoLeaseEarly) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  clock().JumpWall(24h * 365);
  Advance(26s);
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(4s);
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Clocks, EngineTimeSlewsToTheWallClock) {
  clock().JumpWall(1min);
  EXPECT_LT(ShowClock().engine, now());
  Advance(10min);
  EXPECT_EQ(ShowClock().engine, now());
  clock().JumpWall(-1min);
  Advance(9min);
  EXPECT_GT(ShowClock().engine, now());
  Advance(2min);
  EXPECT_EQ(ShowClock().engine, now());
}

TEST_F(Clocks, AtAStartTheLaterOfPersistedAndWallTimeCounts) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const Time before = ShowClock().engine;
  Kill();
  Reopen(-24h);
  EXPECT_GE(ShowClock().engine, before);
  EXPECT_EQ(Counts("orders"), "1 leased");
  Kill();
  Reopen(48h);
  EXPECT_EQ(ShowClock().engine, now());
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Clocks, ALongDowntimeCounts) {
  Publish("orders", "a");
  PublishDelayed("orders", "b", 24h);
  KillAndReopen(5 * 24h);
  EXPECT_EQ(ShowClock().held_back, 0s);
  EXPECT_EQ(Receive("orders"), "b") << "a has passed its four days";
}

TEST_F(Clocks, AStartFarAheadHoldsRetentionAndDeduplicationBackUntilAccepted) {
  Publish("orders", "a");
  EXPECT_TRUE(PublishOnce("orders", "1", "b"));
  KillAndReopen(30 * 24h);
  EXPECT_EQ(ShowClock().engine, now());
  EXPECT_EQ(ShowClock().held_back, 30 * 24h);
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_FALSE(PublishOnce("orders", "1", "b"));
  KillAndReopen(1h);
  EXPECT_EQ(ShowClock().held_back, 30 * 24h) << "a restart accepts nothing";
  Advance(24h);
  EXPECT_EQ(Counts("orders"), "2 ready") << "held back, not stopped: two of its four days";
  EXPECT_EQ(AcceptClock().held_back, 0s);
  Advance(1s);
  EXPECT_EQ(Counts("orders"), "empty");
  KillAndReopen();
  EXPECT_EQ(ShowClock().held_back, 0s);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Clocks, AClockThatWasWrongOnceAndIsAcceptedWhenItIsRightDropsNothing) {
  KillAndReopen(30 * 24h);
  EXPECT_EQ(ShowClock().held_back, 30 * 24h);
  KillAndReopen(-30 * 24h);
  Publish("orders", "a");
  EXPECT_EQ(AcceptClock().held_back, 30 * 24h) << "engine time is as far ahead of the machine's, and never goes back";
  Advance(4 * 24h - 1h);
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Clocks, HeldBackRetentionGoesOnAtItsOwnPace) {
  Publish("orders", "a");
  KillAndReopen(30 * 24h);
  Advance(4 * 24h - 1min);
  EXPECT_EQ(Counts("orders"), "1 ready");
  Advance(2min);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Clocks, WhileExpiryIsHeldBackLeasesAndDelaysGoOn) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  PublishDelayed("orders", "b", 1h);
  KillAndReopen(30 * 24h);
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_EQ(Receive("orders"), "a,b");
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "2 ready");
}

TEST_F(Clocks, AcceptingAClockThatIsRightChangesNothing) {
  Publish("orders", "a");
  EXPECT_EQ(AcceptClock().held_back, 0s);
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Clocks, MessagesPublishedWhileHeldBackLastTheirRetention) {
  KillAndReopen(30 * 24h);
  Publish("orders", "a");
  Advance(24h);
  EXPECT_EQ(Counts("orders"), "1 ready");
  AcceptClock();
  Advance(1s);
  EXPECT_EQ(Counts("orders"), "1 ready") << "it is one day old";
  Advance(3 * 24h);
  EXPECT_EQ(Counts("orders"), "empty");
}

}  // namespace
}  // namespace broker::test
