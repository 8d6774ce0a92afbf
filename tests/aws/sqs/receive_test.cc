// Receiving and settling.
#include <fmt/format.h>

#include "broker/model/limits.h"
#include "tests/aws/sqs/sqs_test.h"

namespace broker::aws::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ReceiveTest : public SqsTest {
 public:
  ReceiveTest() {
    Create("orders");
    Create("orders.fifo", R"("FifoQueue": "true", "ContentBasedDeduplication": "true")");
  }
  std::string TryGet(const std::string& more, const std::string& queue = "orders") {
    return Refusal("ReceiveMessage", fmt::format(R"({{"QueueUrl": "{}", {}}})", queue, more));
  }
  std::string Handle(const std::string& queue = "orders") { return Text(Get(queue).at(0), "ReceiptHandle"); }
  std::string Delete(const std::string& handle, const std::string& queue = "orders") {
    return Refusal("DeleteMessage", fmt::format(R"({{"QueueUrl": "{}", "ReceiptHandle": "{}"}})", queue, handle));
  }
  std::string Change(const std::string& handle, int seconds, const std::string& queue = "orders") {
    return Refusal(
        "ChangeMessageVisibility",
        fmt::format(R"({{"QueueUrl": "{}", "ReceiptHandle": "{}", "VisibilityTimeout": {}}})", queue, handle, seconds));
  }
  // The names of the attributes that are shown.
  std::vector<std::string> Names(const std::string& asked) {
    std::vector<Value> messages =
        Get("orders", fmt::format(R"("VisibilityTimeout": 0, "MessageAttributeNames": [{}])", asked));
    std::vector<std::string> names;
    if (Value* const shown = messages.at(0).Find("MessageAttributes")) {
      for (const Member& member : shown->members) names.push_back(member.name);
    }
    return names;
  }
};

TEST_F(ReceiveTest, AnEmptyAnswerIsEmpty) {
  EXPECT_EQ(Ask("ReceiveMessage", R"({"QueueUrl": "orders"})").body, "{}");
  EXPECT_THAT(Ask("ReceiveMessage", "QueueUrl=orders").body, HasSubstr("<ReceiveMessageResult/>"));
}

TEST_F(ReceiveTest, ShowsTheMessageAndItsId) {
  const Value sent = Send("orders", "hello");
  const std::vector<Value> got = Get("orders");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(Text(got[0], "MessageId"), Text(sent, "MessageId"));
  EXPECT_EQ(Text(got[0], "MD5OfBody"), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(Text(got[0], "Body"), "hello");
  EXPECT_EQ(got[0].members.size(), 4u) << "nothing that was not asked for";
}

TEST_F(ReceiveTest, ADelayedMessageKeepsItsId) {
  const Value sent = Send("orders", "a", R"("DelaySeconds": 2)");
  Advance(2s);
  EXPECT_EQ(Text(Get("orders").at(0), "MessageId"), Text(sent, "MessageId"));
}

TEST_F(ReceiveTest, AttributesAreShownByNameAndPrefixAndHashedAsShown) {
  Send("orders", "a", R"("MessageAttributes": {"Foo": {"DataType": "String", "StringValue": "Bar"},
                         "price.net": {"DataType": "Number.EUR", "StringValue": "1"}, "price.tax": {"DataType": "Binary", "BinaryValue": "AAE="}})");
  EXPECT_THAT(Names(R"("Foo", "nothing")"), ElementsAre("Foo"));
  EXPECT_THAT(Names(R"("price.*")"), ElementsAre("price.net", "price.tax"));
  for (const char* all : {R"("All")", R"(".*")", R"("*")"})
    EXPECT_THAT(Names(all), ElementsAre("Foo", "price.net", "price.tax"));
  EXPECT_THAT(Names(""), ElementsAre());
  const auto one = Get("orders", R"("VisibilityTimeout": 0, "MessageAttributeNames": ["Foo"])");
  EXPECT_EQ(Text(one.at(0), "MD5OfMessageAttributes"), "ae7155c6026991b6d54b11589678bf9c");
  EXPECT_THAT(
      Ask("ReceiveMessage", "QueueUrl=orders&MessageAttributeName.1=price.*").body,
      HasSubstr(
          "<MessageAttribute><Name>price.net</Name><Value><StringValue>1</StringValue><DataType>Number.EUR</DataType>"
          "</Value></MessageAttribute><MessageAttribute><Name>price.tax</Name><Value><BinaryValue>AAE=</BinaryValue>"
          "<DataType>Binary</DataType></Value></MessageAttribute>"));
}

