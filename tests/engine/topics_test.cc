// Topics and their subscriptions: created, described, updated, listed, deleted.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

using Topics = EngineTest;

TEST_F(Topics, AreThereOnceCreatedAndSurviveAKill) {
  const model::TopicSettings settings{.deduplication = {true, model::DeduplicationScope::kGroup}};
  CreateTopic("events", settings);
  KillAndReopen();
  const auto described = DescribeTopic("events");
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->info.settings, settings);
  EXPECT_THAT(TryCreateTopic("events"), Refused(ErrorCode::kAlreadyExists, "events"));
}

TEST_F(Topics, ThatAreNotThereAreNamed) {
  EXPECT_THAT(DescribeTopic("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryUpdateTopic("nothing", {}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryDeleteTopic("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryCreateSubscription("s", {.topic = "nothing"}), Refused(ErrorCode::kNotFound, "nothing"));
}

TEST_F(Topics, CannotBeReceivedFrom) {
  CreateTopic("events");
  EXPECT_FALSE(TryReceive({.source = {model::ResourceKind::kTopic, "events"}}).ok());
  EXPECT_FALSE(TryReceive({.source = {std::nullopt, "events"}}).ok());
}

TEST_F(Topics, DescribeCountsWhatIsStoredForSomeone) {
  CreateTopic("events");
  CreatePull("mail", "events");
  CreatePull("audit", "events");
  Publish("events", "aaa,bb");
  auto described = DescribeTopic("events");
  ASSERT_TRUE(described.ok());
  EXPECT_THAT(described->subscriptions, UnorderedElementsAre("mail", "audit"));
  EXPECT_EQ(described->messages, 2u);
  EXPECT_EQ(described->bytes, 5u);
}

TEST_F(Topics, EachSubscriptionGetsEachMessage) {
  CreateTopic("events");
  CreatePull("mail", "events");
  CreatePull("audit", "events");
  Publish("events", "a,b");
  EXPECT_EQ(Receive("mail"), "a,b");
  Ack("mail", "a,b");
  EXPECT_EQ(Receive("audit"), "a,b");
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(Counts("audit"), "2 leased");
}

TEST_F(Topics, ANewSubscriptionStartsAtTheEnd) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a");
  CreatePull("audit", "events");
  EXPECT_EQ(Counts("audit"), "empty");
  Publish("events", "b");
  EXPECT_EQ(Receive("audit"), "b");
}

TEST_F(Topics, ANewSubscriptionStartsAtTheEarliestKeptWhenAskedSo) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a,b");
  CreatePullAtEarliest("audit", "events");
  EXPECT_EQ(Counts("audit"), "2 ready");
  EXPECT_EQ(Receive("audit"), "a,b");
}

TEST_F(Topics, PublishSaysHowManySubscriptionsItReached) {
  CreateTopic("events");
  EXPECT_EQ(TryPublish(Batch("events", "a"))->subscriptions, 0u);
  CreatePull("mail", "events");
  CreateQueue("orders");
  SubscribeQueue("orders-events", "events", "orders");
  EXPECT_EQ(TryPublish(Batch("events", "b"))->subscriptions, 2u);
  EXPECT_EQ(TryPublish(Batch("orders", "c"))->subscriptions, 1u);
}

TEST_F(Topics, DeletedFreeTheNameAndLeavePullSubscriptionsWhatTheyHave) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a,b");
  DeleteTopic("events");
  EXPECT_THAT(TryPublish(Batch("events", "c")), Refused(ErrorCode::kNotFound, "events"));
  CreateTopic("events");
  Publish("events", "d");
  EXPECT_EQ(DescribeSubscription("mail")->info.settings.topic, "");
  KillAndReopen();
  EXPECT_EQ(DescribeSubscription("mail")->info.settings.topic, "");
  EXPECT_EQ(Receive("mail"), "a,b");
  Nack("mail", "b");
  EXPECT_EQ(Receive("mail"), "b");
  Ack("mail", "a,b");
  EXPECT_EQ(Counts("mail"), "empty");
}

TEST_F(Topics, DeletedTakeTheirQueueSubscriptionsButNotWhatTheyDelivered) {
  CreateTopic("events");
  CreateQueue("orders");
  SubscribeQueue("orders-events", "events", "orders");
  Publish("events", "a,b");
  DeleteTopic("events");
  EXPECT_THAT(DescribeSubscription("orders-events"), Refused(ErrorCode::kNotFound, "orders-events"));
  EXPECT_TRUE(DescribeQueue("orders")->subscriptions.empty());
  KillAndReopen();
  EXPECT_EQ(Receive("orders"), "a,b");
}

