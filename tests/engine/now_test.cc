// What stands now: seen in the turn of the commands that made it, before they are durable and answered.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Now : public EngineTest {
 public:
  std::vector<std::string> SubscriptionsOf(const std::string& topic) {
    std::vector<std::string> names;
    for (const auto& each : engine().LookUpSubscriptions(caller, topic)) names.push_back(each.name);
    return names;
  }
};

TEST_F(Now, CommandsOfTheSameTurnCount) {
  const Pending<engine::TopicInfo> topic;
  const Pending<engine::QueueInfo> queue;
  const Pending<engine::SubscriptionInfo> second, first;
  engine().CreateTopic(caller, "orders", {.deduplication = {.by_content = true}}, topic.done());
  engine().CreateQueue(caller, "billing", {.delivery = {.ordered = true}}, queue.done());
  engine().CreateSubscription(caller, "b", {.topic = "orders", .queue = "billing"}, engine::StartAt::kEnd,
                              second.done());
  engine().CreateSubscription(caller, "a", {.topic = "orders"}, engine::StartAt::kEnd, first.done());

  const auto topic_now = engine().LookUpTopic(caller, "orders");
  ASSERT_TRUE(topic_now.has_value());
  EXPECT_TRUE(topic_now->settings.deduplication.by_content);
  EXPECT_EQ(topic_now->created, now());
  const auto queue_now = engine().LookUpQueue(caller, "billing");
  ASSERT_TRUE(queue_now.has_value());
  EXPECT_TRUE(queue_now->settings.delivery.ordered);
  const auto subscription = engine().LookUpSubscription(caller, "b");
  ASSERT_TRUE(subscription.has_value());
  EXPECT_EQ(subscription->settings.queue, "billing");
  EXPECT_THAT(SubscriptionsOf("orders"), ElementsAre("a", "b"));
  EXPECT_FALSE(topic.answered());

  Drain();
  EXPECT_TRUE(topic.answered());
}

TEST_F(Now, WhatIsNotThereIsNotSeen) {
  EXPECT_FALSE(engine().LookUpTopic(caller, "orders").has_value());
  EXPECT_FALSE(engine().LookUpTopic(caller, "not a name").has_value());
  EXPECT_FALSE(engine().LookUpQueue(caller, "billing").has_value());
  EXPECT_FALSE(engine().LookUpSubscription(caller, "mail").has_value());
  EXPECT_THAT(SubscriptionsOf("orders"), IsEmpty());
  CreateTopic("orders");
  EXPECT_THAT(SubscriptionsOf("orders"), IsEmpty());
  EXPECT_FALSE(engine().LookUpTopic({.name_space = "other"}, "orders").has_value());
}

}  // namespace
}  // namespace broker::test
