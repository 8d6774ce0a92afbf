// Publishing: one, batches with a result for each, all or nothing, and what is refused.
#include <fmt/format.h>

#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

using PublishTest = EngineTest;

TEST_F(PublishTest, AMessageComesAsItWasGiven) {
  CreateQueue("orders");
  caller.principal = "alice";
  engine::PublishRequest request = Batch("orders", "body");
  model::MessageContent& content = request.entries[0].content;
  content.body = std::string("\x00\xff\x80 bytes", 9);
  content.subject = "order created";
  content.ordering_key = "customer-7";
  content.deduplication_id = "id-1";
  content.attributes["kind"] = {model::AttributeKind::kText, "created", ""};
  content.attributes["price"] = {model::AttributeKind::kNumber, "12345678901234567890123456789012345678",
                                 "Number.price"};
  content.attributes["raw"] = {model::AttributeKind::kBytes, std::string("\xff\x00", 2), ""};
  content.system_attributes["trace"] = {model::AttributeKind::kText, "1-2-3", ""};
  const auto response = TryPublish(request);
  ASSERT_TRUE(response.ok());
  const model::MessageId id = response->results[0].value().id;
  const Time published = now();

  KillAndReopen(1h);  // a stored one, and a reread one, say the same
  const auto deliveries = Deliveries("orders");
  ASSERT_EQ(deliveries.size(), 1u);
  const engine::Delivery& delivery = deliveries[0];
  EXPECT_EQ(delivery.id, id);
  EXPECT_EQ(delivery.message->content.body, content.body);
  EXPECT_EQ(delivery.message->content.subject, content.subject);
  EXPECT_EQ(delivery.message->content.ordering_key, content.ordering_key);
  EXPECT_EQ(delivery.message->content.deduplication_id, content.deduplication_id);
  EXPECT_EQ(delivery.message->content.attributes, content.attributes);
  EXPECT_EQ(delivery.message->content.system_attributes, content.system_attributes);
  EXPECT_EQ(delivery.message->publish_time, published);
  EXPECT_EQ(delivery.message->publisher, "alice");
  EXPECT_TRUE(delivery.message->dead_letter.empty());
  EXPECT_EQ(delivery.attempt, 1u);
  EXPECT_EQ(delivery.first_attempt, now());
  EXPECT_EQ(delivery.lease_deadline, now() + 30s);
}

TEST_F(PublishTest, APublisherIsKeptAsShortText) {
  CreateQueue("orders");
  caller.principal = "al\xffice" + std::string(1'000, 'x');
  Publish("orders", "a");
  KillAndReopen();
  EXPECT_EQ(Deliveries("orders").at(0).message->publisher, "al?ice" + std::string(250, 'x'));
}

TEST_F(PublishTest, IdsAreUniqueAndInOrder) {
  CreateQueue("orders");
  const auto first = Publish("orders", "a,b");
  KillAndReopen();
  const auto second = Publish("orders", "c");
  EXPECT_LT(first[0], first[1]);
  EXPECT_LT(first[1], second[0]);
  EXPECT_EQ(Receive("orders"), "a,b,c");
}

TEST_F(PublishTest, AnEmptyBodyIsAMessage) {
  CreateQueue("orders");
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.emplace_back();
  ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Deliveries("orders").size(), 1u);
}

TEST_F(PublishTest, AnEmptyBatchIsRefused) {
  CreateQueue("orders");
  EXPECT_THAT(TryPublish({.target = {std::nullopt, "orders"}}), Refused(ErrorCode::kInvalidArgument, ""));
}

TEST_F(PublishTest, AWrongEntryIsRefusedAloneAndNamed) {
  CreateQueue("orders");
  engine::PublishRequest request = Batch("orders", "a,b,c");
  request.entries[1].content.subject = "\xff";
  const auto response = TryPublish(request);
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->results.size(), 3u);
  EXPECT_TRUE(response->results[0].ok());
  EXPECT_THAT(response->results[1], Refused(ErrorCode::kInvalidArgument, "messages[1].subject"));
  EXPECT_TRUE(response->results[2].ok());
  EXPECT_EQ(Receive("orders"), "a,c");
}

