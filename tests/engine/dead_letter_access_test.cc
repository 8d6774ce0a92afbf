// Which sources may use a queue for their dead letters: asked when a policy is set.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using model::DeadLetterAccess;
using model::ResourceKind;

class DeadLetterAccessTest : public EngineTest {
 protected:
  Result<engine::QueueInfo> TryCreateSource(const std::string& name) {
    model::QueueSettings settings;
    settings.delivery.redrive = DeadLetterTo("dead", 2);
    return TryCreateQueue(name, settings);
  }
  void Allow(DeadLetterAccess access) { UpdateQueue("dead", {.dead_letter_access = std::move(access)}); }
};

TEST_F(DeadLetterAccessTest, IsForAllUnlessSaidOtherwise) {
  CreateQueue("dead");
  EXPECT_TRUE(TryCreateSource("orders").ok());
}

TEST_F(DeadLetterAccessTest, ForNoneRefusesNamingBoth) {
  CreateQueue("dead", {.dead_letter_access = {DeadLetterAccess::Kind::kNone, {}}});
  EXPECT_THAT(TryCreateSource("orders"), Refused(ErrorCode::kFailedPrecondition, "queue/orders may not use queue/dead"));
  CreateQueue("orders");
  EXPECT_THAT(TryUpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 2)}}),
              Refused(ErrorCode::kFailedPrecondition, "queue/dead"));
  CreateTopic("events");
  model::SubscriptionSettings pull{.topic = "events"};
  pull.delivery.redrive = DeadLetterTo("dead", 2);
  EXPECT_THAT(TryCreateSubscription("pull", pull), Refused(ErrorCode::kFailedPrecondition, "subscription/pull"));
}

TEST_F(DeadLetterAccessTest, ByListIsForThoseOnIt) {
  CreateQueue("dead", {.dead_letter_access = {DeadLetterAccess::Kind::kListed,
                                              {{ResourceKind::kQueue, "orders"}, {ResourceKind::kSubscription, "pull"}}}});
  KillAndReopen();
  EXPECT_TRUE(TryCreateSource("orders").ok());
  EXPECT_THAT(TryCreateSource("bills"), Refused(ErrorCode::kFailedPrecondition, "only those of its list"));
  EXPECT_THAT(TryCreateSource("pull"), Refused(ErrorCode::kFailedPrecondition, "queue/pull"));
}

TEST_F(DeadLetterAccessTest, TakenAwayLeavesPoliciesThatStand) {
  CreateQueue("dead");
  ASSERT_TRUE(TryCreateSource("orders").ok());
  Allow({DeadLetterAccess::Kind::kNone, {}});
  EXPECT_TRUE(TryUpdateQueue("orders", {.delay = std::chrono::seconds(0)}).ok());
  Publish("orders", "a");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Receive("orders"), "a");
    Nack("orders", "a");
  }
  EXPECT_EQ(Counts("dead"), "1 ready");
  EXPECT_THAT(TryUpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 3)}}),
              Refused(ErrorCode::kFailedPrecondition, "queue/dead"));
  Allow({});
  EXPECT_TRUE(TryUpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 3)}}).ok());
}

TEST_F(DeadLetterAccessTest, ThatIsWrongIsRefused) {
  EXPECT_THAT(TryCreateQueue("dead", {.dead_letter_access = {DeadLetterAccess::Kind::kListed, {}}}),
              Refused(ErrorCode::kInvalidArgument, "dead_letter_access.sources"));
}

}  // namespace
}  // namespace broker::test
