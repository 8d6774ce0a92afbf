// Dead letters that would come back to where they failed: refused whichever end closes the circle.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

class DeadLetterCycles : public EngineTest {
 protected:
  static model::DeliverySettings To(const std::string& target) {
    const auto parsed = model::Target::Parse("target", target);
    return {.redrive = model::RedrivePolicy{3, {parsed->kind.value_or(model::ResourceKind::kQueue), parsed->name}}};
  }
  void CreateQueueTo(const std::string& name, const std::string& target) { CreateQueue(name, {.delivery = To(target)}); }
  Status TryDeadLetter(const std::string& queue, const std::string& target) {
    const auto updated = TryUpdateQueue(queue, {.delivery = {.redrive = To(target).redrive}});
    return updated.ok() ? Status() : Status(updated.error());
  }
  Result<engine::SubscriptionInfo> TryPull(const std::string& name, const std::string& topic,
                                           const std::string& target) {
    model::SubscriptionSettings settings{.topic = topic};
    settings.delivery.redrive = To(target).redrive;
    return TryCreateSubscription(name, settings);
  }
  Result<engine::SubscriptionInfo> TryFeed(const std::string& queue, const std::string& topic) {
    return TryCreateSubscription(queue + "-" + topic, {.topic = topic, .queue = queue});
  }
};

TEST_F(DeadLetterCycles, OfOneQueueAreRefused) {
  EXPECT_THAT(TryCreateQueue("a", {.delivery = To("a")}), Refused(ErrorCode::kInvalidArgument, "queue/a"));
  CreateQueue("a");
  EXPECT_THAT(TryDeadLetter("a", "a"), Refused(ErrorCode::kInvalidArgument, "queue/a"));
  EXPECT_FALSE(DescribeQueue("a")->info.settings.delivery.redrive);
}

TEST_F(DeadLetterCycles, OfManyQueuesAreRefused) {
  CreateQueue("a");
  CreateQueueTo("b", "a");
  CreateQueueTo("c", "b");
  EXPECT_THAT(TryDeadLetter("a", "c"), Refused(ErrorCode::kFailedPrecondition, "by way of queue/c"));
  EXPECT_FALSE(DescribeQueue("a")->info.settings.delivery.redrive);
}

TEST_F(DeadLetterCycles, ThroughADeletedQueueAreRefusedWhenItIsCreatedAgain) {
  CreateQueue("a");
  CreateQueueTo("b", "a");
  ASSERT_TRUE(TryDeleteQueue("a", true).ok());
  EXPECT_THAT(TryCreateQueue("a", {.delivery = To("b")}), Refused(ErrorCode::kFailedPrecondition, "queue/b"));
}

TEST_F(DeadLetterCycles, ThroughATopicAreRefusedWhenThePolicyComesLast) {
  CreateTopic("failures");
  CreateQueue("a");
  CreateQueueTo("b", "topic/failures");
  SubscribeQueue("a-failures", "failures", "a");
  EXPECT_THAT(TryDeadLetter("a", "topic/failures"), Refused(ErrorCode::kFailedPrecondition, "topic/failures"));
  EXPECT_THAT(TryDeadLetter("a", "b"), Refused(ErrorCode::kFailedPrecondition, "queue/b"));
}

TEST_F(DeadLetterCycles, ThroughATopicAreRefusedWhenTheSubscriptionComesLast) {
  CreateTopic("failures");
  CreateQueueTo("a", "topic/failures");
  CreateQueueTo("b", "a");
  EXPECT_THAT(TryFeed("a", "failures"), Refused(ErrorCode::kFailedPrecondition, "queue/a"));
  EXPECT_THAT(TryFeed("b", "failures"), Refused(ErrorCode::kFailedPrecondition, "queue/b"));
  EXPECT_TRUE(DescribeTopic("failures")->subscriptions.empty());
}

TEST_F(DeadLetterCycles, ThroughATopicsOtherQueuesAreRefused) {
  CreateTopic("failures");
  CreateQueue("a");
  CreateQueueTo("b", "a");
  SubscribeQueue("b-failures", "failures", "b");
  EXPECT_THAT(TryDeadLetter("a", "topic/failures"), Refused(ErrorCode::kFailedPrecondition, "topic/failures"));
}

TEST_F(DeadLetterCycles, OfAPullSubscriptionAreRefused) {
  CreateTopic("orders");
  CreateQueueTo("a", "topic/orders");
  EXPECT_THAT(TryPull("mail", "orders", "topic/orders"), Refused(ErrorCode::kFailedPrecondition, "subscription/mail"));
  EXPECT_THAT(TryPull("mail", "orders", "a"), Refused(ErrorCode::kFailedPrecondition, "queue/a"));
  CreatePull("mail", "orders");
  EXPECT_THAT(TryUpdateSubscription("mail", {.delivery = {.redrive = To("a").redrive}}),
              Refused(ErrorCode::kFailedPrecondition, "queue/a"));
}

TEST_F(DeadLetterCycles, ThroughAPullSubscriptionAreRefused) {
  CreateTopic("orders");
  CreateQueue("a");
  ASSERT_TRUE(TryPull("mail", "orders", "a").ok());
  EXPECT_THAT(TryDeadLetter("a", "topic/orders"), Refused(ErrorCode::kFailedPrecondition, "topic/orders"));
}

TEST_F(DeadLetterCycles, AreNotSeenWhereTwoWaysMeet) {
  CreateTopic("failures");
  CreateQueue("end");
  CreateQueueTo("a", "end");
  CreateQueueTo("b", "end");
  EXPECT_TRUE(TryFeed("a", "failures").ok());
  EXPECT_TRUE(TryFeed("b", "failures").ok());
  EXPECT_TRUE(TryFeed("end", "failures").ok());
  EXPECT_TRUE(TryCreateQueue("c", {.delivery = To("topic/failures")}).ok());
}

}  // namespace
}  // namespace broker::test
