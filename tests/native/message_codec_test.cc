#include "broker/native/message_codec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using model::LogId;
using model::Sequence;

v1::PublishMessage Full() {
  v1::PublishMessage message;
  message.set_body(std::string("\xff\0binary", 8));
  (*message.mutable_attributes())["kind"].set_text("created");
  (*message.mutable_attributes())["total"].set_number("12.50");
  (*message.mutable_attributes())["total"].set_label("Number.price");
  (*message.mutable_attributes())["raw"].set_bytes("\xfe");
  message.set_subject("s");
  message.set_ordering_key("k");
  message.set_deduplication_id("d");
  message.mutable_delay()->set_seconds(3);
  return message;
}

TEST(PublishMessages, AreTakenWhole) {
  v1::PublishMessage message = Full();
  const auto entry = TakeEntry("messages[0]", message);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(entry->content.body, std::string("\xff\0binary", 8));
  EXPECT_EQ(entry->content.attributes.at("kind"), (model::Attribute{model::AttributeKind::kText, "created", ""}));
  EXPECT_EQ(entry->content.attributes.at("total"),
            (model::Attribute{model::AttributeKind::kNumber, "12.50", "Number.price"}));
  EXPECT_EQ(entry->content.attributes.at("raw"), (model::Attribute{model::AttributeKind::kBytes, "\xfe", ""}));
  EXPECT_EQ(entry->content.subject, "s");
  EXPECT_EQ(entry->content.ordering_key, "k");
  EXPECT_EQ(entry->content.deduplication_id, "d");
  EXPECT_EQ(entry->delay, 3s);
  EXPECT_TRUE(entry->content.system_attributes.empty());
}

TEST(PublishMessages, AnAbsentDelayIsTheQueuesOwnAndZeroIsZero) {
  v1::PublishMessage message;
  EXPECT_FALSE(TakeEntry("m", message)->delay);
  message.mutable_delay();
  EXPECT_EQ(TakeEntry("m", message)->delay, 0s);
}

TEST(PublishMessages, AWrongOneIsNamedByItsPath) {
  v1::PublishMessage message;
  message.mutable_delay()->set_seconds(-5);
  const auto delay = TakeEntry("messages[3]", message);
  ASSERT_FALSE(delay.ok());
  EXPECT_EQ(delay.error().violations[0].field, "messages[3].delay");

  v1::PublishMessage empty;
  (*empty.mutable_attributes())["kind"];
  const auto attribute = TakeEntry("messages[4]", empty);
  ASSERT_FALSE(attribute.ok());
  EXPECT_EQ(attribute.error().violations[0].field, "messages[4].attributes[\"kind\"]");
}

model::MessagePtr Stored() {
  v1::PublishMessage message = Full();
  auto stored = std::make_shared<model::Message>();
  stored->content = TakeEntry("m", message)->content;
  stored->content.system_attributes["trace"] = {model::AttributeKind::kText, "root", ""};
  stored->publish_time = Time(100s);
  stored->publisher = "p";
  stored->dead_letter.push_back(
      {.source = {model::ResourceKind::kSubscription, "first"}, .source_id = {LogId(1), Sequence(2)}});
  stored->dead_letter.push_back({.source = {model::ResourceKind::kQueue, "billing"},
                                 .source_namespace = "default",
                                 .source_id = {LogId(3), Sequence(4)},
                                 .attempts = 5,
                                 .first_attempt = Time(10s),
                                 .last_attempt = Time(20s),
                                 .dead_lettered = Time(30s),
                                 .reason = "card declined"});
  return stored;
}