TEST_F(ReceiveTest, SystemAttributesTellTheMessagesStory) {
  identity.access_key = "AKIA";
  Send(
      "orders", "a",
      R"("MessageGroupId": "g", "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}})");
  const Time sent = now();
  Advance(1s);
  Get("orders", R"("VisibilityTimeout": 0)");
  const Time first = now();
  Advance(1s);
  auto got = Get("orders", R"("AttributeNames": ["All"])");
  const auto millis = [](Time time) {
    return std::to_string(std::chrono::duration_cast<Millis>(time.time_since_epoch()).count());
  };
  EXPECT_EQ(System(got.at(0), "SentTimestamp"), millis(sent));
  EXPECT_EQ(System(got[0], "ApproximateFirstReceiveTimestamp"), millis(first));
  EXPECT_EQ(System(got[0], "ApproximateReceiveCount"), "2");
  EXPECT_EQ(System(got[0], "SenderId"), "AKIA");
  EXPECT_EQ(System(got[0], "AWSTraceHeader"), "Root=1");
  EXPECT_EQ(System(got[0], "MessageGroupId"), "g");
  EXPECT_EQ(got[0].Find("Attributes")->members.size(), 6u);
  // Both members name system attributes.
  Send("orders", "b");
  got = Get("orders", R"("AttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["SentTimestamp"])");
  EXPECT_EQ(got.at(0).Find("Attributes")->members.size(), 2u);
  EXPECT_EQ(TryGet(R"("AttributeNames": ["Colour"])"), "InvalidAttributeName: Unknown Attribute Colour.");
}

