#include "tests/aws/sns/sns_fixture.h"

namespace broker::aws::sns {
namespace {

constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

class SnsSubscriptions : public SnsTest {
 public:
  SnsSubscriptions() { CreateQueue("billing"); }

  const std::string topic = Topic("orders");

  Parameters To(const std::string& protocol, const std::string& endpoint) {
    return {{"TopicArn", topic}, {"Protocol", protocol}, {"Endpoint", endpoint}};
  }
  void Set(const std::string& arn, const std::string& name, const std::string& value) {
    Ok("SetSubscriptionAttributes", {{"SubscriptionArn", arn}, {"AttributeName", name}, {"AttributeValue", value}});
  }
};

TEST_F(SnsSubscriptions, OfAQueueAreConfirmedAtOnce) {
  const std::string arn = SubscribeQueue(topic, "billing");
  EXPECT_THAT(arn, ::testing::MatchesRegex(topic + ":" + kUuid));
  const std::string all = Ok("GetSubscriptionAttributes", {{"SubscriptionArn", arn}});
  EXPECT_EQ(Entry(all, "SubscriptionArn"), arn);
  EXPECT_EQ(Entry(all, "TopicArn"), topic);
  EXPECT_EQ(Entry(all, "Protocol"), "sqs");
  EXPECT_EQ(Entry(all, "Endpoint"), identity.QueueArn("billing"));
  EXPECT_EQ(Entry(all, "Owner"), "000000000000");
  EXPECT_EQ(Entry(all, "PendingConfirmation"), "false");
  EXPECT_EQ(Entry(all, "ConfirmationWasAuthenticated"), "true");
  EXPECT_EQ(Entry(all, "RawMessageDelivery"), "false");
  EXPECT_EQ(Entry(all, "FilterPolicy"), "(none)");
  EXPECT_EQ(Entry(all, "FilterPolicyScope"), "(none)");
  EXPECT_EQ(TopicAttribute(topic, "SubscriptionsConfirmed"), "1");
}

TEST_F(SnsSubscriptions, AgainAreTheSame) {
  const std::string arn = SubscribeQueue(topic, "billing", {{"RawMessageDelivery", "true"}});
  EXPECT_EQ(SubscribeQueue(topic, "billing", {{"RawMessageDelivery", "true"}}), arn);
  EXPECT_EQ(SubscribeQueue(topic, "billing"), arn);
  Parameters other = To("sqs", identity.QueueArn("billing"));
  other.insert(other.end(), {{"Attributes.entry.1.key", "RawMessageDelivery"}, {"Attributes.entry.1.value", "false"}});
  EXPECT_EQ(
      Refused("Subscribe", other),
      "InvalidParameter: Invalid parameter: Attributes Reason: Subscription already exists with different attributes");
}

TEST_F(SnsSubscriptions, EndpointsAreChecked) {
  EXPECT_EQ(Refused("Subscribe", To("sqs", "billing")), "InvalidParameter: Invalid parameter: SQS endpoint ARN");
  EXPECT_THAT(Refused("Subscribe", To("sqs", identity.QueueArn("nothing"))),
              HasSubstr("there is no queue arn:aws:sqs:us-east-1:000000000000:nothing"));
  EXPECT_EQ(Refused("Subscribe", To("http", "https://x")),
            "InvalidParameter: Invalid parameter: Endpoint must match the specified protocol");
  EXPECT_EQ(Refused("Subscribe", To("lambda", "f")), "InvalidParameter: Invalid parameter: Lambda endpoint ARN");
  EXPECT_THAT(Refused("Subscribe", To("carrier-pigeon", "x")),
              HasSubstr("does not support this protocol string: carrier-pigeon"));
  for (const std::string protocol : {"email", "email-json", "sms", "application", "firehose"}) {
    EXPECT_EQ(
        Refused("Subscribe", To(protocol, "x")),
        "InvalidParameter: Invalid parameter: Protocol Reason: subscriptions by " + protocol + " are not offered");
  }
  EXPECT_EQ(Refused("Subscribe", {{"TopicArn", identity.TopicArn("nothing")}, {"Protocol", "sqs"}}),
            "NotFound: Topic does not exist");
}

class SnsSubscriptionQuota : public SnsTest {
 public:
  SnsSubscriptionQuota() : SnsTest({.max_topics = 1, .max_subscriptions = 1}) {}
};

TEST_F(SnsSubscriptionQuota, IsSaidAsEachActionDeclares) {
  const std::string topic = Topic("orders");
  CreateQueue("a");
  CreateQueue("b");
  SubscribeQueue(topic, "a");
  EXPECT_THAT(Refused("Subscribe", ToQueue(topic, "b")),
              HasSubstr("SubscriptionLimitExceeded: namespace \"default\" has 1 subscriptions; it may have 1"));
  EXPECT_THAT(Refused("CreateTopic", {{"Name", "other"}}), HasSubstr("TopicLimitExceeded: namespace"));
}

TEST_F(SnsSubscriptions, FifoQueuesTakeFifoTopicsOnly) {
  CreateQueue("billing.fifo", {.delivery = {.ordered = true}});
  EXPECT_THAT(Refused("Subscribe", To("sqs", identity.QueueArn("billing.fifo"))),
              HasSubstr("FIFO SQS Queues can not be subscribed to standard SNS topics"));
  const std::string fifo = Topic("orders.fifo");
  SubscribeQueue(fifo, "billing.fifo");
  SubscribeQueue(fifo, "billing");
  EXPECT_THAT(Refused("Subscribe", {{"TopicArn", fifo}, {"Protocol", "http"}, {"Endpoint", "http://x"}}),
              HasSubstr("Invalid protocol type: http"));
}

TEST_F(SnsSubscriptions, ByHttpStayPending) {
  EXPECT_EQ(Text(Ok("Subscribe", To("https", "https://example.com/a")), "SubscriptionArn"), "pending confirmation");
  Parameters with_arn = To("https", "https://example.com/a");
  with_arn.emplace_back("ReturnSubscriptionArn", "true");
  const std::string arn = Text(Ok("Subscribe", with_arn), "SubscriptionArn");
  EXPECT_THAT(arn, ::testing::MatchesRegex(topic + ":" + kUuid));
  EXPECT_EQ(SubscriptionAttribute(arn, "PendingConfirmation"), "true");
  EXPECT_EQ(SubscriptionAttribute(arn, "ConfirmationWasAuthenticated"), "false");
  EXPECT_THAT(SubscriptionAttribute(arn, "EffectiveDeliveryPolicy"),
              HasSubstr(R"("healthyRetryPolicy":{"minDelayTarget":20)"));
  EXPECT_EQ(TopicAttribute(topic, "SubscriptionsPending"), "1");
  EXPECT_THAT(Ok("ListSubscriptionsByTopic", {{"TopicArn", topic}}),
              HasSubstr("<member><SubscriptionArn>PendingConfirmation</SubscriptionArn><Owner>000000000000</Owner>"
                        "<Protocol>https</Protocol><Endpoint>https://example.com/a</Endpoint>"));
  Set(arn, "RawMessageDelivery", "true");
  EXPECT_EQ(SubscriptionAttribute(arn, "RawMessageDelivery"), "true");
  EXPECT_EQ(Refused("ConfirmSubscription", {{"TopicArn", topic}, {"Token", "abc"}}),
            "InvalidParameter: Invalid parameter: Token");
  Ok("Unsubscribe", {{"SubscriptionArn", arn}});
  EXPECT_EQ(TopicAttribute(topic, "SubscriptionsPending"), "0");
}

TEST_F(SnsSubscriptions, OnlySoManyCanBePending) {
  for (int i = 0; i < 100; ++i) Ok("Subscribe", To("http", fmt::format("http://example.com/{}", i)));
  EXPECT_EQ(Refused("Subscribe", To("http", "http://example.com/100")),
            "SubscriptionLimitExceeded: topic orders has 100 pending subscriptions, which is the limit");
  EXPECT_EQ(Text(Ok("ListSubscriptions", {}), "NextToken"), "(none)");
}

TEST_F(SnsSubscriptions, AreListed) {
  const std::string other = Topic("other");
  const std::string first = SubscribeQueue(topic, "billing");
  const std::string second = SubscribeQueue(other, "billing");
  Ok("Subscribe", To("http", "http://example.com/"));
  CreatePull("reader", "orders");
  const std::string of_topic = Ok("ListSubscriptionsByTopic", {{"TopicArn", topic}});
  EXPECT_THAT(of_topic, HasSubstr(first));
  EXPECT_THAT(of_topic, Not(HasSubstr(second)));
  EXPECT_THAT(of_topic, Not(HasSubstr("reader")));
  const std::string all = Ok("ListSubscriptions", {});
  for (const std::string& part : {first, second, std::string("http://example.com/")}) EXPECT_THAT(all, HasSubstr(part));
  EXPECT_THAT(all, Not(HasSubstr("reader")));
  EXPECT_EQ(Refused("ListSubscriptionsByTopic", {{"TopicArn", identity.TopicArn("nothing")}}),
            "NotFound: Topic does not exist");
}

TEST_F(SnsSubscriptions, AreListedInPagesOfAHundred) {
  for (int i = 0; i < 101; ++i) {
    CreateQueue(fmt::format("q{:03}", i));
    SubscribeQueue(topic, fmt::format("q{:03}", i));
  }
  const auto count = [](const std::string& page) {
    std::size_t members = 0;
    for (std::size_t at = page.find("<member>"); at != std::string::npos; at = page.find("<member>", at + 1)) ++members;
    return members;
  };
  for (const Parameters& list : {Parameters{}, Parameters{{"TopicArn", topic}}}) {
    const std::string action = list.empty() ? "ListSubscriptions" : "ListSubscriptionsByTopic";
    const std::string page = Ok(action, list);
    EXPECT_EQ(count(page), 100u);
    Parameters next = list;
    next.emplace_back("NextToken", Text(page, "NextToken"));
    const std::string last = Ok(action, next);
    EXPECT_EQ(count(last), 1u);
    EXPECT_EQ(Text(last, "NextToken"), "(none)");
  }
}

TEST_F(SnsSubscriptions, EndByUnsubscribing) {
  const std::string arn = SubscribeQueue(topic, "billing");
  Publish(topic, "kept");
  Ok("Unsubscribe", {{"SubscriptionArn", arn}});
  Ok("Unsubscribe", {{"SubscriptionArn", arn}});
  Publish(topic, "not any more");
  EXPECT_EQ(Receive("billing"), "kept");
  EXPECT_EQ(Refused("GetSubscriptionAttributes", {{"SubscriptionArn", arn}}), "NotFound: Subscription does not exist");
  EXPECT_EQ(Refused("Unsubscribe", {{"SubscriptionArn", "PendingConfirmation"}}),
            "InvalidParameter: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
  EXPECT_EQ(Refused("Unsubscribe", {{"SubscriptionArn", topic}}),
            "InvalidParameter: Invalid parameter: SubscriptionId");
}

TEST_F(SnsSubscriptions, MadeByOthersAreShownUnderTheirName) {
  EngineHarness::SubscribeQueue("orders-to-billing", "orders", "billing");
  const std::string arn = topic + ":orders-to-billing";
  EXPECT_EQ(SubscribeQueue(topic, "billing"), arn);
  EXPECT_EQ(SubscriptionAttribute(arn, "RawMessageDelivery"), "true");
  Set(arn, "RawMessageDelivery", "false");
  EXPECT_EQ(DescribeSubscription("orders-to-billing")->info.settings.delivery_format, "aws.sns/orders");
}

TEST_F(SnsSubscriptions, RawDeliveryIsTheEnginesFormat) {
  const std::string arn = SubscribeQueue(topic, "billing");
  const std::string name = arn.substr(topic.size() + 1);
  EXPECT_EQ(DescribeSubscription(name)->info.settings.delivery_format, "aws.sns/orders");
  Set(arn, "RawMessageDelivery", "true");
  EXPECT_EQ(DescribeSubscription(name)->info.settings.delivery_format, "");
  EXPECT_EQ(SubscriptionAttribute(arn, "RawMessageDelivery"), "true");
}

TEST_F(SnsSubscriptions, FilterByTheirPolicy) {
  const std::string arn = SubscribeQueue(topic, "billing", {{"FilterPolicy", R"({"kind":["created"]})"}});
  EXPECT_EQ(SubscriptionAttribute(arn, "FilterPolicy"), R"({"kind":["created"]})");
  EXPECT_EQ(SubscriptionAttribute(arn, "FilterPolicyScope"), "MessageAttributes");
  const auto kind = [](const std::string& value) {
    return Parameters{{"MessageAttributes.entry.1.Name", "kind"},
                      {"MessageAttributes.entry.1.Value.DataType", "String"},
                      {"MessageAttributes.entry.1.Value.StringValue", value}};
  };
  Publish(topic, "a", kind("created"));
  Publish(topic, "b", kind("paid"));
  EXPECT_EQ(Receive("billing"), "a");
  Set(arn, "FilterPolicyScope", "MessageBody");
  Publish(topic, R"({"kind":"created"})");
  EXPECT_EQ(Receive("billing"), R"({"kind":"created"})");
  Set(arn, "FilterPolicy", "{}");
  EXPECT_EQ(SubscriptionAttribute(arn, "FilterPolicy"), "(none)");
  Publish(topic, "c");
  EXPECT_EQ(Receive("billing"), "c");
}

TEST_F(SnsSubscriptions, APolicyThatAnotherFaceReplacedIsNotTold) {
  const std::string arn = SubscribeQueue(topic, "billing", {{"FilterPolicy", R"({"kind":["created"]})"}});
  ASSERT_TRUE(
      TryUpdateSubscription(arn.substr(topic.size() + 1), {.filter = model::Filter::Parse("attributes:size").value()})
          .ok());
  EXPECT_EQ(SubscriptionAttribute(arn, "FilterPolicy"), "(none)");
  Set(arn, "RawMessageDelivery", "true");
  Set(arn, "FilterPolicyScope", "MessageBody");
  EXPECT_EQ(DescribeSubscription(arn.substr(topic.size() + 1))->info.settings.filter->text(), "attributes:size");
}

TEST_F(SnsSubscriptions, ARedrivePolicyIsTheEnginesOwn) {
  CreateQueue("small", {.bounds = {.max_messages = 1}});
  CreateQueue("lost");
  const std::string policy = R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:lost"})";
  const std::string arn = SubscribeQueue(topic, "small", {{"RedrivePolicy", " " + policy + " "}});
  EXPECT_EQ(SubscriptionAttribute(arn, "RedrivePolicy"), policy);
  EXPECT_EQ(SubscribeQueue(topic, "small", {{"RedrivePolicy", policy}}), arn) << "asked again";
  const std::string id = arn.substr(topic.size() + 1);
  ASSERT_EQ(DescribeSubscription(id)->info.settings.delivery.redrive->target.ToString(), "queue/lost");
  Ok("Publish", {{"TopicArn", topic}, {"Message", "first"}});
  Ok("Publish", {{"TopicArn", topic}, {"Message", "second"}});
  EXPECT_EQ(Peek("lost"), "second");

  CreateTopic("elsewhere");
  ASSERT_TRUE(TryUpdateSubscription(
                  id, {.delivery = {.redrive = model::RedrivePolicy{7, {model::ResourceKind::kTopic, "elsewhere"}}}})
                  .ok());
  Set(arn, "RawMessageDelivery", "true");
  EXPECT_EQ(DescribeSubscription(id)->info.settings.delivery.redrive->max_attempts, 7u) << "another face's stays";
  EXPECT_THAT(SubscriptionAttribute(arn, "RedrivePolicy"), HasSubstr("sns:us-east-1:000000000000:elsewhere"));
  Set(arn, "RedrivePolicy", "");
  EXPECT_EQ(SubscriptionAttribute(arn, "RedrivePolicy"), "(none)");
  EXPECT_FALSE(DescribeSubscription(id)->info.settings.delivery.redrive);
}

struct AttributeCase {
  std::string name;
  std::string value;
  std::string refused;  // part of why; empty: taken, and told as it is
};
class SnsSubscriptionAttribute : public SnsTest, public ::testing::WithParamInterface<AttributeCase> {};

TEST_P(SnsSubscriptionAttribute, IsChecked) {
  const auto& [name, value, refused] = GetParam();
  CreateQueue("billing");
  CreateQueue("dlq");
  CreateQueue("dlq.fifo", {.delivery = {.ordered = true}});
  const std::string arn = SubscribeQueue(Topic("orders"), "billing");
  const Parameters set{{"SubscriptionArn", arn}, {"AttributeName", name}, {"AttributeValue", value}};
  if (refused.empty()) {
    Ok("SetSubscriptionAttributes", set);
    EXPECT_EQ(SubscriptionAttribute(arn, name), value);
  } else {
    EXPECT_THAT(Refused("SetSubscriptionAttributes", set), HasSubstr(refused));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SnsSubscriptionAttribute,
    ::testing::Values(
        AttributeCase{"RawMessageDelivery", "true", ""},
        AttributeCase{"RawMessageDelivery", "yes", "Invalid value [yes]. Must be true or false."},
        AttributeCase{"FilterPolicyScope", "Message", "Please use either MessageBody or MessageAttributes"},
        AttributeCase{"FilterPolicy", R"({"a":[{"x":1}]})",
                      "Invalid parameter: FilterPolicy: Unrecognized match type x"},
        AttributeCase{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq"})", ""},
        AttributeCase{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none"})",
                      "RedrivePolicy Reason: there is no queue none where the topic is"},
        AttributeCase{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq.fifo"})",
                      "a standard topic takes a dead-letter queue of its own type"},
        AttributeCase{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:billing"})",
                      "queue/billing cannot take what it has no room for"},
        AttributeCase{"RedrivePolicy", "x", "failed to parse JSON."},
        AttributeCase{"RedrivePolicy", R"({"deadLetterTargetArn":"dlq"})", "deadLetterTargetArn is an invalid arn"},
        AttributeCase{"DeliveryPolicy", R"({"healthyRetryPolicy":{"numRetries":5}})", ""},
        AttributeCase{"ReplayPolicy", R"({"PointType":"Place"})", "PointType must be Timestamp"},
        AttributeCase{"ReplayPolicy", R"({"PointType":"Timestamp","StartingPoint":"2026-01-01T00:00:00Z"})",
                      "the topic has no ArchivePolicy"},
        AttributeCase{"Nonsense", "x", "Invalid parameter: AttributeName"}));

}  // namespace
}  // namespace broker::aws::sns
