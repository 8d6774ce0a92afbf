#include "broker/model/settings.h"

#include <gmock/gmock.h>

#include <functional>

#include "broker/model/limits.h"

namespace broker::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> WrongFields(const Status& status) {
  std::vector<std::string> fields;
  if (status.ok()) return fields;
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  for (const auto& violation : status.error().violations) fields.push_back(violation.field);
  return fields;
}

struct Case {
  std::string name;
  std::function<void(QueueSettings&)> change;
  std::string wrong_field;  // empty: accepted
};

class QueueSetting : public testing::TestWithParam<Case> {};
TEST_P(QueueSetting, IsChecked) {
  QueueSettings settings;
  GetParam().change(settings);
  const Status status = Check(settings);
  if (GetParam().wrong_field.empty()) {
    EXPECT_TRUE(status.ok()) << status.error().message;
  } else {
    EXPECT_THAT(WrongFields(status), ElementsAre(GetParam().wrong_field));
  }
}

QueueSettings& Policy(QueueSettings& settings, std::uint32_t attempts, ResourceRef target) {
  settings.delivery.redrive = RedrivePolicy{attempts, std::move(target)};
  return settings;
}
const ResourceRef kDead{ResourceKind::kQueue, "dead"};
DeadLetterAccess Listed(int count) {
  DeadLetterAccess access{DeadLetterAccess::Kind::kListed, {}};
  for (int i = 0; i < count; ++i) access.sources.push_back({ResourceKind::kQueue, "q" + std::to_string(i)});
  return access;
}
void Label(QueueSettings& settings, int count) {
  for (int i = 0; i < count; ++i) settings.notes.labels["k" + std::to_string(i)] = "v";
}