TEST(Deliveries, CarryTheMessageAndItsLease) {
  engine::Delivery delivery{.message = Stored(),
                            .id = {LogId(7), Sequence(8)},
                            .origin = {LogId(1), Sequence(2)},
                            .receipt = "r",
                            .attempt = 2,
                            .first_attempt = Time(40s),
                            .lease_deadline = Time(50s),
                            .subscription = "s",
                            .delivery_format = "f"};
  v1::Delivery out;
  ToProto(delivery, &out);
  EXPECT_EQ(out.message().id(), "7-8");
  EXPECT_EQ(out.message().origin_id(), "1-2");
  EXPECT_EQ(out.message().body(), std::string("\xff\0binary", 8));
  EXPECT_EQ(out.message().attributes().at("total").number(), "12.50");
  EXPECT_EQ(out.message().attributes().at("total").label(), "Number.price");
  EXPECT_EQ(out.message().attributes().at("raw").bytes(), "\xfe");
  EXPECT_EQ(out.message().system_attributes().at("trace").text(), "root");
  EXPECT_EQ(out.message().publish_time().seconds(), 100);
  EXPECT_EQ(out.message().publisher(), "p");
  EXPECT_EQ(out.message().subscription(), "s");
  EXPECT_EQ(out.message().delivery_format(), "f");
  ASSERT_EQ(out.message().failures_size(), 2);
  EXPECT_EQ(out.message().failures(0).source(), "subscription/first");
  EXPECT_FALSE(out.message().failures(0).has_first_attempt_time()) << "there was no attempt";
  EXPECT_FALSE(out.message().failures(0).has_last_attempt_time());
  EXPECT_EQ(out.message().failures(1).first_attempt_time().seconds(), 10);
  EXPECT_EQ(out.message().failures(1).last_attempt_time().seconds(), 20);
  EXPECT_EQ(out.receipt(), "r");
  EXPECT_EQ(out.attempt(), 2u);
  EXPECT_EQ(out.first_attempt_time().seconds(), 40);
  EXPECT_EQ(out.lease_deadline().seconds(), 50);
}

TEST(Deliveries, AnOriginThatIsTheMessageItselfIsLeftOut) {
  v1::Delivery out;
  ToProto(engine::Delivery{.message = Stored(), .id = {LogId(7), Sequence(8)}}, &out);
  EXPECT_EQ(out.message().origin_id(), "");
}

TEST(DeadLetters, HaveTheLastFailureBesideAll) {
  v1::DeadLetter out;
  ToProto(engine::PeekedMessage{.message = Stored(), .state = engine::MessageState::kLeased, .attempts = 1}, &out);
  EXPECT_EQ(out.failure().source(), "queue/billing");
  EXPECT_EQ(out.failure().source_message_id(), "3-4");
  EXPECT_EQ(out.failure().attempts(), 5u);
  EXPECT_EQ(out.failure().dead_letter_time().seconds(), 30);
  EXPECT_EQ(out.failure().reason(), "card declined");
  EXPECT_EQ(out.message().failures_size(), 2);
  EXPECT_EQ(out.state(), v1::LEASED);
  EXPECT_EQ(out.attempts_here(), 1u);
}

TEST(PeekedMessages, SayUntilWhenOnlyWhenThereIsSuchATime) {
  v1::PeekedMessage out;
  ToProto(engine::PeekedMessage{.message = Stored(), .state = engine::MessageState::kReady}, &out);
  EXPECT_FALSE(out.has_until());
  out.Clear();
  ToProto(engine::PeekedMessage{.message = Stored(), .state = engine::MessageState::kDelayed, .until = Time(60s)},
          &out);
  EXPECT_EQ(out.until().seconds(), 60);
  EXPECT_EQ(out.state(), v1::DELAYED);
}

TEST(States, AreReadyUnlessSaidOtherwise) {
  EXPECT_EQ(*ToState(v1::MESSAGE_STATE_UNSPECIFIED), engine::MessageState::kReady);
  EXPECT_EQ(*ToState(v1::RETRYING), engine::MessageState::kRetrying);
  const auto unknown = ToState(static_cast<v1::MessageState>(11));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().violations[0].field, "state");
}

TEST(MessageIds, AreReadBack) {
  EXPECT_EQ(ToMessageId("7-8").value(), (model::MessageId{LogId(7), Sequence(8)}));
  for (const char* text : {"", "7", "7-", "-8", "7-8x", "a-b", "0-1"}) EXPECT_FALSE(ToMessageId(text).ok()) << text;
}

}  // namespace
}  // namespace broker::native
