// Queues: created, described, updated, listed, deleted, and what is refused.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

using Queues = EngineTest;

TEST_F(Queues, AreThereOnceCreated) {
  model::QueueSettings settings;
  settings.delivery.visibility_timeout = 45s;
  settings.delivery.ordered = true;
  settings.deduplication = {true, model::DeduplicationScope::kGroup};
  const auto created = TryCreateQueue("orders", settings);
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_EQ(created->name, "orders");
  EXPECT_EQ(created->settings, settings);
  EXPECT_EQ(created->created, now());
  const auto described = DescribeQueue("orders");
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->info.settings, settings);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Queues, SurviveAKill) {
  model::QueueSettings settings;
  settings.delivery.redrive = DeadLetterTo("dead", 3);
  settings.delay = 5s;
  CreateQueue("dead");
  CreateQueue("orders", settings);
  const Time created = now();
  KillAndReopen(1h);
  const auto described = DescribeQueue("orders");
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->info.settings, settings);
  EXPECT_EQ(described->info.created, created);
}

TEST_F(Queues, OfATakenNameAreRefused) {
  CreateQueue("orders");
  EXPECT_THAT(TryCreateQueue("orders"), Refused(ErrorCode::kAlreadyExists, "orders"));
}

TEST_F(Queues, TopicsAndSubscriptionsHaveNameSpacesOfTheirOwn) {
  CreateQueue("orders");
  CreateTopic("orders");
  CreatePull("orders", "orders");
  EXPECT_TRUE(DescribeQueue("orders").ok());
  EXPECT_TRUE(DescribeTopic("orders").ok());
  EXPECT_TRUE(DescribeSubscription("orders").ok());
}

TEST_F(Queues, OfAnAmbiguousNameAreAskedForByKind) {
  CreateQueue("orders");
  CreateTopic("orders");
  CreatePull("orders", "orders");
  EXPECT_THAT(TryPublish(Batch("orders", "a")), Refused(ErrorCode::kInvalidArgument, "queue/orders"));
  EXPECT_THAT(TryReceive({.source = {std::nullopt, "orders"}}), Refused(ErrorCode::kInvalidArgument, "queue/orders"));
  Publish("queue/orders", "a");
  EXPECT_EQ(Receive("queue/orders"), "a");
  EXPECT_EQ(Receive("subscription/orders"), "");
}

TEST_F(Queues, OfNamespacesDoNotMeet) {
  CreateQueue("orders");
  Publish("orders", "a");
  caller.name_space = "other";
  EXPECT_THAT(DescribeQueue("orders"), Refused(ErrorCode::kNotFound, "orders"));
  EXPECT_THAT(TryPublish(Batch("orders", "b")), Refused(ErrorCode::kNotFound, "orders"));
  CreateQueue("orders");
  EXPECT_EQ(Receive("orders"), "");
  caller.name_space = "default";
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Queues, OfMalformedNamesAndSettingsAreRefused) {
  EXPECT_THAT(TryCreateQueue(""), Refused(ErrorCode::kInvalidArgument, "name"));
  EXPECT_THAT(TryCreateQueue("a b"), Refused(ErrorCode::kInvalidArgument, "a b"));
  EXPECT_THAT(TryCreateQueue(std::string(256, 'x')), Refused(ErrorCode::kInvalidArgument, "255"));
  model::QueueSettings settings;
  settings.delivery.visibility_timeout = 13h;
  EXPECT_THAT(TryCreateQueue("orders", settings), Refused(ErrorCode::kInvalidArgument, "12h"));
  EXPECT_THAT(DescribeQueue("orders"), Refused(ErrorCode::kNotFound, "orders"));
  caller.name_space = "not/a/namespace";
  EXPECT_THAT(TryCreateQueue("orders"), Refused(ErrorCode::kInvalidArgument, "namespace"));
}

TEST_F(Queues, ThatAreNotThereAreNamed) {
  EXPECT_THAT(DescribeQueue("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryUpdateQueue("nothing", {}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryDeleteQueue("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryPublish(Batch("nothing", "a")), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryReceive({.source = {std::nullopt, "nothing"}}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryReceive({.source = {model::ResourceKind::kQueue, "nothing"}}),
              Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_EQ(TryAck("nothing", {"receipt"}), "not_found");
  EXPECT_THAT(TryRedrive("nothing"), Refused(ErrorCode::kNotFound, "nothing"));
}

TEST_F(Queues, AreUpdatedFieldByField) {
  CreateQueue("orders");
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 5s}});
  UpdateQueue("orders", {.delay = 1s});
  KillAndReopen();
  const auto described = DescribeQueue("orders");
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->info.settings.delivery.visibility_timeout, 5s);
  EXPECT_EQ(described->info.settings.delay, 1s);
  EXPECT_EQ(described->info.settings.delivery.retention, 96h);
}

TEST_F(Queues, UpdateThatIsWrongChangesNothing) {
  CreateQueue("orders");
  EXPECT_THAT(TryUpdateQueue("orders", {.delivery = {.visibility_timeout = 5s, .retention = 1s}}),
              Refused(ErrorCode::kInvalidArgument, "retention"));
  EXPECT_EQ(DescribeQueue("orders")->info.settings, model::QueueSettings{});
}

