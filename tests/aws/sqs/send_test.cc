// Sending: what is answered, what is stored, and what is refused.
#include <fmt/format.h>

#include "tests/aws/sqs/sqs_test.h"

namespace broker::aws::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr char kTrace[] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

class SendTest : public SqsTest {
 public:
  SendTest() {
    Create("orders");
    Create("orders.fifo", R"("FifoQueue": "true")");
  }
  std::string TrySend(const std::string& more, const std::string& queue = "orders") {
    return Refusal("SendMessage", fmt::format(R"({{"QueueUrl": "{}", "MessageBody": "a", {}}})", queue, more));
  }
  std::string Attributes(const std::string& attributes) {
    return TrySend(fmt::format(R"("MessageAttributes": {{{}}})", attributes));
  }
  std::string Batch(const std::string& entries, const std::string& queue = "orders") {
    return fmt::format(R"({{"QueueUrl": "{}", "Entries": [{}]}})", queue, entries);
  }
};

TEST_F(SendTest, AnswersDigestsAndAnId) {
  const Value sent = Send("orders", "hello",
                          R"("MessageAttributes": {"Foo": {"DataType": "String", "StringValue": "Bar"}},
      "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": ")" +
                              std::string(kTrace) + "\"}}");
  EXPECT_EQ(Text(sent, "MD5OfMessageBody"), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(Text(sent, "MD5OfMessageAttributes"), "ae7155c6026991b6d54b11589678bf9c");
  EXPECT_EQ(Text(sent, "MD5OfMessageSystemAttributes"), "5ae4d5d7636402d80f4eb6d213245a88");
  EXPECT_THAT(Text(sent, "MessageId"), ::testing::ContainsRegex(kUuid));
  EXPECT_EQ(Text(sent, "SequenceNumber"), "");
  EXPECT_EQ(Text(Send("orders", "plain"), "MD5OfMessageAttributes"), "");
}

TEST_F(SendTest, TheQueryFormMeansTheSame) {
  const auto response =
      Ask("SendMessage",
          "QueueUrl=orders&MessageBody=a%26b&MessageAttribute.1.Name=Foo&MessageAttribute.1.Value.DataType=String"
          "&MessageAttribute.1.Value.StringValue=Bar&DelaySeconds=3");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body,
              HasSubstr("<MD5OfMessageAttributes>ae7155c6026991b6d54b11589678bf9c</MD5OfMessageAttributes>"));
  EXPECT_EQ(Counts("orders"), "1 delayed");
  Advance(3s);
  EXPECT_EQ(Receive("orders"), "a&b");
  EXPECT_EQ(Refusal("SendMessage", "QueueUrl=orders&MessageBody=%01"),
            "InvalidMessageContents: Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to "
            "#xD7FF | #xE000 "
            "to #xFFFD | #x10000 to #x10FFFF");
}

TEST_F(SendTest, AttributesAreTheModelsWithTheirKinds) {
  Send("orders", "a",
       R"("MessageAttributes": {"n": {"DataType": "Number.price", "StringValue": "12345678901234567890.5"},
      "b": {"DataType": "Binary", "BinaryValue": "AAE="}, "t": {"DataType": "String", "StringValue": "x"}})");
  EXPECT_EQ(Receive("orders"), "a");
  const model::Attributes& attributes = Last("orders", "a").message->content.attributes;
  EXPECT_EQ(attributes.at("n"),
            (model::Attribute{model::AttributeKind::kNumber, "12345678901234567890.5", "Number.price"}));
  EXPECT_EQ(attributes.at("b"), (model::Attribute{model::AttributeKind::kBytes, std::string("\0\1", 2), ""}));
  EXPECT_EQ(attributes.at("t"), (model::Attribute{model::AttributeKind::kText, "x", ""}));
}

struct WrongAttribute {
  const char* attributes;
  const char* part;
};
class WrongMessageAttributes : public SendTest, public ::testing::WithParamInterface<WrongAttribute> {};
TEST_P(WrongMessageAttributes, AreRefused) {
  const std::string refusal = Attributes(GetParam().attributes);
  EXPECT_THAT(refusal, HasSubstr(GetParam().part));
  EXPECT_THAT(refusal, ::testing::Not(StartsWith("200")));
}
INSTANTIATE_TEST_SUITE_P(
    Table, WrongMessageAttributes,
    ::testing::Values(
        WrongAttribute{R"("": {"DataType": "String", "StringValue": "x"})", "is invalid"},
        WrongAttribute{R"("ä": {"DataType": "String", "StringValue": "x"})", "is invalid"},
        WrongAttribute{R"("aws.x": {"DataType": "String", "StringValue": "x"})", "reserved"},
        WrongAttribute{R"("AMAZON.x": {"DataType": "String", "StringValue": "x"})", "reserved"},
        WrongAttribute{R"(".x": {"DataType": "String", "StringValue": "x"})", "start or end with '.'"},
        WrongAttribute{R"("x..y": {"DataType": "String", "StringValue": "x"})", "in a row"},
        WrongAttribute{R"("x": {"StringValue": "x"})", "non-empty message attribute type"},
        WrongAttribute{R"("x": {"DataType": "Stringy", "StringValue": "x"})", "supported type prefixes"},
        WrongAttribute{R"("x": {"DataType": "String"})", "non-empty message attribute value"},
        WrongAttribute{R"("x": {"DataType": "String", "StringValue": ""})", "non-empty message attribute value"},
        WrongAttribute{R"("x": {"DataType": "String", "StringValue": "\u0000"})", "invalid characters"},
        WrongAttribute{R"("x": {"DataType": "Number", "StringValue": "abc"})", "to a number"},
        WrongAttribute{R"("x": {"DataType": "Binary", "StringValue": "abc"})", "non-empty message attribute value"},
        WrongAttribute{R"("x": {"DataType": "Binary", "BinaryValue": "?"})", "base64"},
        WrongAttribute{R"("x": {"DataType": "String", "StringListValues": ["x"]})", "list values"}));

