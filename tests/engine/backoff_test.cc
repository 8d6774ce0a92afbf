// How long a message waits for its next attempt when its consumer does not say.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class Backoff : public EngineTest {
 protected:
  Backoff() { CreateQueue("orders", Waiting(10s, 60s)); }

  static model::QueueSettings Waiting(Nanos minimum, Nanos maximum, bool ordered = false) {
    model::QueueSettings settings;
    settings.delivery.backoff = model::RetryBackoff{minimum, maximum};
    settings.delivery.ordered = ordered;
    return settings;
  }
  Nanos WaitOf(const std::string& source) {
    const auto retrying = Peeked(source, MessageState::kRetrying);
    if (retrying.size() != 1) return Nanos{-1};
    return *retrying[0].until - now();
  }
  // Up to a tenth less.
  static testing::Matcher<Nanos> About(Nanos wait) {
    return testing::AllOf(testing::Ge(wait - wait / 10), testing::Le(wait));
  }
};

TEST_F(Backoff, FollowsANackThatNamesNone) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  GiveUp("orders", "a");
  EXPECT_EQ(Counts("orders"), "1 retrying");
  EXPECT_THAT(WaitOf("orders"), About(10s));
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

TEST_F(Backoff, FollowsAVisibilityTimeout) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Advance(30s);
  EXPECT_THAT(WaitOf("orders"), About(10s));
}

TEST_F(Backoff, FollowsAReceiverThatLeft) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", true);
  EXPECT_THAT(WaitOf("orders"), About(10s));
}

TEST_F(Backoff, DoublesUpToItsMaximum) {
  Publish("orders", "a");
  for (const Nanos wait : {10s, 20s, 40s, 60s, 60s}) {
    EXPECT_EQ(Receive("orders"), "a");
    GiveUp("orders", "a");
    EXPECT_THAT(WaitOf("orders"), About(wait));
    Advance(wait);
  }
}

TEST_F(Backoff, OfManyMessagesIsSpreadByChance) {
  Publish("orders", "a,b,c,d,e,f,g,h");
  EXPECT_EQ(Receive("orders"), "a,b,c,d,e,f,g,h");
  GiveUp("orders", "a,b,c,d,e,f,g,h");
  std::set<Time> ends;
  for (const auto& message : Peeked("orders", MessageState::kRetrying)) ends.insert(*message.until);
  EXPECT_GT(ends.size(), 4u);
}

TEST_F(Backoff, IsTheNacksOwnIfItNamesOne) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 1s);
  EXPECT_EQ(WaitOf("orders"), 1s);
  Advance(1s);
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 0s);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Backoff, DoesNotFollowAnExtensionToNothingNorWhatDidNotCount) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 0s);
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", false);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Backoff, EndsAtTheSameTimeAfterARestart) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  GiveUp("orders", "a");
  const Time until = *Peeked("orders", MessageState::kRetrying)[0].until;
  KillAndReopen();
  EXPECT_EQ(*Peeked("orders", MessageState::kRetrying)[0].until, until);
  EXPECT_EQ(DescribeQueue("orders")->info.settings, Waiting(10s, 60s));
}

TEST_F(Backoff, OfTheHeadOfAKeyHoldsBackTheKeyAndNoOther) {
  CreateQueue("ordered", Waiting(10s, 60s, true));
  PublishKeyed("ordered", "k", "a,b");
  PublishKeyed("ordered", "m", "x");
  EXPECT_EQ(Receive("ordered", 2), "a,b");
  GiveUp("ordered", "a");
  EXPECT_EQ(Receive("ordered"), "x");
  Advance(8s);
  EXPECT_EQ(Receive("ordered"), "");
  Advance(2s);
  EXPECT_EQ(Receive("ordered"), "a,b");
}

TEST_F(Backoff, DoesNotHoldUpADeadLetter) {
  CreateQueue("dead");
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  GiveUp("orders", "a");
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(Backoff, IsGivenAndTakenAwayByAPatch) {
  UpdateQueue("orders", {.delivery = {.backoff = std::optional<model::RetryBackoff>{}}});
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  GiveUp("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  CreateTopic("events");
  CreatePull("pull", "events");
  ASSERT_TRUE(TryUpdateSubscription("pull", {.delivery = {.backoff = model::RetryBackoff{5s, 5s}}}).ok());
  Publish("events", "x");
  EXPECT_EQ(Receive("pull"), "x");
  GiveUp("pull", "x");
  EXPECT_THAT(WaitOf("pull"), About(5s));
  EXPECT_THAT(TryUpdateQueue("orders", {.delivery = {.backoff = model::RetryBackoff{5s, 1s}}}),
              Refused(ErrorCode::kInvalidArgument, "backoff.minimum"));
}

TEST_F(Backoff, OfNothingIsNone) {
  CreateQueue("at-once", Waiting(0s, 60s));
  Publish("at-once", "a");
  EXPECT_EQ(Receive("at-once"), "a");
  GiveUp("at-once", "a");
  EXPECT_EQ(Receive("at-once"), "a");
}

}  // namespace
}  // namespace broker::test