TEST_F(ReceiveTest, FifoMessagesShowTheirOrder) {
  const Value sent = Send("orders.fifo", "a", R"("MessageGroupId": "g")");
  auto got = Get("orders.fifo", R"("AttributeNames": ["All"])");
  EXPECT_EQ(System(got.at(0), "SequenceNumber"), Text(sent, "SequenceNumber"));
  EXPECT_EQ(System(got[0], "MessageDeduplicationId"),
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
  EXPECT_EQ(System(got[0], "SenderId"), "000000000000");
}

TEST_F(ReceiveTest, AnAttemptAskedAgainGetsTheSameMessages) {
  Send("orders.fifo", "a", R"("MessageGroupId": "g")");
  const std::string attempt = R"("ReceiveRequestAttemptId": "once")";
  EXPECT_EQ(Bodies(Get("orders.fifo", attempt)), "a");
  EXPECT_EQ(Bodies(Get("orders.fifo", attempt)), "a");
  EXPECT_EQ(Bodies(Get("orders.fifo")), "");
  EXPECT_THAT(TryGet(attempt), HasSubstr("not valid for this queue type"));
}

TEST_F(ReceiveTest, LimitsAreChecked) {
  for (const char* more : {R"("MaxNumberOfMessages": 0)", R"("MaxNumberOfMessages": 11)", R"("WaitTimeSeconds": 21)",
                           R"("WaitTimeSeconds": -1)", R"("VisibilityTimeout": 43201)"}) {
    EXPECT_THAT(TryGet(more), StartsWith("InvalidParameterValue: ")) << more;
  }
  EXPECT_EQ(TryGet(R"("WaitTimeSeconds": 21)"),
            "InvalidParameterValue: Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, "
            "if provided.");
  backend.strict = false;
  Publish("orders", "a,b,c,d,e,f,g,h,i,j,k");
  EXPECT_EQ(Get("orders", R"("MaxNumberOfMessages": 11)").size(), 11u);
}

TEST_F(ReceiveTest, AStandardQueueSaysWhenTooManyAreInFlightAndAFifoQueueIsSilent) {
  const auto fill = [this](const std::string& queue) {
    engine::PublishRequest batch{.target = {{}, queue}};
    batch.entries.resize(model::kMaxBatchMessages);
    for (std::size_t sent = 0; sent <= model::kMaxOutstanding; sent += batch.entries.size()) {
      ASSERT_TRUE(TryPublish(batch).ok());
      ASSERT_EQ(TryReceive({.source = {{}, queue}, .max_messages = model::kMaxReceiveMessages})->deliveries.size(),
                std::min(model::kMaxOutstanding - sent, batch.entries.size()));
    }
  };
  fill("orders");
  EXPECT_THAT(TryGet(R"("MaxNumberOfMessages": 1)"), StartsWith("OverLimit: Too many messages in flight"));
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  CreateQueue("ordered", settings);
  fill("ordered");
  EXPECT_EQ(Bodies(Get("ordered")), "");
}

TEST_F(ReceiveTest, ALongPollWaitsForTheFirstMessage) {
  const Asked polling =
      Start("ReceiveMessage", R"({"QueueUrl": "orders", "WaitTimeSeconds": 5, "MaxNumberOfMessages": 10})");
  EXPECT_FALSE(polling.answered());
  Publish("orders", "a");
  ASSERT_TRUE(polling.answered());
  EXPECT_THAT((*polling.answer)->body, HasSubstr(R"("Body":"a")"));

  Set("orders", R"("ReceiveMessageWaitTimeSeconds": "3")");
  const Asked byDefault = Start("ReceiveMessage", R"({"QueueUrl": "orders"})");
  Advance(2s);
  EXPECT_FALSE(byDefault.answered());
  Advance(1s);
  ASSERT_TRUE(byDefault.answered());
  EXPECT_EQ((*byDefault.answer)->body, "{}");
  EXPECT_EQ(Bodies(Get("orders", R"("WaitTimeSeconds": 0)")), "") << "the request's own counts";
}

TEST_F(ReceiveTest, AWaitThatIsOfNoUseEndsWithNothing) {
  const Asked polling = Start("ReceiveMessage", R"({"QueueUrl": "orders", "WaitTimeSeconds": 5})");
  polling.call->End();
  Drain();
  ASSERT_TRUE(polling.answered());
  EXPECT_EQ((*polling.answer)->body, "{}");
  Publish("orders", "a");
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(ReceiveTest, WhatCouldNotBeHandedOverComesBackUncounted) {
  Publish("orders", "a");
  const Asked asked = Start("ReceiveMessage", R"({"QueueUrl": "orders"})");
  EXPECT_EQ(Counts("orders"), "1 leased");
  asked.call->Lost();
  Drain();
  EXPECT_EQ(Counts("orders"), "1 ready");
  auto again = Get("orders", R"("AttributeNames": ["All"])");
  EXPECT_EQ(System(again.at(0), "ApproximateReceiveCount"), "1");
}

TEST_F(ReceiveTest, DeletingTakesAnyHandleOfTheMessage) {
  Publish("orders", "a");
  const std::string handle = Handle();
  EXPECT_EQ(Delete(handle), "200");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Delete(handle), "200") << "again";
  EXPECT_EQ(Delete("garbage"),
            "ReceiptHandleIsInvalid: The input receipt handle \"garbage\" is not a valid receipt handle.");
  EXPECT_THAT(Delete(handle, "nowhere"), HasSubstr("NonExistentQueue"));
  EXPECT_THAT(Delete(handle, "orders.fifo"), StartsWith("ReceiptHandleIsInvalid"));
  Publish("orders", "b");
  const std::string expired = Handle();
  Advance(31s);
  EXPECT_EQ(Delete(expired), "200") << "a standard queue takes an expired one";
}

TEST_F(ReceiveTest, AFifoQueueRefusesAnExpiredHandle) {
  Send("orders.fifo", "a", R"("MessageGroupId": "g")");
  const std::string handle = Handle("orders.fifo");
  Advance(31s);
  const std::string refusal = fmt::format(
      "InvalidParameterValue: Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
      handle);
  EXPECT_EQ(Delete(handle, "orders.fifo"), refusal);
  EXPECT_EQ(Change(handle, 10, "orders.fifo"), refusal);
}

TEST_F(ReceiveTest, VisibilityIsChangedAndGivenBack) {
  Publish("orders", "a");
  const std::string handle = Handle();
  EXPECT_EQ(Change(handle, 100), "200");
  Advance(99s);
  EXPECT_EQ(Bodies(Get("orders")), "");
  EXPECT_EQ(Change(handle, 0), "200");
  const std::string second = Handle();
  EXPECT_NE(second, handle);
  EXPECT_THAT(Change(second, 43201), HasSubstr("VisibilityTimeout must be an integer between 0 and 43200."));
  Advance(31s);
  EXPECT_EQ(Change(second, 10), "200") << "expired: nothing happens";
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Delete(second), "200");
  EXPECT_EQ(
      Change(second, 10),
      fmt::format("InvalidParameterValue: Value {} for parameter ReceiptHandle is invalid. Reason: Message does not "
                  "exist or is not available for visibility timeout change.",
                  second));
}

