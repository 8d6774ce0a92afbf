#include "tests/aws/sns/sns_fixture.h"

#include "broker/aws/message_id.h"

namespace broker::aws::sns {
namespace {

class SnsPublish : public SnsTest {
 public:
  SnsPublish() {
    CreateQueue("billing");
    SubscribeQueue(topic, "billing");
  }

  const std::string topic = Topic("orders");
  const std::string fifo = Topic("orders.fifo");

  std::string Why(Parameters more, const std::string& arn) {
    more.emplace_back("TopicArn", arn);
    if (std::none_of(more.begin(), more.end(), [](const auto& each) { return each.first == "Message"; })) {
      more.emplace_back("Message", "m");
    }
    return Refused("Publish", more);
  }
  static Parameters Attribute(const std::string& name, const std::string& type, const std::string& member,
                              const std::string& value) {
    return {{"MessageAttributes.entry.1.Name", name},
            {"MessageAttributes.entry.1.Value.DataType", type},
            {"MessageAttributes.entry.1.Value." + member, value}};
  }
  const model::MessageContent& Got(const std::string& body) { return Last("billing", body).message->content; }
};

TEST_F(SnsPublish, ReachesAQueueThatSubscribes) {
  const std::string answer = Ok("Publish", {{"TopicArn", topic}, {"Message", "hello"}, {"Subject", "Greeting"}});
  EXPECT_EQ(Receive("billing"), "hello");
  const engine::Delivery& delivery = Last("billing", "hello");
  EXPECT_EQ(Text(answer, "MessageId"), MessageUuid(42, delivery.origin));
  EXPECT_EQ(Text(answer, "SequenceNumber"), "(none)");
  EXPECT_EQ(delivery.message->content.subject, "Greeting");
  EXPECT_EQ(delivery.delivery_format, "aws.sns/orders");
}

TEST_F(SnsPublish, AttributesKeepTheirTypes) {
  Parameters more = Attribute("price", "Number.eur", "StringValue", "12.50");
  more.insert(more.end(), {{"MessageAttributes.entry.2.Name", "kinds"},
                           {"MessageAttributes.entry.2.Value.DataType", "String.Array"},
                           {"MessageAttributes.entry.2.Value.StringValue", R"(["a"])"},
                           {"MessageAttributes.entry.3.Name", "image"},
                           {"MessageAttributes.entry.3.Value.DataType", "Binary"},
                           {"MessageAttributes.entry.3.Value.BinaryValue", "AAE="}});
  Publish(topic, "m", more);
  EXPECT_EQ(Receive("billing"), "m");
  const model::Attributes expected{{"price", {model::AttributeKind::kNumber, "12.50", "Number.eur"}},
                                   {"kinds", {model::AttributeKind::kText, R"(["a"])", "String.Array"}},
                                   {"image", {model::AttributeKind::kBytes, std::string("\0\1", 2), {}}}};
  EXPECT_EQ(Got("m").attributes, expected);
}

TEST_F(SnsPublish, AGroupGoesAlongOnAStandardTopic) {
  Publish(topic, "m", {{"MessageGroupId", "tenant-1"}});
  EXPECT_EQ(Receive("billing"), "m");
  EXPECT_EQ(Got("m").ordering_key, "tenant-1");
}

TEST_F(SnsPublish, ToAnotherRegionAndAccountIsToTheirNamespace) {
  Publish("arn:aws:sns:eu-west-1:210987654321:orders", "m");
  EXPECT_EQ(Receive("billing"), "m");
}

TEST_F(SnsPublish, NeedsATopic) {
  EXPECT_EQ(Refused("Publish", {{"TopicArn", identity.TopicArn("nothing")}, {"Message", "m"}}),
            "NotFound: Topic does not exist");
  EXPECT_EQ(Refused("Publish", {{"Message", "m"}}),
            "InvalidParameter: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter");
  EXPECT_THAT(Refused("Publish", {{"PhoneNumber", "+15550100"}, {"Message", "m"}}), HasSubstr("PhoneNumber Reason: "));
  EXPECT_THAT(
      Refused("Publish", {{"TargetArn", "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/id"}, {"Message", "m"}}),
      HasSubstr("No endpoint found for the target arn specified"));
  Ok("Publish", {{"TargetArn", topic}, {"Message", "m"}});
}

TEST_F(SnsPublish, MessagesAndSubjectsAreChecked) {
  EXPECT_EQ(Why({{"Message", ""}}, topic), "InvalidParameter: Invalid parameter: Empty message");
  EXPECT_THAT(Why({{"Message", std::string(262'145, 'x')}}, topic), HasSubstr("Message too long: 262145 bytes"));
  Parameters large = Attribute("a", "String", "StringValue", "x");
  large.emplace_back("Message", std::string(262'144 - 7, 'x'));
  EXPECT_THAT(Why(large, topic), HasSubstr("Message too long: 262145 bytes"));
  large.back().second.pop_back();
  large.emplace_back("TopicArn", topic);
  Ok("Publish", large);
  for (const std::string& subject : {std::string(), std::string("a\nb"), std::string(101, 'x')}) {
    EXPECT_THAT(Why({{"Subject", subject}}, topic), HasSubstr("Invalid parameter: Subject"));
  }
  Ok("Publish", {{"TopicArn", topic}, {"Message", "m"}, {"Subject", std::string(100, 'x')}});
}

TEST_F(SnsPublish, ATopicsOwnMaximumHolds) {
  Ok("SetTopicAttributes", {{"TopicArn", topic}, {"AttributeName", "MaximumMessageSize"}, {"AttributeValue", "1024"}});
  EXPECT_THAT(Why({{"Message", std::string(1'025, 'x')}}, topic), HasSubstr("at most 1024"));
}

struct AttributeCase {
  std::string name, type, member, value, refused;
};
class SnsMessageAttribute : public SnsPublish, public ::testing::WithParamInterface<AttributeCase> {};

TEST_P(SnsMessageAttribute, IsChecked) {
  const AttributeCase& c = GetParam();
  EXPECT_THAT(Why(Attribute(c.name, c.type, c.member, c.value), topic),
              HasSubstr("ParameterValueInvalid: " + c.refused));
}

INSTANTIATE_TEST_SUITE_P(
    All, SnsMessageAttribute,
    ::testing::Values(
        AttributeCase{"a", "Text", "StringValue", "x",
                      "The message attribute 'a' has an invalid message attribute type"},
        AttributeCase{"a", "String.\x01", "StringValue", "x",
                      "The message attribute 'a' has an invalid message attribute type"},
        AttributeCase{"a", "Numbers", "StringValue", "1",
                      "The message attribute 'a' has an invalid message attribute type"},
        AttributeCase{"a", "Number", "StringValue", "x", "Could not cast message attribute 'a' value to number."},
        AttributeCase{"a", "String", "StringValue", "", "The message attribute 'a' must contain non-empty"},
        AttributeCase{"a", "String", "BinaryValue",
                      "AA==", "The message attribute 'a' with type 'String' must use field 'String'."},
        AttributeCase{"a", "Binary", "StringValue", "x",
                      "The message attribute 'a' with type 'Binary' must use field 'Binary'."},
        AttributeCase{"a", "String.Array", "StringValue", "x",
                      "The message attribute 'a' with type 'String.Array' is not a JSON array."},
        AttributeCase{".a", "String", "StringValue", "x", "Invalid message attribute name starting with character '.'"},
        AttributeCase{"a.", "String", "StringValue", "x", "Invalid message attribute name ending with character '.'"},
        AttributeCase{"a..b", "String", "StringValue", "x",
                      "Message attribute name can not have successive '.' character."},
        AttributeCase{"a b", "String", "StringValue", "x", "Invalid non-alphanumeric character '#x20'"},
        AttributeCase{std::string(257, 'a'), "String", "StringValue", "x", "Length of message attribute name"}));

TEST_F(SnsPublish, AStructureHasABodyForEachProtocol) {
  Publish(topic, R"({"default":"d","sqs":"s","http":"h"})", {{"MessageStructure", "json"}});
  EXPECT_EQ(Receive("billing"), "s");
  Publish(topic, R"({"default":"d"})", {{"MessageStructure", "json"}});
  EXPECT_EQ(Receive("billing"), "d");
  EXPECT_EQ(Why({{"MessageStructure", "json"}, {"Message", "x"}}, topic),
            "InvalidParameter: Invalid parameter: Message Structure - JSON message body failed to parse");
  EXPECT_EQ(Why({{"MessageStructure", "json"}, {"Message", R"({"sqs":"s"})"}}, topic),
            "InvalidParameter: Invalid parameter: Message Structure - No default entry in JSON message body");
  EXPECT_EQ(Why({{"MessageStructure", "xml"}}, topic), "InvalidParameter: Invalid parameter: MessageStructure");
}

TEST_F(SnsPublish, FifoTopicsNeedAGroupAndAnId) {
  EXPECT_EQ(Why({}, fifo),
            "InvalidParameter: Invalid parameter: The MessageGroupId parameter is required for FIFO topics");
  EXPECT_THAT(Why({{"MessageGroupId", "g"}}, fifo),
              HasSubstr("The topic should either have ContentBasedDeduplication enabled"));
  EXPECT_THAT(Why({{"MessageGroupId", "a b"}, {"MessageDeduplicationId", "1"}}, fifo),
              HasSubstr("MessageGroupId Reason"));
  EXPECT_THAT(Why({{"MessageGroupId", "g"}, {"MessageDeduplicationId", std::string(129, 'x')}}, fifo),
              HasSubstr("MessageDeduplicationId Reason"));
  EXPECT_THAT(Why({{"MessageDeduplicationId", "1"}}, topic), HasSubstr("not valid for this topic type"));
}

TEST_F(SnsPublish, FifoTopicsKeepOrderAndDropDuplicates) {
  CreateQueue("billing.fifo", {.delivery = {.ordered = true}});
  SubscribeQueue(fifo, "billing.fifo");
  const auto publish = [&](const std::string& message, const std::string& id) {
    return Ok("Publish",
              {{"TopicArn", fifo}, {"Message", message}, {"MessageGroupId", "g"}, {"MessageDeduplicationId", id}});
  };
  const std::string first = publish("a", "1");
  const std::string again = publish("b", "1");
  const std::string second = publish("c", "2");
  EXPECT_EQ(Text(again, "MessageId"), Text(first, "MessageId"));
  EXPECT_EQ(Text(again, "SequenceNumber"), Text(first, "SequenceNumber"));
  EXPECT_EQ(Text(first, "SequenceNumber").size(), 20u);
  EXPECT_LT(Text(first, "SequenceNumber"), Text(second, "SequenceNumber"));
  EXPECT_EQ(Receive("billing.fifo"), "a,c");
  EXPECT_EQ(Last("billing.fifo", "a").message->content.deduplication_id, "1");
}

TEST_F(SnsPublish, ContentStandsInForAnId) {
  Ok("SetTopicAttributes",
     {{"TopicArn", fifo}, {"AttributeName", "ContentBasedDeduplication"}, {"AttributeValue", "true"}});
  CreateQueue("billing.fifo", {.delivery = {.ordered = true}});
  SubscribeQueue(fifo, "billing.fifo");
  for (int i = 0; i < 2; ++i) Publish(fifo, "a", {{"MessageGroupId", "g"}});
  // The SHA-256 of "a".
  Publish(fifo, "b",
          {{"MessageGroupId", "g"},
           {"MessageDeduplicationId", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}});
  EXPECT_EQ(Receive("billing.fifo"), "a");
}

// ---- batches

using Entries = std::vector<std::pair<std::string, std::string>>;
SnsTest::Parameters BatchOf(const std::string& arn, const Entries& entries) {
  SnsTest::Parameters batch{{"TopicArn", arn}};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string member = fmt::format("PublishBatchRequestEntries.member.{}.", i + 1);
    batch.emplace_back(member + "Id", entries[i].first);
    batch.emplace_back(member + "Message", entries[i].second);
  }
  return batch;
}

TEST_F(SnsPublish, ABatchAnswersForEachEntry) {
  const std::string answer = Ok("PublishBatch", BatchOf(topic, {{"one", "a"}, {"two", ""}, {"three", "c"}}));
  EXPECT_EQ(Receive("billing", 10), "a,c");
  EXPECT_THAT(answer,
              HasSubstr("<Successful><member><Id>one</Id><MessageId>" + MessageUuid(42, Last("billing", "a").origin)));
  EXPECT_THAT(
      answer,
      HasSubstr("<Failed><member><Id>two</Id><Code>InvalidParameter</Code><Message>Invalid parameter: Empty message"
                "</Message><SenderFault>true</SenderFault></member></Failed>"));
}

TEST_F(SnsPublish, ABatchIsRefusedAsAWhole) {
  EXPECT_THAT(Refused("PublishBatch", BatchOf(topic, {})), HasSubstr("EmptyBatchRequest: "));
  EXPECT_THAT(Refused("PublishBatch", BatchOf(topic, Entries(11, {"a", "m"}))),
              HasSubstr("TooManyEntriesInBatchRequest: "));
  EXPECT_THAT(Refused("PublishBatch", BatchOf(topic, {{"a", "m"}, {"a", "n"}})),
              HasSubstr("BatchEntryIdsNotDistinct: "));
  EXPECT_THAT(Refused("PublishBatch", BatchOf(topic, {{"a b", "m"}})), HasSubstr("InvalidBatchEntryId: "));
  EXPECT_THAT(
      Refused("PublishBatch", BatchOf(topic, {{"a", std::string(200'000, 'x')}, {"b", std::string(62'145, 'x')}})),
      HasSubstr("BatchRequestTooLong: "));
  EXPECT_THAT(Refused("PublishBatch", BatchOf(identity.TopicArn("nothing"), {{"a", "m"}})), HasSubstr("NotFound: "));
  EXPECT_THAT(Refused("PublishBatch", BatchOf(fifo, {{"a", "m"}})),
              HasSubstr("The MessageGroupId parameter is required"));
}

TEST_F(SnsPublish, IntoAQueueThatIsFullIsThrottled) {
  CreateQueue("small", {.bounds = {.max_messages = 1}});
  SubscribeQueue(topic, "small");
  Publish(topic, "m");
  EXPECT_THAT(Why({{"Message", "n"}}, topic), HasSubstr("Throttled: queue \"small\" is full"));
}

}  // namespace
}  // namespace broker::aws::sns