TEST_F(Topics, ThatAreDeadLetterTargetsAreDeletedOnlyByForce) {
  CreateTopic("failures");
  model::QueueSettings settings;
  settings.delivery.redrive = model::RedrivePolicy{3, {model::ResourceKind::kTopic, "failures"}};
  CreateQueue("orders", settings);
  EXPECT_THAT(TryDeleteTopic("failures"), Refused(ErrorCode::kFailedPrecondition, "queue/orders"));
  EXPECT_TRUE(TryDeleteTopic("failures", true).ok());
}

TEST_F(Topics, ThatHoldDelayedMessagesAreDeletedOnlyByForce) {
  CreateTopic("events");
  CreatePull("mail", "events");
  const model::MessageId later = PublishDelayed("events", "later", 1h);
  EXPECT_THAT(TryDeleteTopic("events"), Refused(ErrorCode::kFailedPrecondition, "1 delayed message(s)"));
  Advance(1h);
  EXPECT_EQ(Receive("mail"), "later");
  EXPECT_TRUE(TryDeleteTopic("events").ok());
  CreateTopic("events");
  EXPECT_NE(PublishDelayed("events", "lost", 1h), later);
  EXPECT_TRUE(TryDeleteTopic("events", true).ok());
}

TEST_F(Topics, ARecreatedSubscriptionStartsAnew) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a,b");
  EXPECT_EQ(Receive("mail", 1), "a");
  DeleteSubscription("mail");
  EXPECT_EQ(TryAck("mail", {ReceiptOf("mail", "a")}), "not_found");
  CreatePull("mail", "events");
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(TryAck("mail", {ReceiptOf("mail", "a")}), "invalid_receipt");
}

TEST_F(Topics, SubscriptionsAreUpdatedFieldByField) {
  CreateTopic("events");
  CreateQueue("orders");
  CreatePull("mail", "events");
  SubscribeQueue("orders-events", "events", "orders", "envelope");
  ASSERT_TRUE(TryUpdateSubscription("mail", {.delivery = {.visibility_timeout = 7s}}).ok());
  ASSERT_TRUE(TryUpdateSubscription("orders-events", {.delivery_format = "raw"}).ok());
  KillAndReopen();
  EXPECT_EQ(DescribeSubscription("mail")->info.settings.delivery.visibility_timeout, 7s);
  EXPECT_EQ(DescribeSubscription("orders-events")->info.settings.delivery_format, "raw");
  EXPECT_THAT(TryUpdateSubscription("mail", {.delivery_format = "raw"}),
              Refused(ErrorCode::kInvalidArgument, "delivery_format"));
  EXPECT_THAT(TryUpdateSubscription("orders-events", {.delivery = {.visibility_timeout = 7s}}),
              Refused(ErrorCode::kInvalidArgument, "delivery"));
  EXPECT_THAT(TryUpdateSubscription("nothing", {}), Refused(ErrorCode::kNotFound, "nothing"));
}

TEST_F(Topics, SubscriptionsThatCannotBeAreRefused) {
  CreateTopic("events");
  CreatePull("mail", "events");
  EXPECT_THAT(TryCreateSubscription("mail", {.topic = "events"}), Refused(ErrorCode::kAlreadyExists, "mail"));
  EXPECT_THAT(TryCreateSubscription("s", {.topic = "events", .queue = "nothing"}),
              Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryDeleteSubscription("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryCreateSubscription("s", {}), Refused(ErrorCode::kInvalidArgument, "topic"));
}

TEST_F(Topics, QueueSubscriptionsCannotBeReceivedFrom) {
  CreateTopic("events");
  CreateQueue("orders");
  SubscribeQueue("orders-events", "events", "orders");
  EXPECT_FALSE(TryReceive({.source = {model::ResourceKind::kSubscription, "orders-events"}}).ok());
}

TEST_F(Topics, SubscriptionsAreListedByTopic) {
  CreateTopic("events");
  CreateTopic("other");
  CreatePull("b", "events");
  CreatePull("a", "events");
  CreatePull("c", "other");
  const auto list = [this](std::optional<std::string> topic) {
    const auto page = Call<engine::ListPage<engine::SubscriptionInfo>>(
        [&](auto done) { engine().ListSubscriptions(caller, {}, topic, done); });
    std::vector<std::string> names;
    if (page.ok()) {
      for (const auto& info : page->items) names.push_back(info.name);
    }
    return Join(names);
  };
  EXPECT_EQ(list("events"), "a,b");
  EXPECT_EQ(list(std::nullopt), "a,b,c");
}

}  // namespace
}  // namespace broker::test