TEST_F(PublishTest, AllOrNothingStoresNothingWhenOneIsWrong) {
  CreateTopic("events");
  CreatePull("mail", "events");
  engine::PublishRequest request = Batch("events", "a,b,c");
  request.all_or_nothing = true;
  request.entries[2].delay = -1s;
  const auto response = TryPublish(request);
  EXPECT_FALSE(response.ok() && response->results[0].ok());
  EXPECT_EQ(Counts("mail"), "empty");
  request.entries[2].delay.reset();
  ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(Receive("mail"), "a,b,c");
}

TEST_F(PublishTest, LimitsOfABatchHold) {
  CreateQueue("orders");
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.resize(model::kMaxBatchMessages + 1);
  auto response = TryPublish(request);
  ASSERT_FALSE(response.ok());
  EXPECT_NE(response.error().message.find("1001"), std::string::npos) << response.error().message;
  EXPECT_NE(response.error().message.find("1000"), std::string::npos) << response.error().message;
  request.entries.resize(model::kMaxBatchMessages);
  EXPECT_TRUE(TryPublish(request).ok());

  request.entries.resize(2);
  request.entries[0].content.body.assign(model::kMaxBodyBytes, 'x');
  request.entries[1].content.body.assign(model::kMaxBatchBytes - model::kMaxBodyBytes + 1, 'x');
  EXPECT_FALSE(TryPublish(request).ok());
  request.entries[1].content.body.pop_back();
  EXPECT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(StatsOf("orders").ready, 1'002u);
  EXPECT_EQ(StatsOf("orders").bytes, model::kMaxBatchBytes);
}

TEST_F(PublishTest, TheLargestBodyComesBackWhole) {
  CreateQueue("orders");
  const std::string body(model::kMaxBodyBytes, 'x');
  Publish("orders", body);
  KillAndReopen();
  const auto deliveries = Deliveries("orders");
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0].message->content.body, body);
}

TEST_F(PublishTest, IsAnsweredOnlyOnceDurable) {
  CreateQueue("orders");
  const auto answer = StartPublish(Batch("orders", "a"));
  auto group = engine().TakeGroup();
  ASSERT_TRUE(group.has_value());
  EXPECT_FALSE(answer.answered());
  EXPECT_EQ(group->commit.sync, storage::Sync::kYes);
  Kill();
  EXPECT_FALSE(answer.answered());
  Reopen();
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(PublishTest, IsNotReceivedBeforeItIsDurable) {
  CreateQueue("orders");
  const auto waiting = StartReceive("orders", 20s);
  Drain();
  const auto answer = StartPublish(Batch("orders", "a"));
  auto group = engine().TakeGroup();
  ASSERT_TRUE(group.has_value());
  const auto other = StartReceive("orders", 0s);
  EXPECT_EQ(Answer(waiting), "waiting");
  Kill();
  EXPECT_EQ(Answer(waiting), "waiting");
  EXPECT_NE(Answer(other), "a");
  Reopen();
}

TEST_F(PublishTest, SurvivesAPowerCutOnceAnswered) {
  CreateQueue("orders");
  Publish("orders", "a,b");
  for (std::uint64_t chance = 0; chance < 5; ++chance) {
    PowerCut(chance);
    Reopen();
    EXPECT_EQ(Counts("orders"), "2 ready");
  }
  EXPECT_EQ(Receive("orders"), "a,b");
}

TEST_F(PublishTest, WhileTheStorageIsFullIsRefusedAndAcksGoOn) {
  CreateQueue("orders");
  CreateTopic("events");
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  engine().SetStorageFull("only 12 MiB are free");
  EXPECT_THAT(TryPublish(Batch("orders", "b")), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_THAT(TryPublish(Batch("events", "b")), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_THAT(TryCreateQueue("more"), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_THAT(TryCreateTopic("more"), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_THAT(TryCreateSubscription("more", {.topic = "events"}), Refused(ErrorCode::kStorageFull, "12 MiB"));
  Ack("orders", "a");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_TRUE(TryDeleteTopic("events").ok());
  engine().SetStorageFull(std::nullopt);
  Publish("orders", "c");
  EXPECT_EQ(Receive("orders"), "c");
}

}  // namespace
}  // namespace broker::test
