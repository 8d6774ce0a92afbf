#include "broker/native/settings_codec.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
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
INSTANTIATE_TEST_SUITE_P(
    All, WrongQueue,
    testing::Values(Wrong{"visibility_timeout { seconds: -1 }", "queue.visibility_timeout"},
                    Wrong{"retention { seconds: 9223372037 }", "queue.retention"},
                    Wrong{"delay { nanos: 2000000000 }", "queue.delay"},
                    Wrong{"deduplication { scope: 7 }", "queue.deduplication.scope"},
                    Wrong{"bounds { overflow: 7 }", "queue.bounds.overflow"},
                    Wrong{"message_ttl { seconds: -1 }", "queue.message_ttl"},
                    Wrong{"retry_backoff { minimum { seconds: -1 } }", "queue.retry_backoff.minimum"},
                    Wrong{"retry_backoff { maximum { nanos: -1 } }", "queue.retry_backoff.maximum"},
                    Wrong{"dead_letter_access { kind: 9 }", "queue.dead_letter_access.kind"},
                    Wrong{"dead_letter_access { kind: LISTED sources: 'a' sources: 'b c' }",
                          "queue.dead_letter_access.sources[1]"},
                    Wrong{"dead_letter { target: '' }", "queue.dead_letter.target"},
                    Wrong{"dead_letter { target: 'box/x' }", "queue.dead_letter.target"},
                    Wrong{"dead_letter { target: 'a b' }", "queue.dead_letter.target"}));

TEST(QueueInfo, IsWrittenAsItIsRead) {
  const auto proto = Parse<v1::Queue>(R"(
    name: 'q' visibility_timeout { seconds: 5 } retention { seconds: 60 } ordered: true exactly_once: true
    dead_letter { max_attempts: 3 target: 'queue/dead' } delay { seconds: 7 }
    deduplication { by_content: true scope: GROUP } create_time { seconds: 9 }
    retry_backoff { minimum { seconds: 1 } maximum { seconds: 60 } } paused: true message_ttl { seconds: 30 }
    bounds { max_messages: 10 max_bytes: 20 overflow: DROP_OLDEST }
    dead_letter_access { kind: LISTED sources: 'queue/a' sources: 'subscription/b' }
    labels { key: 'team' value: 'shop' } annotations { key: 'x.y' value: 'z' })");
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

TEST(QueueSettings, ABackoffWithoutAMaximumIsConstant) {
  const auto settings = ToSettings(Parse<v1::Queue>("retry_backoff { minimum { seconds: 3 } }"));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->delivery.backoff, (model::RetryBackoff{.minimum = 3s, .maximum = 3s}));
}

TEST(QueuePatch, PoliciesAreReplacedWholeAndAnnotationsOneByOne) {
  const auto patch = ToPatch(Parse<v1::UpdateQueueRequest>(R"(
    queue { bounds { max_messages: 5 } labels { key: 'a' value: 'b' } annotations { key: 'x.y' value: '' } }
    update_mask { paths: 'bounds' paths: 'labels' paths: 'annotations' paths: 'paused' paths: 'retry_backoff'
                  paths: 'dead_letter_access' paths: 'message_ttl' })"));
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->bounds, model::Bounds{.max_messages = 5});
  EXPECT_EQ(patch->notes.labels, (std::map<std::string, std::string>{{"a", "b"}}));
  EXPECT_EQ(patch->notes.annotations, (std::map<std::string, std::string>{{"x.y", ""}}));
  EXPECT_EQ(patch->delivery.paused, false);
  ASSERT_TRUE(patch->delivery.backoff.has_value());
  EXPECT_FALSE(patch->delivery.backoff->has_value());
  EXPECT_EQ(patch->dead_letter_access, model::DeadLetterAccess());
  EXPECT_EQ(patch->message_ttl, 0s);
}