TEST_F(ReceiveTest, AMessageIsHiddenTwelveHoursInAll) {
  Publish("orders", "a");
  const std::string handle = Handle();
  EXPECT_EQ(Change(handle, 43'200), "200");
  Advance(1h);
  EXPECT_THAT(Change(handle, 11 * 3'600 + 1), HasSubstr("Total VisibilityTimeout for the message is beyond the limit"));
  EXPECT_EQ(Change(handle, 11 * 3'600), "200");
  Advance(11h);
  const std::string again = Handle();
  EXPECT_EQ(Change(again, 43'200), "200") << "a new receive, a new lease";
}

TEST_F(ReceiveTest, BatchesSettleEachEntryOnItsOwn) {
  Publish("orders", "a,b");
  const std::vector<Value> got = Get("orders", R"("MaxNumberOfMessages": 10)");
  const std::string first = Text(got.at(0), "ReceiptHandle");
  const std::string second = Text(got.at(1), "ReceiptHandle");
  EXPECT_EQ(
      Ask("ChangeMessageVisibilityBatch",
          fmt::format(
              R"({{"QueueUrl": "orders", "Entries": [{{"Id": "1", "ReceiptHandle": "{}", "VisibilityTimeout": 0}},
                                {{"Id": "2", "ReceiptHandle": "{}", "VisibilityTimeout": -1}}]}})",
              first, second))
          .body,
      R"({"Successful":[{"Id":"1"}],"Failed":[{"Id":"2","SenderFault":true,"Code":"InvalidParameterValue","Message":)"
      R"("Value -1 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200."}]})");
  EXPECT_EQ(Counts("orders"), "1 ready, 1 leased");
  EXPECT_THAT(
      Ask("DeleteMessageBatch",
          fmt::format(
              "QueueUrl=orders&DeleteMessageBatchRequestEntry.1.Id=x&DeleteMessageBatchRequestEntry.1.ReceiptHandle={}"
              "&DeleteMessageBatchRequestEntry.2.Id=y&DeleteMessageBatchRequestEntry.2.ReceiptHandle=z",
              second))
          .body,
      HasSubstr("<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>x</Id></DeleteMessageBatchResultEntry>"
                "<BatchResultErrorEntry><Id>y</Id><SenderFault>true</SenderFault><Code>ReceiptHandleIsInvalid</Code>"));
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_THAT(Refusal("DeleteMessageBatch", R"({"QueueUrl": "orders", "Entries": []})"),
              HasSubstr("EmptyBatchRequest"));
}

TEST_F(ReceiveTest, AnEntryWithoutAVisibilityFailsAlone) {
  Publish("orders", "a");
  EXPECT_EQ(
      Ask("ChangeMessageVisibilityBatch",
          fmt::format(R"({{"QueueUrl": "orders", "Entries": [{{"Id": "1", "ReceiptHandle": "x"}},
                                {{"Id": "2", "ReceiptHandle": "{}", "VisibilityTimeout": 0}}]}})",
                      Handle()))
          .body,
      R"({"Successful":[{"Id":"2"}],"Failed":[{"Id":"1","SenderFault":true,"Code":"MissingParameter","Message":)"
      R"("The request must contain the parameter ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout."}]})");
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(ReceiveTest, AReceiveOfLargeMessagesHasFewerOfThem) {
  for (const char body : {'a', 'b', 'c', 'd', 'e'}) Publish("orders", std::string(1u << 20, body));
  EXPECT_EQ(Get("orders", R"("MaxNumberOfMessages": 10)").size(), 4u);
  EXPECT_EQ(Get("orders", R"("MaxNumberOfMessages": 10)").size(), 1u);
}

}  // namespace
}  // namespace broker::aws::sqs
