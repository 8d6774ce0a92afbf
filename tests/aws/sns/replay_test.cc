#include "broker/aws/sns/replay_policy.h"
#include "broker/base/duration.h"
#include "tests/aws/sns/sns_fixture.h"

namespace broker::aws::sns {
namespace {

using namespace std::chrono_literals;

struct PolicyCase {
  std::string policy;
  std::string refused;  // part of why; empty: taken
};
class ReplayPolicyText : public ::testing::TestWithParam<PolicyCase> {};

TEST_P(ReplayPolicyText, IsChecked) {
  const auto& [policy, refused] = GetParam();
  const auto why = CheckReplayPolicy(policy);
  EXPECT_EQ(why.has_value(), !refused.empty()) << why.value_or("");
  EXPECT_THAT(why.value_or(""), HasSubstr(refused));
}

INSTANTIATE_TEST_SUITE_P(
    All, ReplayPolicyText,
    ::testing::Values(
        PolicyCase{R"({"PointType":"Timestamp","StartingPoint":"2026-01-02T03:04:05.000Z"})", ""},
        PolicyCase{
            R"({"PointType":"Timestamp","StartingPoint":"2026-01-02T03:04:05Z","EndingPoint":"2026-01-02T03:04:06Z"})",
            ""},
        PolicyCase{
            R"({"PointType":"Timestamp","StartingPoint":"2026-01-02T03:04:05Z","EndingPoint":"2026-01-02T03:04:05Z"})",
            "EndingPoint is not after StartingPoint"},
        PolicyCase{R"({"PointType":"Timestamp"})", "StartingPoint is missing"},
        PolicyCase{"[]", "failed to parse JSON."},
        PolicyCase{R"({"PointType":"Timestamp","StartingPoint":"2026-02-30T00:00:00Z"})", "is not a time in UTC"},
        PolicyCase{R"({"PointType":"Timestamp","StartingPoint":"yesterday"})", "\"yesterday\" is not a time"}));

TEST(ReplayPolicyText, TimesAreExact) {
  const auto policy = ParseReplayPolicy(R"({"PointType":"Timestamp","StartingPoint":"2026-01-02T03:04:05.678Z"})");
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(FormatTime(policy->from), "2026-01-02T03:04:05.678Z");
}

class SnsReplay : public SnsTest {
 public:
  explicit SnsReplay(engine::EngineOptions options = {}) : SnsTest(std::move(options)) {
    CreateQueue("billing.fifo", {.delivery = {.ordered = true}});
    Archive(R"({"MessageRetentionPeriod":"1"})");
  }

  const std::string topic = Topic("orders.fifo");

