// What comes from other protocols, dead letters, and move tasks.
#include <fmt/format.h>

#include "broker/aws/sns/delivery_format.h"
#include "broker/aws/sns/envelope.h"
#include "broker/aws/sns/signing_key.h"
#include "broker/aws/wire/md5.h"
#include "tests/aws/sqs/sqs_test.h"

namespace broker::aws::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kDeadArn[] = "arn:aws:sqs:us-east-1:000000000000:dead";

class CrossingTest : public SqsTest {
 public:
  CrossingTest() {
    Create("dead");
    Create("orders",
           fmt::format(R"("RedrivePolicy": "{{\"deadLetterTargetArn\":\"{}\",\"maxReceiveCount\":2}}")", kDeadArn));
  }
  void PublishContent(const std::string& queue, model::MessageContent content) {
    engine::PublishRequest request{.target = {{}, queue}};
    request.entries.push_back({.content = std::move(content)});
    ASSERT_TRUE(TryPublish(std::move(request)).ok());
  }
  void FailTwice(const std::string& queue) {
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(Get(queue, R"("VisibilityTimeout": 1)").size(), 1u);
      Advance(1s);
    }
  }
  std::string Task(const std::string& more = {}) {
    return Text(Do("StartMessageMoveTask",
                   fmt::format(R"({{"SourceArn": "{}"{}{}}})", kDeadArn, more.empty() ? "" : ", ", more)),
                "TaskHandle");
  }
  std::vector<Value> Tasks(int most = 10) {
    Value answer =
        Do("ListMessageMoveTasks", fmt::format(R"({{"SourceArn": "{}", "MaxResults": {}}})", kDeadArn, most));
    Value* const results = answer.Find("Results");
    return results == nullptr ? std::vector<Value>() : results->items;
  }
};

TEST_F(CrossingTest, ABodyThatXmlCannotCarryGoesInBase64AndSaysSo) {
  for (const std::string& body : {std::string("\0\xff", 2), std::string("a\x01")}) {
    PublishContent("orders", {.body = body});
  }
  const auto got = Get("orders", R"("MaxNumberOfMessages": 10)");
  EXPECT_EQ(Bodies(got), "AP8=,YQE=");
  const auto response = Ask("ReceiveMessage", "QueueUrl=orders");
  Advance(30s);
  EXPECT_THAT(
      Ask("ReceiveMessage", "QueueUrl=orders&MaxNumberOfMessages=10").body,
      HasSubstr(
          "<Name>broker.body-encoding</Name><Value><StringValue>base64</StringValue><DataType>String</DataType>"));
}

TEST_F(CrossingTest, AttributesAreShownInTheTypesOfThisWire) {
  PublishContent("orders", {.body = "a",
                            .attributes = {{"kind", {model::AttributeKind::kText, "created", ""}},
                                           {"net", {model::AttributeKind::kNumber, "1.50", "price"}},
                                           {"odd", {model::AttributeKind::kText, std::string("\x01", 1), ""}},
                                           {"raw", {model::AttributeKind::kBytes, std::string("\0", 1), ""}}}});
  EXPECT_THAT(Ask("ReceiveMessage", R"({"QueueUrl": "orders", "MessageAttributeNames": ["All"]})").body,
              HasSubstr(R"("MessageAttributes":{"kind":{"StringValue":"created","DataType":"String"},)"
                        R"("net":{"StringValue":"1.50","DataType":"Number.price"},)"
                        R"("odd":{"BinaryValue":"AQ==","DataType":"Binary.String"},)"
                        R"("raw":{"BinaryValue":"AA==","DataType":"Binary"}})"));
}

TEST_F(CrossingTest, WhatSqsWouldNotTakeIsDeadLetteredWithTheReason) {
  model::MessageContent content{.body = "many"};
  for (int i = 0; i < 11; ++i) content.attributes[fmt::format("a{:02}", i)] = {model::AttributeKind::kText, "x", ""};
  PublishContent("orders", content);
  PublishContent("orders", {.body = std::string((1u << 20) + 1, 'x')});
  Publish("orders", "fine");
  EXPECT_EQ(Bodies(Get("orders", R"("MaxNumberOfMessages": 10)")), "fine");
  EXPECT_EQ(Counts("orders"), "1 leased");
  EXPECT_EQ(Counts("dead"), "2 ready");
  // There it has no further to go, and is handed out.
  EXPECT_EQ(Receive("dead", 1), "many");
  EXPECT_EQ(Last("dead", "many").message->dead_letter.back().reason, "11 attributes; a receiver over SQS takes 10");
  Nack("dead", "many");
  EXPECT_EQ(Get("dead", R"("MaxNumberOfMessages": 10)").size(), 2u);
}

TEST_F(CrossingTest, AttributesWhoseNamesXmlForbidsAreDeadLetteredToo) {
  PublishContent("orders", {.body = "name", .attributes = {{"n\x01", {model::AttributeKind::kText, "x", ""}}}});
  PublishContent("orders", {.body = "type", .attributes = {{"n", {model::AttributeKind::kText, "x", "l\x01"}}}});
  EXPECT_THAT(Get("orders", R"("MaxNumberOfMessages": 10)"), IsEmpty());
  EXPECT_EQ(Receive("dead", 2), "name,type");
  EXPECT_EQ(Last("dead", "name").message->dead_letter.back().reason,
            "the name or the type of attribute \"n%01\" has characters that XML forbids");
}

TEST_F(CrossingTest, AnEnvelopeThatIsTooLargeIsDeadLetteredThoughItsMessageWouldFit) {
  CreateTopic("events");
  SubscribeQueue("enveloped-events", "events", "orders", sns::DeliveryFormat{"events", ""}.ToString());
  PublishContent("events", {.body = std::string(600'000, '"')});
  PublishContent("events", {.body = std::string(600'000, 'x')});
  const auto got = Get("orders", R"("MaxNumberOfMessages": 10)");
  ASSERT_EQ(got.size(), 1u);
  const std::size_t fits = Text(got[0], "Body").size();
  EXPECT_EQ(Receive("dead", 1).size(), 600'000u);
  EXPECT_EQ(Last("dead", std::string(600'000, '"')).message->dead_letter.back().reason,
            fmt::format("{} bytes; a receiver over SQS takes 1048576", fits + 600'000));
}

TEST_F(CrossingTest, WhatASubscriptionBringsIsHeldAgainstTheQueuesOwnMaximum) {
  CreateTopic("events");
  SubscribeQueue("raw-events", "events", "orders");
  Send("orders", std::string(2'000, 's'));  // taken when more was allowed
  PublishContent("events", {.body = std::string(2'000, 'x')});
  PublishContent("events", {.body = std::string(1'024, 'y')});
  Set("orders", R"("MaximumMessageSize": "1024")");
  const auto got = Get("orders", R"("MaxNumberOfMessages": 10)");
  EXPECT_EQ(Bodies(got), std::string(2'000, 's') + "," + std::string(1'024, 'y'));
  EXPECT_EQ(Receive("dead", 1), std::string(2'000, 'x'));
  EXPECT_EQ(Last("dead", std::string(2'000, 'x')).message->dead_letter.back().reason,
            "2000 bytes; a receiver over SQS takes 1024");
}

TEST_F(CrossingTest, OneReceiveIsBoundedAsItIsShown) {
  CreateTopic("events");
  CreateQueue("plain");
  SubscribeQueue("enveloped-events", "events", "plain", sns::DeliveryFormat{"events", ""}.ToString());
  for (int i = 0; i < 4; ++i) PublishContent("events", {.body = std::string(262'144, '\x01')});
  EXPECT_EQ(Get("plain", R"("MaxNumberOfMessages": 10)").size(), 2u);  // of 1.5 MiB each
  EXPECT_EQ(Counts("plain"), "2 ready, 2 leased");
  auto rest = Get("plain", R"("MaxNumberOfMessages": 10, "AttributeNames": ["All"])");
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(System(rest[0], "ApproximateReceiveCount"), "1");
}

TEST_F(CrossingTest, WhatStandsInAGroupBehindWhatSqsWouldNotTakeComesNextAndUncounted) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  CreateQueue("dead.fifo", settings);
  settings.delivery.redrive = test::DeadLetterTo("dead.fifo", 1);
  CreateQueue("orders.fifo", settings);
  PublishKeyed("orders.fifo", "g", "a");
  PublishContent("orders.fifo", {.body = std::string((1u << 20) + 1, 'x'), .ordering_key = "g"});
  PublishKeyed("orders.fifo", "g", "b");
  PublishKeyed("orders.fifo", "h", "c");
  const auto got = Get("orders.fifo", R"("MaxNumberOfMessages": 10)");
  EXPECT_EQ(Bodies(got), "a,c");
  EXPECT_EQ(Counts("dead.fifo"), "1 ready");
  Do("DeleteMessage",
     fmt::format(R"({{"QueueUrl": "orders.fifo", "ReceiptHandle": "{}"}})", Text(got[0], "ReceiptHandle")));
  auto next = Get("orders.fifo", R"("AttributeNames": ["All"])");
  EXPECT_EQ(Bodies(next), "b");
  EXPECT_EQ(System(next.at(0), "ApproximateReceiveCount"), "1");
}

TEST_F(CrossingTest, ATopicsMessageComesInItsEnvelopeUnlessItsDeliveryIsRaw) {
  const sns::SigningKey key = sns::SigningKey::Generate(now()).value();
  sns::EnvelopeRenderer envelopes(key, backend.folder_id);
  backend.envelopes = &envelopes;
  CreateTopic("events");
  CreateQueue("raw");
  SubscribeQueue("enveloped-events", "events", "orders", sns::DeliveryFormat{"events", ""}.ToString());
  SubscribeQueue("raw-events", "events", "raw");
  model::MessageContent content{.body = "hello"};
  for (int i = 0; i < 11; ++i) content.attributes[fmt::format("a{:02}", i)] = {model::AttributeKind::kText, "x", ""};
  PublishContent("events", content);
  const auto raw = Get("raw", R"("MessageAttributeNames": ["a00"])");
  EXPECT_EQ(Bodies(raw), "hello");
  const auto got = Get("orders", R"("MessageAttributeNames": ["All"])");
  ASSERT_EQ(got.size(), 1u) << "its attributes are in the envelope, and may be many";
  EXPECT_THAT(Text(got[0], "Body"), HasSubstr(R"("TopicArn" : "arn:aws:sns:us-east-1:000000000000:events")"));
  EXPECT_THAT(Text(got[0], "Body"), HasSubstr(R"("Message" : "hello")"));
  EXPECT_EQ(Text(got[0], "MD5OfMessageAttributes"), "");
  EXPECT_NE(Text(got[0], "MessageId"), Text(raw.at(0), "MessageId"));
}

TEST_F(CrossingTest, AccountsAreNamespacesThatDoNotMeet) {
  backend.resolve_namespace = [](std::string_view account) { return std::string(account); };
  identity.account = "111111111111";
  Create("dead");
  Create("orders");
  const auto policy = [](const std::string& account) {
    return fmt::format(
        R"("RedrivePolicy": "{{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:{}:dead\",\"maxReceiveCount\":1}}")",
        account);
  };
  EXPECT_THAT(Refusal("SetQueueAttributes",
                      fmt::format(R"({{"QueueUrl": "orders", "Attributes": {{{}}}}})", policy("222222222222"))),
              HasSubstr("not a queue of the account"));
  Set("orders", policy("111111111111"));
  EXPECT_THAT(Refusal("StartMessageMoveTask", R"({"SourceArn": "arn:aws:sqs:us-east-1:111111111111:dead",
                      "DestinationArn": "arn:aws:sqs:us-east-1:222222222222:dead"})"),
              StartsWith("ResourceNotFoundException: "));
  EXPECT_THAT(Refusal("GetQueueAttributes", R"({"QueueUrl": "http://x/222222222222/orders"})"),
              HasSubstr("NonExistentQueue"));
  identity.account = "222222222222";
  EXPECT_EQ(Ask("ListQueues", "{}").body, "{}");
}

TEST_F(CrossingTest, NativePoliciesAreShownAsFarAsThisWireHasWords) {
  CreateTopic("failed");
  CreatePull("audit", "failed");
  model::QueueSettings settings;
  settings.delivery.redrive = model::RedrivePolicy{4, {model::ResourceKind::kTopic, "failed"}};
  CreateQueue("bills", settings);
  EXPECT_EQ(Attribute("bills", "RedrivePolicy"),
            R"({"deadLetterTargetArn":"arn:aws:sns:us-east-1:000000000000:failed","maxReceiveCount":4})");
  CreateTopic("events");
  model::DeliverySettings pull{.retention = 24h};
  pull.redrive = test::DeadLetterTo("dead", 1);
  CreatePull("mail", "events", pull);
  Value sources = Do("ListDeadLetterSourceQueues", R"({"QueueUrl": "dead"})");
  EXPECT_EQ(sources.Find("queueUrls")->items.size(), 1u);
  // What a pull subscription gave up has no queue it came from.
  Publish("events", "a");
  EXPECT_EQ(Receive("mail"), "a");
  Nack("mail", "a");
  auto dead = Get("dead", R"("AttributeNames": ["All"])");
  EXPECT_EQ(System(dead.at(0), "ApproximateReceiveCount"), "2");
  EXPECT_EQ(System(dead.at(0), "DeadLetterQueueSourceArn"), "");
}

TEST_F(CrossingTest, ADeadLetterKeepsItsIdAndItsCount) {
  const Value sent = Send("orders", "a");
  FailTwice("orders");
  auto dead = Get("dead", R"("AttributeNames": ["All"])");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(Text(dead[0], "MessageId"), Text(sent, "MessageId"));
  EXPECT_EQ(System(dead[0], "ApproximateReceiveCount"), "3");
  EXPECT_EQ(System(dead[0], "DeadLetterQueueSourceArn"), "arn:aws:sqs:us-east-1:000000000000:orders");
}

TEST_F(CrossingTest, AMoveTaskBringsBackANewMessage) {
  const Value sent = Send("orders", "a");
  FailTwice("orders");
  EXPECT_THAT(Task(), ::testing::MatchesRegex("[A-Za-z0-9+/=]+"));
  const Time moved = now();
  Advance(1s);
  auto back = Get("orders", R"("AttributeNames": ["All"], "VisibilityTimeout": 0)");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_NE(Text(back[0], "MessageId"), Text(sent, "MessageId"));
  EXPECT_EQ(System(back[0], "ApproximateReceiveCount"), "1");
  EXPECT_EQ(System(back[0], "DeadLetterQueueSourceArn"), "");
  EXPECT_EQ(System(back[0], "SentTimestamp"),
            std::to_string(std::chrono::duration_cast<Millis>(moved.time_since_epoch()).count()));
  // It fails again, under its new id.
  Get("orders", R"("VisibilityTimeout": 0)");
  auto dead = Get("dead", R"("AttributeNames": ["All"])");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(Text(dead[0], "MessageId"), Text(back[0], "MessageId"));
  EXPECT_EQ(System(dead[0], "ApproximateReceiveCount"), "3");

  ASSERT_EQ(Tasks().size(), 1u);
  const Value task = Tasks()[0];
  EXPECT_EQ(Text(task, "Status"), "COMPLETED");
  EXPECT_EQ(Text(task, "TaskHandle"), "");
  EXPECT_EQ(Text(task, "SourceArn"), kDeadArn);
  EXPECT_EQ(Text(task, "ApproximateNumberOfMessagesMoved"), "1");
  EXPECT_EQ(Text(task, "StartedTimestamp"),
            std::to_string(std::chrono::duration_cast<Millis>(moved.time_since_epoch()).count()));
}

TEST_F(CrossingTest, AMoveTaskIsPacedSeenAndCancelled) {
  Create("elsewhere");
  for (const char* body : {"a", "b", "c"}) Publish("dead", body);
  const std::string destination = R"("DestinationArn": "arn:aws:sqs:us-east-1:000000000000:elsewhere")";
  const std::string handle = Task(destination + R"(, "MaxNumberOfMessagesPerSecond": 1)");
  EXPECT_EQ(Counts("elsewhere"), "1 ready");
  ASSERT_EQ(Tasks().size(), 1u);
  EXPECT_EQ(Text(Tasks()[0], "Status"), "RUNNING");
  EXPECT_EQ(Text(Tasks()[0], "TaskHandle"), handle);
  EXPECT_EQ(Text(Tasks()[0], "DestinationArn"), "arn:aws:sqs:us-east-1:000000000000:elsewhere");
  EXPECT_EQ(Text(Tasks()[0], "ApproximateNumberOfMessagesToMove"), "3");
  EXPECT_THAT(Refusal("StartMessageMoveTask", fmt::format(R"({{"SourceArn": "{}"}})", kDeadArn)),
              HasSubstr("There is already a task running."));
  const std::string cancel = fmt::format(R"({{"TaskHandle": "{}"}})", handle);
  EXPECT_EQ(Ask("CancelMessageMoveTask", cancel).body, R"({"ApproximateNumberOfMessagesMoved":1})");
  EXPECT_EQ(Text(Tasks()[0], "Status"), "CANCELLED");
  EXPECT_THAT(Refusal("CancelMessageMoveTask", cancel), HasSubstr("Only active tasks"));
  Task(destination);
  EXPECT_EQ(Tasks(10).size(), 2u);
  EXPECT_EQ(Tasks(1).size(), 1u);
  EXPECT_EQ(Text(Tasks(1)[0], "Status"), "COMPLETED") << "newest first";
}

TEST_F(CrossingTest, AMoveTaskNeedsADeadLetterQueueAndADestination) {
  const auto start = [this](const std::string& source, const std::string& more = {}) {
    return Refusal("StartMessageMoveTask", fmt::format(R"({{"SourceArn": "{}"{}}})", source, more));
  };
  EXPECT_EQ(start("arn:aws:sqs:us-east-1:000000000000:nowhere"),
            "ResourceNotFoundException: The resource that you specified for the SourceArn parameter doesn't exist.");
  EXPECT_EQ(Ask("StartMessageMoveTask", R"({"SourceArn": "arn:aws:sqs:us-east-1:000000000000:nowhere"})").status, 404);
  EXPECT_EQ(start("arn:aws:sqs:us-east-1:000000000000:orders"),
            "InvalidParameterValue: Source queue must be configured as a Dead Letter Queue.");
  EXPECT_THAT(start("dead"), StartsWith("InvalidParameterValue: You must use this format"));
  EXPECT_EQ(
      start(kDeadArn, R"(, "DestinationArn": "arn:aws:sqs:us-east-1:000000000000:nowhere")"),
      "ResourceNotFoundException: The resource that you specified for the DestinationArn parameter doesn't exist.");
  EXPECT_THAT(start(kDeadArn, fmt::format(R"(, "DestinationArn": "{}")", kDeadArn)), HasSubstr("cannot be the same"));
  EXPECT_THAT(start(kDeadArn, R"(, "MaxNumberOfMessagesPerSecond": 501)"), StartsWith("InvalidParameterValue: "));
  EXPECT_THAT(Refusal("CancelMessageMoveTask", R"({"TaskHandle": "garbage"})"), StartsWith("InvalidParameterValue: "));
  EXPECT_EQ(
      Refusal(
          "CancelMessageMoveTask",
          R"({"TaskHandle": "eyJ0YXNrSWQiOiI3NzciLCJzb3VyY2VBcm4iOiJhcm46YXdzOnNxczp1cy1lYXN0LTE6MDAwMDAwMDAwMDAwOmRlYWQifQ=="})"),
      "ResourceNotFoundException: Task does not exist.");
  EXPECT_EQ(Ask("ListMessageMoveTasks", fmt::format(R"({{"SourceArn": "{}"}})", kDeadArn)).body, "{}");
}

TEST_F(CrossingTest, NamesAreInTheTermsInWhichTheCallerAsked) {
  Send("orders", "a");
  FailTwice("orders");
  Value answer = Do(
      "GetQueueAttributes",
      R"({"QueueUrl": "http://x/queue/eu-west-1/123456789012/orders", "AttributeNames": ["QueueArn", "RedrivePolicy"]})");
  EXPECT_EQ(Text(*answer.Find("Attributes"), "QueueArn"), "arn:aws:sqs:eu-west-1:123456789012:orders");
  EXPECT_THAT(Text(*answer.Find("Attributes"), "RedrivePolicy"), HasSubstr("arn:aws:sqs:eu-west-1:123456789012:dead"));
  Value got = Do("ReceiveMessage", R"({"QueueUrl": "http://x/123456789012/dead", "AttributeNames": ["All"]})");
  Value& message = got.Find("Messages")->items.at(0);
  EXPECT_EQ(System(message, "DeadLetterQueueSourceArn"), "arn:aws:sqs:us-east-1:123456789012:orders");
  EXPECT_EQ(System(message, "SenderId"), "123456789012");
}

TEST_F(CrossingTest, ATopicsMessageComesInItsEnvelope) {
  CreateTopic("events");
  SubscribeQueue("s-1", "events", "orders", "aws.sns/events");
  model::MessageContent content{.body = "a", .subject = "news"};
  for (int i = 0; i < 11; ++i) content.attributes[fmt::format("a{}", i)] = {model::AttributeKind::kText, "v", {}};
  PublishContent("events", content);
  auto got = Get("orders", R"("MessageAttributeNames": ["All"])");
  ASSERT_EQ(got.size(), 1u);
  const std::string body = Text(got[0], "Body");
  EXPECT_THAT(body, HasSubstr(R"("TopicArn" : "arn:aws:sns:us-east-1:000000000000:events")"));
  EXPECT_THAT(body, HasSubstr(R"("Subject" : "news")"));
  EXPECT_THAT(body, HasSubstr(R"("a10" : {"Type":"String","Value":"v"})"));
  EXPECT_THAT(body, HasSubstr("&SubscriptionArn=arn:aws:sns:us-east-1:000000000000:events:s-1"));
  EXPECT_EQ(Text(got[0], "MD5OfBody"), Md5Hex(body));
  EXPECT_EQ(got[0].Find("MessageAttributes"), nullptr);
}

TEST_F(CrossingTest, RawDeliveryOfMoreThanTenAttributesIsDeadLettered) {
  CreateTopic("events");
  SubscribeQueue("s-1", "events", "orders");
  model::MessageContent content{.body = "a"};
  for (int i = 0; i < 11; ++i) content.attributes[fmt::format("a{}", i)] = {model::AttributeKind::kText, "v", {}};
  PublishContent("events", content);
  EXPECT_TRUE(Get("orders").empty());
  EXPECT_EQ(Peek("dead"), "a");
}

}  // namespace
}  // namespace broker::aws::sqs
