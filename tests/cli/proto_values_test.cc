#include "cli/proto_values.h"

#include <gtest/gtest.h>

#include <limits>

#include "cli/render.h"

namespace broker::cli {
namespace {

v1::Message Order() {
  v1::Message message;
  message.set_id("17-42");
  message.set_body(R"({"order_id":"12345"})");
  (*message.mutable_attributes())["kind"].set_text("created");
  message.mutable_publish_time()->set_seconds(1'700'000'000);
  message.mutable_publish_time()->set_nanos(123'000'000);
  return message;
}

TEST(MessageValues, OfAPlainDelivery) {
  v1::Delivery delivery;
  *delivery.mutable_message() = Order();
  delivery.set_attempt(2);
  delivery.set_receipt("r-1");
  delivery.mutable_lease_deadline()->set_seconds(1'700'000'030);
  EXPECT_EQ(RenderJsonLine(DeliveryValue(delivery)),
            R"({"id":"17-42","body":"{\"order_id\":\"12345\"}","attributes":{"kind":"created"},"attempt":2,)"
            R"("receipt":"r-1","first_attempt_time":"1970-01-01T00:00:00.000Z",)"
            R"("lease_deadline":"2023-11-14T22:13:50.000Z","publish_time":"2023-11-14T22:13:20.123Z"})");
}

TEST(MessageValues, OtherBytesThanUtf8AreBase64) {
  v1::Message message = Order();
  message.set_body("\xff\x00hi", 4);
  const Value value = MessageValue(message);
  EXPECT_TRUE(value.Get("body").is_null());
  EXPECT_EQ(value.Get("body_base64").Plain(), "/wBoaQ==");
}

TEST(MessageValues, TypedAttributesKeepEveryDigitAndSayTheirType) {
  v1::Message message = Order();
  auto& attributes = *message.mutable_attributes();
  attributes["total"].set_number("12345678901234567890123456789012345678");
  attributes["total"].set_label("Number.price");
  attributes["blob"].set_bytes("\x01\x02");
  const Value value = MessageValue(message);
  EXPECT_EQ(RenderJsonLine(value.Get("attributes")),
            R"({"blob":"AQI=","kind":"created","total":"12345678901234567890123456789012345678"})");
  EXPECT_EQ(RenderJsonLine(value.Get("attribute_types")),
            R"({"blob":{"kind":"bytes"},"total":{"kind":"number","label":"Number.price"}})");
}

TEST(DeadLetterValues, PutTheStoryFirst) {
  v1::DeadLetter letter;
  *letter.mutable_message() = Order();
  v1::Failure& failure = *letter.mutable_failure();
  failure.set_source("queue/billing");
  failure.set_attempts(3);
  failure.set_reason("card declined");
  *letter.mutable_message()->add_failures() = failure;
  letter.set_state(v1::READY);
  const Value value = DeadLetterValue(letter);
  EXPECT_EQ(value.Get("source").Plain(), "queue/billing");
  EXPECT_EQ(value.Get("attempts").Plain(), "3");
  EXPECT_EQ(value.Get("reason").Plain(), "card declined");
  EXPECT_EQ(value.Get("state").Plain(), "ready");
  ASSERT_NE(value.Get("failures").array(), nullptr);
  EXPECT_EQ(value.Get("failures").array()->front().Get("reason").Plain(), "card declined");
}

TEST(DeadLetterValues, OfAMessageThatNeverFailedAreNull) {
  v1::DeadLetter letter;
  *letter.mutable_message() = Order();
  EXPECT_TRUE(DeadLetterValue(letter).Get("source").is_null());
  EXPECT_TRUE(DeadLetterValue(letter).Get("reason").is_null());
}

TEST(QueueValues, DescribePutsCountsAtTheTop) {
  v1::QueueDescription description;
  description.mutable_queue()->set_name("billing");
  *description.mutable_queue()->mutable_visibility_timeout() = ToProto(std::chrono::seconds(30));
  description.mutable_queue()->mutable_dead_letter()->set_max_attempts(3);
  description.mutable_queue()->mutable_dead_letter()->set_target("queue/billing-dlq");
  v1::Stats& stats = *description.mutable_stats();
  stats.set_ready(1);
  stats.set_leased(2);
  stats.set_delayed(4);
  stats.set_bytes(500);
  *stats.mutable_oldest_age() = ToProto(std::chrono::microseconds(61'250'999));
  const Value value = QueueDescriptionValue(description);
  EXPECT_EQ(value.Get("ready").Plain(), "1");
  EXPECT_EQ(value.Get("leased").Plain(), "2");
  EXPECT_EQ(value.Get("retrying").Plain(), "0");
  EXPECT_EQ(value.Get("delayed").Plain(), "4");
  EXPECT_EQ(value.Get("bytes").Plain(), "500");
  EXPECT_EQ(value.Get("oldest_age").Plain(), "1m1s250ms");
  EXPECT_EQ(value.Get("oldest_age_seconds").Plain(), "61.25");
  EXPECT_EQ(value.Get("visibility_timeout").Plain(), "30s");
  EXPECT_EQ(value.Get("max_attempts").Plain(), "3");
  EXPECT_EQ(value.Get("dead_letter").Plain(), "queue/billing-dlq");
  EXPECT_EQ(value.object()->front().first, "name");
}

TEST(QueueValues, AnEmptyQueueHasNoOldestAge) {
  const Value value = QueueDescriptionValue(v1::QueueDescription());
  EXPECT_TRUE(value.Get("oldest_age").is_null());
  EXPECT_TRUE(value.Get("dead_letter").is_null());
}

TEST(SubscriptionValues, OfAQueueSubscriptionHaveNoDeliverySettings) {
  v1::SubscriptionDescription description;
  description.mutable_subscription()->set_queue("billing");
  EXPECT_TRUE(SubscriptionDescriptionValue(description).Get("ready").is_null());
  EXPECT_TRUE(SubscriptionDescriptionValue(description).Get("visibility_timeout").is_null());
  description.mutable_subscription()->clear_queue();
  description.mutable_stats();
  EXPECT_EQ(SubscriptionDescriptionValue(description).Get("ready").Plain(), "0");
}

TEST(Durations, RoundTripAndDoNotOverflow) {
  for (const Nanos nanos : {Nanos{0}, Nanos{1}, Nanos{std::chrono::hours(12)}, Nanos{999'999'999}, Nanos::max()}) {
    EXPECT_EQ(FromProto(ToProto(nanos)), nanos);
  }
  google::protobuf::Duration far;
  far.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(FromProto(far), Nanos::max());
  google::protobuf::Timestamp beyond;
  beyond.set_seconds(253'402'300'799);
  EXPECT_EQ(TimeValue(beyond).text()->substr(0, 4), "2262");
}

TEST(States, HaveTheirWords) {
  EXPECT_EQ(StateValue(v1::READY).Plain(), "ready");
  EXPECT_EQ(StateValue(v1::DELAYED).Plain(), "delayed");
  EXPECT_TRUE(StateValue(v1::MESSAGE_STATE_UNSPECIFIED).is_null());
}

}  // namespace
}  // namespace broker::cli