TEST_F(Queues, NewVisibilityTimeoutHoldsForLaterReceives) {
  CreateQueue("orders");
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders", 1), "a");
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 5s}});
  EXPECT_EQ(Receive("orders", 1), "b");
  Advance(5s);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Queues, AreListedByNameInPages) {
  for (const char* name : {"orders-c", "orders-a", "billing", "orders-b"}) CreateQueue(name);
  const auto list = [this](engine::ListRequest request) {
    return Call<engine::ListPage<engine::QueueInfo>>(
        [&](auto done) { engine().ListQueues(caller, request, done); });
  };
  const auto names = [](const engine::ListPage<engine::QueueInfo>& page) {
    std::vector<std::string> out;
    for (const auto& info : page.items) out.push_back(info.name);
    return Join(out);
  };
  auto page = list({.prefix = "orders", .page_size = 2});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(names(*page), "orders-a,orders-b");
  ASSERT_NE(page->next_page_token, "");
  page = list({.prefix = "orders", .page_size = 2, .page_token = page->next_page_token});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(names(*page), "orders-c");
  EXPECT_EQ(page->next_page_token, "");
  EXPECT_EQ(names(*list({})), "billing,orders-a,orders-b,orders-c");
  EXPECT_THAT(list({.page_size = 0}), Refused(ErrorCode::kInvalidArgument, "page_size"));
  EXPECT_THAT(list({.page_size = 1'001}), Refused(ErrorCode::kInvalidArgument, "1000"));
  EXPECT_THAT(list({.page_token = "no token of ours \xff"}), Refused(ErrorCode::kInvalidArgument, "page_token"));
}

TEST_F(Queues, DeletedAreGoneWithTheirMessagesAndReceipts) {
  CreateQueue("orders");
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders", 1), "a");
  DeleteQueue("orders");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a")}), "not_found");
  CreateQueue("orders");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("orders"), "");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a")}), "invalid_receipt");
  KillAndReopen();
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Queues, DeletedWhileAReceiveWaitsAnswerIt) {
  CreateQueue("orders");
  const auto waiting = StartReceive("orders", 20s);
  Drain();
  DeleteQueue("orders");
  EXPECT_EQ(Answer(waiting), "not_found");
}

TEST_F(Queues, ThatOthersDeadLetterToAreDeletedOnlyByForce) {
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.redrive = DeadLetterTo("dead", 3);
  CreateQueue("orders", settings);
  EXPECT_THAT(TryDeleteQueue("dead"), Refused(ErrorCode::kFailedPrecondition, "queue/orders"));
  EXPECT_TRUE(DescribeQueue("dead").ok());
  EXPECT_TRUE(TryDeleteQueue("dead", true).ok());
}

TEST_F(Queues, ThatASubscriptionDeliversIntoAreDeletedOnlyByForceWhichTakesTheSubscription) {
  CreateTopic("events");
  CreateQueue("orders");
  SubscribeQueue("orders-events", "events", "orders");
  EXPECT_THAT(TryDeleteQueue("orders"), Refused(ErrorCode::kFailedPrecondition, "orders-events"));
  EXPECT_TRUE(TryDeleteQueue("orders", true).ok());
  EXPECT_THAT(DescribeSubscription("orders-events"), Refused(ErrorCode::kNotFound, "orders-events"));
  EXPECT_THAT(DescribeTopic("events")->subscriptions, ElementsAre());
  Publish("events", "a");
}

TEST_F(Queues, DescribeSaysWhoFeedsThem) {
  CreateTopic("events");
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.redrive = DeadLetterTo("dead", 3);
  CreateQueue("orders", settings);
  model::DeliverySettings pull{.retention = model::kDefaultSubscriptionRetention};
  pull.redrive = DeadLetterTo("dead", 2);
  CreatePull("mail", "events", pull);
  SubscribeQueue("audit", "events", "dead");
  const auto described = DescribeQueue("dead");
  ASSERT_TRUE(described.ok());
  EXPECT_THAT(described->dead_letter_sources, UnorderedElementsAre("queue/orders", "subscription/mail"));
  EXPECT_THAT(described->subscriptions, ElementsAre("audit"));
}

TEST_F(Queues, ThatDeadLetterToNothingAreRefused) {
  model::QueueSettings settings;
  settings.delivery.redrive = DeadLetterTo("nowhere", 3);
  EXPECT_THAT(TryCreateQueue("orders", settings), Refused(ErrorCode::kNotFound, "nowhere"));
}

TEST_F(Queues, PolicyIsTakenAwayByAnUpdate) {
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.redrive = DeadLetterTo("dead", 1);
  CreateQueue("orders", settings);
  UpdateQueue("orders", {.delivery = {.redrive = std::optional<model::RedrivePolicy>()}});
  EXPECT_TRUE(TryDeleteQueue("dead").ok());
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Queues, AreLookedUpAtOnce) {
  EXPECT_FALSE(engine().LookUpQueue(caller, "orders").has_value());
  model::QueueSettings settings;
  settings.delay = 2s;
  CreateQueue("orders", settings);
  EXPECT_EQ(engine().LookUpQueue(caller, "orders")->settings, settings);
  Publish("orders", "a,b");
  Advance(2s);
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(engine().LookUpQueue(caller, "orders")->leased, 2u);
  EXPECT_FALSE(engine().LookUpQueue({.name_space = "other"}, "orders").has_value());
}

}  // namespace
}  // namespace broker::test