INSTANTIATE_TEST_SUITE_P(
    Table, QueueSetting,
    testing::Values(
        Case{"defaults", [](QueueSettings&) {}, ""},
        Case{"visibility_0", [](QueueSettings& s) { s.delivery.visibility_timeout = 0s; }, ""},
        Case{"visibility_12h", [](QueueSettings& s) { s.delivery.visibility_timeout = 12h; }, ""},
        Case{"visibility_past_12h", [](QueueSettings& s) { s.delivery.visibility_timeout = 12h + 1ns; },
             "delivery.visibility_timeout"},
        Case{"visibility_negative", [](QueueSettings& s) { s.delivery.visibility_timeout = -1ns; },
             "delivery.visibility_timeout"},
        Case{"retention_60s", [](QueueSettings& s) { s.delivery.retention = 60s; }, ""},
        Case{"retention_59s", [](QueueSettings& s) { s.delivery.retention = 59s; }, "delivery.retention"},
        Case{"retention_31d", [](QueueSettings& s) { s.delivery.retention = 31 * 24h; }, ""},
        Case{"retention_past_31d", [](QueueSettings& s) { s.delivery.retention = 31 * 24h + 1s; },
             "delivery.retention"},
        Case{"delay_within_retention", [](QueueSettings& s) { s.delay = 96h; }, ""},
        Case{"delay_past_retention", [](QueueSettings& s) { s.delay = 96h + 1ns; }, "delay"},
        Case{"delay_negative", [](QueueSettings& s) { s.delay = -1s; }, "delay"},
        Case{"attempts_1", [](QueueSettings& s) { Policy(s, 1, kDead); }, ""},
        Case{"attempts_1000", [](QueueSettings& s) { Policy(s, 1'000, kDead); }, ""},
        Case{"attempts_0", [](QueueSettings& s) { Policy(s, 0, kDead); }, "redrive.max_attempts"},
        Case{"attempts_1001", [](QueueSettings& s) { Policy(s, 1'001, kDead); }, "redrive.max_attempts"},
        Case{"to_topic", [](QueueSettings& s) { Policy(s, 5, {ResourceKind::kTopic, "t"}); }, ""},
        Case{"to_subscription", [](QueueSettings& s) { Policy(s, 5, {ResourceKind::kSubscription, "s"}); },
             "redrive.target"},
        Case{"to_nowhere", [](QueueSettings& s) { Policy(s, 5, {ResourceKind::kQueue, ""}); }, "redrive.target"},
        Case{"backoff_none", [](QueueSettings& s) { s.delivery.backoff = RetryBackoff{0s, 0s}; }, ""},
        Case{"backoff_12h", [](QueueSettings& s) { s.delivery.backoff = RetryBackoff{12h, 12h}; }, ""},
        Case{"backoff_past_12h", [](QueueSettings& s) { s.delivery.backoff = RetryBackoff{1s, 12h + 1ns}; },
             "delivery.backoff.maximum"},
        Case{"backoff_crossed", [](QueueSettings& s) { s.delivery.backoff = RetryBackoff{2s, 1s}; },
             "delivery.backoff.minimum"},
        Case{"backoff_negative", [](QueueSettings& s) { s.delivery.backoff = RetryBackoff{-1s, 1s}; },
             "delivery.backoff.minimum"},
        Case{"ttl_within_retention", [](QueueSettings& s) { s.message_ttl = 96h; }, ""},
        Case{"ttl_past_retention", [](QueueSettings& s) { s.message_ttl = 96h + 1ns; }, "message_ttl"},
        Case{"ttl_negative", [](QueueSettings& s) { s.message_ttl = -1s; }, "message_ttl"},
        Case{"access_listed", [](QueueSettings& s) { s.dead_letter_access = Listed(100); }, ""},
        Case{"access_of_no_list", [](QueueSettings& s) { s.dead_letter_access = Listed(0); },
             "dead_letter_access.sources"},
        Case{"access_of_a_long_list", [](QueueSettings& s) { s.dead_letter_access = Listed(101); },
             "dead_letter_access.sources"},
        Case{"access_none_with_a_list",
             [](QueueSettings& s) {
               s.dead_letter_access = Listed(1);
               s.dead_letter_access.kind = DeadLetterAccess::Kind::kNone;
             },
             "dead_letter_access.sources"},
        Case{"access_of_a_topic",
             [](QueueSettings& s) {
               s.dead_letter_access = {DeadLetterAccess::Kind::kListed, {{ResourceKind::kTopic, "t"}}};
             },
             "dead_letter_access.sources"},
        Case{"access_of_a_wrong_name",
             [](QueueSettings& s) {
               s.dead_letter_access = {DeadLetterAccess::Kind::kListed, {{ResourceKind::kQueue, "a b"}}};
             },
             "dead_letter_access.sources"},
        Case{"labels", [](QueueSettings& s) { s.notes.labels[std::string(128, 'k')] = std::string(256, 'v'); }, ""},
        Case{"labels_64", [](QueueSettings& s) { Label(s, 64); }, ""},
        Case{"labels_65", [](QueueSettings& s) { Label(s, 65); }, "notes.labels"},
        Case{"label_without_a_name", [](QueueSettings& s) { s.notes.labels[""] = "v"; }, "notes.labels"},
        Case{"label_name_129", [](QueueSettings& s) { s.notes.labels[std::string(129, 'k')] = "v"; }, "notes.labels"},
        Case{"label_value_257", [](QueueSettings& s) { s.notes.labels["k"] = std::string(257, 'v'); }, "notes.labels"},
        Case{"label_of_bytes", [](QueueSettings& s) { s.notes.labels["k"] = "\xff"; }, "notes.labels"},
        Case{"annotations_256k",
             [](QueueSettings& s) { s.notes.annotations["k"] = std::string(kMaxAnnotationsBytes - 1, 'v'); }, ""},
        Case{"annotations_past_256k",
             [](QueueSettings& s) {
               s.notes.annotations["a"] = std::string(kMaxAnnotationsBytes / 2, 'v');
               s.notes.annotations["b"] = std::string(kMaxAnnotationsBytes / 2, 'v');
             },
             "notes.annotations"},
        Case{"annotation_without_a_name", [](QueueSettings& s) { s.notes.annotations[""] = "v"; }, "notes.annotations"},
        Case{"annotation_of_bytes", [](QueueSettings& s) { s.notes.annotations["k"] = "\xff"; }, "notes.annotations"}),
    [](const auto& test) { return test.param.name; });

TEST(QueueSettings, AllWrongFieldsAreNamedAtOnce) {
  QueueSettings settings;
  settings.delivery.visibility_timeout = 13h;
  settings.delivery.retention = 1s;
  settings.delay = -1s;
  const Status status = Check(settings);
  EXPECT_THAT(WrongFields(status), ElementsAre("delivery.visibility_timeout", "delivery.retention", "delay"));
  EXPECT_THAT(status.error().message, HasSubstr("13h is outside 0s to 12h"));
}

TEST(Notes, OfTopicsAndSubscriptionsAreCheckedLikeAQueues) {
  TopicSettings topic;
  topic.notes.labels[""] = "v";
  EXPECT_THAT(WrongFields(Check(topic)), ElementsAre("notes.labels"));
  SubscriptionSettings subscription{.topic = "t", .notes = topic.notes};
  EXPECT_THAT(WrongFields(Check(subscription)), ElementsAre("notes.labels"));
  subscription.queue = "q";
  EXPECT_THAT(WrongFields(Check(subscription)), ElementsAre("notes.labels"));
}

TEST(SubscriptionSettings, NeedATopic) {
  EXPECT_THAT(WrongFields(Check(SubscriptionSettings{})), ElementsAre("topic"));
  EXPECT_TRUE(Check(SubscriptionSettings{.topic = "orders"}).ok());
}

TEST(SubscriptionSettings, OfAPullSubscriptionAreCheckedLikeAQueues) {
  SubscriptionSettings settings{.topic = "orders"};
  settings.delivery.visibility_timeout = -1s;
  EXPECT_THAT(WrongFields(Check(settings)), ElementsAre("delivery.visibility_timeout"));
}

TEST(SubscriptionSettings, OfAQueueSubscriptionHaveNoDelivery) {
  SubscriptionSettings settings{.topic = "orders", .queue = "billing", .delivery_format = "envelope"};
  EXPECT_TRUE(Check(settings).ok());
  settings.delivery = {.visibility_timeout = 5s,
                       .retention = 60s,
                       .ordered = true,
                       .exactly_once = true,
                       .redrive = RedrivePolicy{.target = {ResourceKind::kQueue, "lost"}},
                       .backoff = RetryBackoff{},
                       .paused = true,
                       .retain_acknowledged = true};
  EXPECT_THAT(WrongFields(Check(settings)),
              ElementsAre("delivery.visibility_timeout", "delivery.retention", "delivery.ordered",
                          "delivery.exactly_once", "delivery.backoff", "delivery.paused",
                          "delivery.retain_acknowledged"));
}

TEST(SubscriptionSettings, RefuseAFormatWithoutAQueueAndALongOne) {
  EXPECT_THAT(WrongFields(Check(SubscriptionSettings{.topic = "t", .delivery_format = "envelope"})),
              ElementsAre("delivery_format"));
  EXPECT_THAT(
      WrongFields(Check(SubscriptionSettings{.topic = "t", .queue = "q", .delivery_format = std::string(1'025, 'x')})),
      ElementsAre("delivery_format"));
  EXPECT_THAT(WrongFields(Check(SubscriptionSettings{.topic = "t", .queue = "q", .delivery_format = "\xff"})),
              ElementsAre("delivery_format"));
}

TEST(SubscriptionSettings, RefuseAMalformedQueueName) {
  EXPECT_THAT(WrongFields(Check(SubscriptionSettings{.topic = "t", .queue = "a b"})), ElementsAre("queue"));
}

}  // namespace
}  // namespace broker::model