TEST(QueuePatch, NotesThatAreNotNamedStay) {
  const auto patch = ToPatch(Parse<v1::UpdateQueueRequest>(
      "queue { labels { key: 'a' value: 'b' } annotations { key: 'x.y' value: 'z' } } update_mask { paths: 'delay' }"));
  ASSERT_TRUE(patch.ok());
  EXPECT_FALSE(patch->notes.labels);
  EXPECT_TRUE(patch->notes.annotations.empty());
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

TEST(SubscriptionSettings, AQueueOneCountsNoAttempts) {
  EXPECT_TRUE(ToSettings(Parse<v1::Subscription>("topic: 't' queue: 'q' dead_letter { target: 'd' }")).ok());
  const auto settings =
      ToSettings(Parse<v1::Subscription>("topic: 't' queue: 'q' dead_letter { target: 'd' max_attempts: 3 }"));
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().violations[0].field, "subscription.dead_letter.max_attempts");
  const auto request = Parse<v1::UpdateSubscriptionRequest>(
      "subscription { dead_letter { target: 'd' max_attempts: 3 } } update_mask { paths: 'dead_letter' }");
  EXPECT_TRUE(ToPatch(request, /*into_queue=*/false).ok());
  EXPECT_FALSE(ToPatch(request, /*into_queue=*/true).ok());
}

TEST(SubscriptionPatch, AStarIsRefused) {
  EXPECT_FALSE(ToPatch(Parse<v1::UpdateSubscriptionRequest>("update_mask { paths: '*' }"), false).ok());
}

TEST(SubscriptionPatch, PausesWhatTheKindOfSubscriptionHas) {
  const auto request =
      Parse<v1::UpdateSubscriptionRequest>("subscription { paused: true } update_mask { paths: 'paused' }");
  const auto pull = ToPatch(request, /*into_queue=*/false);
  ASSERT_TRUE(pull.ok());
  EXPECT_EQ(pull->delivery.paused, true);
  EXPECT_FALSE(pull->paused);
  const auto into_queue = ToPatch(request, /*into_queue=*/true);
  ASSERT_TRUE(into_queue.ok());
  EXPECT_FALSE(into_queue->delivery.paused);
  EXPECT_EQ(into_queue->paused, true);
}

TEST(SubscriptionPatch, AnAbsentExpiryIsNone) {
  const auto patch = ToPatch(
      Parse<v1::UpdateSubscriptionRequest>("update_mask { paths: 'expire_unused' paths: 'retain_acknowledged' }"),
      false);
  ASSERT_TRUE(patch.ok());
  ASSERT_TRUE(patch->expire_unused.has_value());
  EXPECT_FALSE(patch->expire_unused->has_value());
  EXPECT_EQ(patch->delivery.retain_acknowledged, false);
}

TEST(SubscriptionSettings, PausedIsOfTheDeliveryOrOfTheSubscription) {
  const auto pull = ToSettings(Parse<v1::Subscription>("topic: 't' paused: true retain_acknowledged: true"));
  ASSERT_TRUE(pull.ok());
  EXPECT_TRUE(pull->delivery.paused && pull->delivery.retain_acknowledged);
  EXPECT_FALSE(pull->paused);
  const auto into_queue = ToSettings(Parse<v1::Subscription>("topic: 't' queue: 'q' paused: true"));
  ASSERT_TRUE(into_queue.ok());
  EXPECT_FALSE(into_queue->delivery.paused);
  EXPECT_TRUE(into_queue->paused);
}

TEST(SubscriptionInfo, IsWrittenAsItIsRead) {
  for (const char* text : {R"(
    name: 's' topic: 't' visibility_timeout { seconds: 5 } retention { seconds: 60 } create_time { seconds: 9 }
    retry_backoff { minimum { seconds: 1 } maximum { seconds: 2 } } paused: true retain_acknowledged: true
    expire_unused { seconds: 86400 } labels { key: 'a' value: 'b' } annotations { key: 'x.y' value: 'z' })",
                           R"(name: 's' topic: 't' queue: 'q' paused: true create_time { seconds: 9 }
                              dead_letter { target: 'topic/lost' })"}) {
    const auto proto = Parse<v1::Subscription>(text);
    v1::Subscription out;
    ToProto(engine::SubscriptionInfo{.name = "s", .settings = *ToSettings(proto), .created = Time(9s)}, &out);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(out, proto)) << out.DebugString();
  }
}

TEST(TopicInfo, IsWrittenAsItIsRead) {
  const auto proto =
      Parse<v1::Topic>(R"(name: 't' deduplication { by_content: true scope: LOG } create_time { seconds: 9 }
    retention { seconds: 600 } labels { key: 'a' value: 'b' } annotations { key: 'x.y' value: 'z' })");
  v1::Topic out;
  ToProto(engine::TopicInfo{.name = "t", .settings = *ToSettings(proto), .created = Time(9s)}, &out);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(out, proto)) << out.DebugString();
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
