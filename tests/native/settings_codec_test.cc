#include "broker/native/settings_codec.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace broker::native {
namespace {

using namespace std::chrono_literals;

template <class Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(QueueSettings, WhatIsAbsentIsTheDefault) {
  const auto settings = ToSettings(Parse<v1::Queue>("name: 'q'"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(*settings, model::QueueSettings());
}

TEST(QueueSettings, ZeroIsNotTheDefault) {
  const auto settings = ToSettings(Parse<v1::Queue>("name: 'q' visibility_timeout {} retention {}"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->delivery.visibility_timeout, 0s);
  EXPECT_EQ(settings->delivery.retention, 0s);  // the engine refuses it, by field
}

TEST(QueueSettings, EverythingIsRead) {
  const auto settings = ToSettings(Parse<v1::Queue>(R"(
    name: 'q' visibility_timeout { seconds: 5 } retention { seconds: 60 } ordered: true exactly_once: true
    dead_letter { max_attempts: 3 target: 'topic/dead' } delay { seconds: 7 }
    deduplication { by_content: true scope: GROUP })"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->delivery.visibility_timeout, 5s);
  EXPECT_EQ(settings->delivery.retention, 60s);
  EXPECT_TRUE(settings->delivery.ordered);
  EXPECT_TRUE(settings->delivery.exactly_once);
  ASSERT_TRUE(settings->delivery.redrive);
  EXPECT_EQ(settings->delivery.redrive->max_attempts, 3u);
  EXPECT_EQ(settings->delivery.redrive->target, (model::ResourceRef{model::ResourceKind::kTopic, "dead"}));
  EXPECT_EQ(settings->delay, 7s);
  EXPECT_TRUE(settings->deduplication.by_content);
  EXPECT_EQ(settings->deduplication.scope, model::DeduplicationScope::kGroup);
}

TEST(QueueSettings, ADeadLetterTargetIsAQueueUnlessSaidOtherwise) {
  const auto settings = ToSettings(Parse<v1::Queue>("dead_letter { target: 'dead' }"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->delivery.redrive->target, (model::ResourceRef{model::ResourceKind::kQueue, "dead"}));
  EXPECT_EQ(settings->delivery.redrive->max_attempts, 5u);
}

struct Wrong {
  const char* text;
  const char* field;
};
class WrongQueue : public testing::TestWithParam<Wrong> {};
TEST_P(WrongQueue, IsRefusedByField) {
  const auto settings = ToSettings(Parse<v1::Queue>(GetParam().text));
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(settings.error().violations.size(), 1u);
  EXPECT_EQ(settings.error().violations[0].field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(All, WrongQueue,
                         testing::Values(Wrong{"visibility_timeout { seconds: -1 }", "queue.visibility_timeout"},
                                         Wrong{"retention { seconds: 9223372037 }", "queue.retention"},
                                         Wrong{"delay { nanos: 2000000000 }", "queue.delay"},
                                         Wrong{"deduplication { scope: 7 }", "queue.deduplication.scope"},
                                         Wrong{"dead_letter { target: '' }", "queue.dead_letter.target"},
                                         Wrong{"dead_letter { target: 'box/x' }", "queue.dead_letter.target"},
                                         Wrong{"dead_letter { target: 'a b' }", "queue.dead_letter.target"}));

TEST(QueueInfo, IsWrittenAsItIsRead) {
  const auto proto = Parse<v1::Queue>(R"(
    name: 'q' visibility_timeout { seconds: 5 } retention { seconds: 60 } ordered: true exactly_once: true
    dead_letter { max_attempts: 3 target: 'queue/dead' } delay { seconds: 7 }
    deduplication { by_content: true scope: GROUP } create_time { seconds: 9 })");
  engine::QueueInfo info{.name = "q", .settings = *ToSettings(proto), .created = Time(9s)};
  v1::Queue out;
  ToProto(info, &out);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(out, proto)) << out.DebugString();
}

TEST(QueuePatch, TouchesOnlyWhatTheMaskNames) {
  const auto patch = ToPatch(Parse<v1::UpdateQueueRequest>(
      "queue { name: 'q' delay { seconds: 4 } exactly_once: true } update_mask { paths: 'delay' }"));
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->delay, 4s);
  EXPECT_FALSE(patch->delivery.exactly_once);
  EXPECT_FALSE(patch->delivery.retention);
  EXPECT_FALSE(patch->delivery.redrive);
  EXPECT_FALSE(patch->deduplicate_by_content);
}

TEST(QueuePatch, AnAbsentFieldInTheMaskIsTheDefaultAndAPolicyIsTakenAway) {
  const auto patch = ToPatch(Parse<v1::UpdateQueueRequest>(
      "queue { name: 'q' } update_mask { paths: 'visibility_timeout' paths: 'dead_letter' }"));
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->delivery.visibility_timeout, 30s);
  ASSERT_TRUE(patch->delivery.redrive.has_value());
  EXPECT_FALSE(patch->delivery.redrive->has_value());
}

TEST(QueuePatch, AStarIsEverythingThatCanChange) {
  const auto patch = ToPatch(Parse<v1::UpdateQueueRequest>("queue { name: 'q' } update_mask { paths: '*' }"));
  ASSERT_TRUE(patch.ok());
  EXPECT_TRUE(patch->delivery.visibility_timeout && patch->delivery.retention && patch->delivery.exactly_once);
  EXPECT_TRUE(patch->delivery.redrive && patch->delay && patch->deduplicate_by_content && patch->deduplication_scope);
}

TEST(QueuePatch, WhatIsFixedIsRefused) {
  EXPECT_FALSE(ToPatch(Parse<v1::UpdateQueueRequest>("queue { name: 'q' } update_mask { paths: 'ordered' }")).ok());
}

TEST(TopicPatch, TakesOneLeaf) {
  const auto patch = ToPatch(Parse<v1::UpdateTopicRequest>(
      "topic { deduplication { by_content: true } } update_mask { paths: 'deduplication.by_content' }"));
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->deduplicate_by_content, true);
  EXPECT_FALSE(patch->deduplication_scope);
}

TEST(SubscriptionSettings, APullOneHasDeliverySettings) {
  const auto settings = ToSettings(Parse<v1::Subscription>("name: 's' topic: 't' visibility_timeout { seconds: 5 }"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->topic, "t");
  EXPECT_FALSE(settings->queue);
  EXPECT_EQ(settings->delivery.visibility_timeout, 5s);
  EXPECT_EQ(settings->delivery.retention, model::kDefaultSubscriptionRetention);
}

TEST(SubscriptionSettings, AQueueOneShowsNone) {
  const auto settings = ToSettings(Parse<v1::Subscription>("name: 's' topic: 't' queue: 'q' delivery_format: 'f'"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->queue, "q");
  v1::Subscription out;
  ToProto(engine::SubscriptionInfo{.name = "s", .settings = *settings}, &out);
  EXPECT_EQ(out.queue(), "q");
  EXPECT_EQ(out.delivery_format(), "f");
  EXPECT_FALSE(out.has_visibility_timeout());
}

TEST(SubscriptionPatch, AStarIsRefused) {
  EXPECT_FALSE(ToPatch(Parse<v1::UpdateSubscriptionRequest>("update_mask { paths: '*' }")).ok());
}

TEST(SubscriptionStart, IsTheEndUnlessSaidOtherwise) {
  EXPECT_EQ(*ToStart(v1::CreateSubscriptionRequest::START_UNSPECIFIED), engine::StartAt::kEnd);
  EXPECT_EQ(*ToStart(v1::CreateSubscriptionRequest::END), engine::StartAt::kEnd);
  EXPECT_EQ(*ToStart(v1::CreateSubscriptionRequest::EARLIEST), engine::StartAt::kEarliest);
  const auto unknown = ToStart(static_cast<v1::CreateSubscriptionRequest::Start>(9));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().violations[0].field, "start");
}

}  // namespace
}  // namespace broker::native