struct Wrong {
  const char* more;
  const char* queue;
  const char* refusal;
};
class WrongMessages : public SendTest, public ::testing::WithParamInterface<Wrong> {};
TEST_P(WrongMessages, AreRefused) { EXPECT_EQ(TrySend(GetParam().more, GetParam().queue), GetParam().refusal); }
INSTANTIATE_TEST_SUITE_P(
    Table, WrongMessages,
    ::testing::Values(Wrong{R"("DelaySeconds": 901)", "orders",
                            "InvalidParameterValue: Value 901 for parameter DelaySeconds is invalid. Reason: "
                            "DelaySeconds must be >= 0 and <= 900."},
                      Wrong{R"("MessageDeduplicationId": "1")", "orders",
                            "InvalidParameterValue: Value 1 for parameter MessageDeduplicationId is invalid. Reason: "
                            "The request include parameter "
                            "that is not valid for this queue type."},
                      Wrong{R"("MessageGroupId": "a b")", "orders",
                            "InvalidParameterValue: Value a b for parameter MessageGroupId is invalid. Reason: "
                            "MessageGroupId can only include "
                            "alphanumeric and punctuation characters. 1 to 128 in length."},
                      Wrong{R"("MessageSystemAttributes": {"Other": {"DataType": "String", "StringValue": "x"}})",
                            "orders", "InvalidParameterValue: Message system attribute name 'Other' is invalid."},
                      Wrong{R"("MessageDeduplicationId": "1")", "orders.fifo",
                            "MissingParameter: The request must contain the parameter MessageGroupId."},
                      Wrong{R"("MessageGroupId": "1")", "orders.fifo",
                            "InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or "
                            "MessageDeduplicationId "
                            "provided explicitly"},
                      Wrong{R"("MessageGroupId": "g", "MessageDeduplicationId": "1", "DelaySeconds": 1)", "orders.fifo",
                            "InvalidParameterValue: Value 1 for parameter DelaySeconds is invalid. Reason: The request "
                            "include parameter that is "
                            "not valid for this queue type."},
                      Wrong{R"("DelaySeconds": 0)", "nowhere",
                            "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."}));

TEST_F(SendTest, SizeCountsTheBodyAndItsAttributes) {
  Create("small", R"("MaximumMessageSize": "1024")");
  const std::string rest = R"(, "MessageAttributes": {"name": {"DataType": "String", "StringValue": "value"}})";
  const auto send = [&](std::size_t bytes) {
    return Refusal("SendMessage",
                   R"({"QueueUrl": "small", "MessageBody": ")" + std::string(bytes, 'x') + "\"" + rest + "}");
  };
  EXPECT_EQ(send(1024 - 15), "200");
  EXPECT_EQ(
      send(1025 - 15),
      "InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.");
  const std::string binary(1'398'088, 'A');  // in base64, of a megabyte less a few bytes
  EXPECT_EQ(TrySend(R"("MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": ")" + binary + "\"}}"), "200");
  EXPECT_THAT(TrySend(R"("MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": ")" + binary + "AAAA\"}}"),
              StartsWith("InvalidParameterValue"));
}

TEST_F(SendTest, TenAttributesAreTheMostInStrictMode) {
  std::string eleven;
  for (int i = 0; i < 11; ++i)
    eleven += fmt::format(R"({}"a{}": {{"DataType": "String", "StringValue": "x"}})", i == 0 ? "" : ", ", i);
  EXPECT_EQ(Attributes(eleven),
            "InvalidParameterValue: Number of message attributes [11] exceeds the allowed maximum [10].");
  backend.strict = false;
  EXPECT_EQ(Attributes(eleven), "200");
}