  void Archive(const std::string& policy) {
    Ok("SetTopicAttributes", {{"TopicArn", topic}, {"AttributeName", "ArchivePolicy"}, {"AttributeValue", policy}});
  }
  void Send(const std::string& message) {
    Publish(topic, message, {{"MessageGroupId", "g"}, {"MessageDeduplicationId", message}});
  }
  static std::string From(Time time) {
    return fmt::format(R"({{"PointType":"Timestamp","StartingPoint":"{}"}})", FormatTime(time));
  }
};

TEST_F(SnsReplay, ANewSubscriptionGetsWhatTheArchiveHas) {
  Send("a");
  Advance(1s);
  const Time from = now();
  Send("b");
  Send("c");
  Advance(1s);
  const std::string arn = SubscribeQueue(topic, "billing.fifo", {{"ReplayPolicy", From(from)}});
  Send("d");
  EXPECT_EQ(Receive("billing.fifo"), "b,c,d");
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayPolicy"), From(from));
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayStatus"), "Completed");
  EXPECT_EQ(Last("billing.fifo", "b").delivery_format, "aws.sns/orders.fifo" + ("/" + arn.substr(topic.size() + 1)));
}

TEST_F(SnsReplay, IsByTheSubscriptionsFilterAndFormat) {
  const Time from = now();
  Send(R"({"kind":"a"})");
  Send(R"({"kind":"b"})");
  Advance(1s);
  const std::string arn = SubscribeQueue(
      topic, "billing.fifo",
      {{"FilterPolicyScope", "MessageBody"}, {"FilterPolicy", R"({"kind":["b"]})"}, {"RawMessageDelivery", "true"}});
  Ok("SetSubscriptionAttributes",
     {{"SubscriptionArn", arn}, {"AttributeName", "ReplayPolicy"}, {"AttributeValue", From(from)}});
  EXPECT_EQ(Receive("billing.fifo"), R"({"kind":"b"})");
  EXPECT_EQ(Last("billing.fifo", R"({"kind":"b"})").delivery_format, "");
  Ok("SetSubscriptionAttributes",
     {{"SubscriptionArn", arn}, {"AttributeName", "ReplayPolicy"}, {"AttributeValue", "{}"}});
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayStatus"), "(none)");
}

TEST_F(SnsReplay, NeedsAnArchiveAndAStartInThePast) {
  const std::string arn = SubscribeQueue(topic, "billing.fifo");
  const auto refused = [&](const std::string& policy) {
    return Refused("SetSubscriptionAttributes",
                   {{"SubscriptionArn", arn}, {"AttributeName", "ReplayPolicy"}, {"AttributeValue", policy}});
  };
  EXPECT_THAT(refused(From(now() + 1h)), HasSubstr("StartingPoint is not in the past"));
  Archive("{}");
  EXPECT_THAT(refused(From(now() - 1h)), HasSubstr("the topic has no ArchivePolicy"));
}

TEST_F(SnsReplay, OfACallThatWasCutShortIsStartedByTheSameCallAgain) {
  const Time from = now();
  Send("a");
  Advance(1s);
  const Parameters replays{{"ReplayPolicy", From(from)}, {"RawMessageDelivery", "true"}};
  // As the engine has it when the daemon dies between the subscription and its replay.
  ASSERT_TRUE(TryCreateSubscription("s", {.topic = "orders.fifo",
                                          .queue = "billing.fifo",
                                          .notes = {.annotations = {{"aws.ReplayPolicy", From(from)}}}})
                  .ok());
  const std::string arn = topic + ":s";
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayStatus"), "Pending");
  Advance(1s);
  Send("b");
  EXPECT_EQ(SubscribeQueue(topic, "billing.fifo", replays), arn);
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayStatus"), "Completed");
  EXPECT_EQ(SubscribeQueue(topic, "billing.fifo", replays), arn);
  EXPECT_EQ(Receive("billing.fifo"), "b,a");
}

TEST_F(SnsReplay, IsOneForTwoWhoSubscribeAtOnce) {
  const Time from = now();
  Send("a");
  Advance(1s);
  const std::string form = Form(ToQueue(topic, "billing.fifo", {{"ReplayPolicy", From(from)}}));
  const Asked one = Post("Subscribe", form);
  const Asked other = Post("Subscribe", form);
  Drain();
  ASSERT_TRUE(one.answered() && other.answered());
  EXPECT_EQ((*one.answer)->status, 200);
  EXPECT_EQ((*one.answer)->body, (*other.answer)->body);
  EXPECT_EQ(Receive("billing.fifo"), "a");
}

class SnsReplayAboveTheLimit : public SnsReplay {
 public:
  SnsReplayAboveTheLimit() : SnsReplay({.max_running_tasks = 1}) {
    CreateQueue("a");
    CreateQueue("b");
    EngineHarness::Publish("a", "1,2,3,4,5");
    running = TryMove({.queue = "a", .destination = model::Target{std::nullopt, "b"}, .rate = 1})->id;
  }

  model::TaskId running{0};
};

TEST_F(SnsReplayAboveTheLimit, LeavesNoSubscriptionBehind) {
  const Time from = now();
  Send("x");
  Advance(1s);
  const Parameters replays{{"ReplayPolicy", From(from)}};
  EXPECT_THAT(Refused("Subscribe", ToQueue(topic, "billing.fifo", replays)),
              HasSubstr("ReplayLimitExceeded: 1 tasks are running"));
  EXPECT_THAT(Ok("ListSubscriptionsByTopic", {{"TopicArn", topic}}), Not(HasSubstr("SubscriptionArn")));
  ASSERT_TRUE(TryCancelTask(running).ok());
  SubscribeQueue(topic, "billing.fifo", replays);
  EXPECT_EQ(Receive("billing.fifo"), "x");
}

TEST_F(SnsReplayAboveTheLimit, IsNotSet) {
  const std::string arn = SubscribeQueue(topic, "billing.fifo");
  Advance(1s);
  EXPECT_THAT(
      Refused("SetSubscriptionAttributes",
              {{"SubscriptionArn", arn}, {"AttributeName", "ReplayPolicy"}, {"AttributeValue", From(now() - 1s)}}),
      HasSubstr("ReplayLimitExceeded: 1 tasks are running"));
  EXPECT_EQ(SubscriptionAttribute(arn, "ReplayPolicy"), "(none)");
}

}  // namespace
}  // namespace broker::aws::sns