TEST_F(SendTest, AFifoDuplicateAnswersTheFirstMessagesIdAndSequence) {
  const Value first =
      Send("orders.fifo", "a", R"("MessageGroupId": "g", "MessageDeduplicationId": "1", "DelaySeconds": 0)");
  const Value again = Send("orders.fifo", "b", R"("MessageGroupId": "g", "MessageDeduplicationId": "1")");
  EXPECT_EQ(Text(again, "MessageId"), Text(first, "MessageId"));
  EXPECT_EQ(Text(again, "SequenceNumber"), Text(first, "SequenceNumber"));
  EXPECT_EQ(Text(again, "MD5OfMessageBody"), "92eb5ffee6ae2fec3ad71c777531578f") << "of this request";
  const Value next = Send("orders.fifo", "b", R"("MessageGroupId": "g", "MessageDeduplicationId": "2")");
  EXPECT_THAT(Text(next, "SequenceNumber"), MatchesRegex("[0-9]{20}"));
  EXPECT_GT(Text(next, "SequenceNumber"), Text(first, "SequenceNumber"));
}

TEST_F(SendTest, ABatchAnswersForEachEntry) {
  Value answer = Do("SendMessageBatch", Batch(R"({"Id": "1", "MessageBody": "a"}, {"Id": "2", "MessageBody": "\u0001"},
                                                 {"Id": "3", "MessageBody": "c", "DelaySeconds": 1000})"));
  ASSERT_EQ(answer.Find("Successful")->items.size(), 1u);
  EXPECT_EQ(Text(answer.Find("Successful")->items[0], "Id"), "1");
  EXPECT_EQ(Text(answer.Find("Successful")->items[0], "MD5OfMessageBody"), "0cc175b9c0f1b6a831c399e269772661");
  ASSERT_EQ(answer.Find("Failed")->items.size(), 2u);
  EXPECT_EQ(Text(answer.Find("Failed")->items[0], "Code"), "InvalidMessageContents");
  EXPECT_EQ(Text(answer.Find("Failed")->items[0], "SenderFault"), "true");
  EXPECT_EQ(Text(answer.Find("Failed")->items[1], "Code"), "InvalidParameterValue");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_THAT(Ask("SendMessageBatch",
                  "QueueUrl=orders&SendMessageBatchRequestEntry.1.Id=x&SendMessageBatchRequestEntry.1.MessageBody=b")
                  .body,
              HasSubstr("<SendMessageBatchResult><SendMessageBatchResultEntry><Id>x</Id><MessageId>"));
}

TEST_F(SendTest, AnEntryWithoutABodyFailsAlone) {
  for (const std::string no_body : {R"({"Id": "2"})", R"({"Id": "2", "MessageBody": ""})"}) {
    Value answer = Do("SendMessageBatch", Batch(R"({"Id": "1", "MessageBody": "a"}, )" + no_body));
    EXPECT_EQ(answer.Find("Successful")->items.size(), 1u);
    ASSERT_EQ(answer.Find("Failed")->items.size(), 1u);
    const Value& failed = answer.Find("Failed")->items[0];
    EXPECT_EQ(Text(failed, "Id") + ": " + Text(failed, "Code") + ": " + Text(failed, "Message"),
              "2: MissingParameter: The request must contain the parameter SendMessageBatchRequestEntry.2.MessageBody.");
    EXPECT_EQ(Receive("orders"), "a");
  }
}

TEST_F(SendTest, SomeFaultsRefuseABatchAsAWhole) {
  const auto refused = [this](const std::string& entries, const std::string& queue = "orders") {
    return Refusal("SendMessageBatch", Batch(entries, queue));
  };
  const std::string code = "AWS.SimpleQueueService.";
  EXPECT_EQ(refused(""),
            code + "EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request.");
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += fmt::format(R"({}{{"Id": "{}", "MessageBody": "x"}})", i == 0 ? "" : ", ", i);
  EXPECT_EQ(refused(eleven),
            code + "TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.");
  EXPECT_EQ(refused(R"({"Id": "1", "MessageBody": "x"}, {"Id": "1", "MessageBody": "y"})"),
            code + "BatchEntryIdsNotDistinct: Id 1 repeated.");
  EXPECT_THAT(refused(R"({"Id": "a b", "MessageBody": "x"})"), StartsWith(code + "InvalidBatchEntryId: "));
  EXPECT_THAT(refused(R"({"Id": "1", "MessageGroupId": "g", "MessageDeduplicationId": "1"})", "orders.fifo"),
              StartsWith("MissingParameter: "));
  const std::string half(524'289, 'x');
  EXPECT_EQ(
      refused(fmt::format(R"({{"Id": "1", "MessageBody": "{0}"}}, {{"Id": "2", "MessageBody": "{0}"}})", half)),
      code + "BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.");
  EXPECT_THAT(refused(R"({"Id": "1", "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "1"},
                         {"Id": "2", "MessageBody": "x", "MessageDeduplicationId": "2"})",
                      "orders.fifo"),
              StartsWith("InvalidParameterValue: The request must contain the parameter MessageGroupId."));
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("orders.fifo"), "empty");
}

}  // namespace
}  // namespace broker::aws::sqs
