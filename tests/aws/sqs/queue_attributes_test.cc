// Attributes, tags and permissions of queues.
#include <fmt/format.h>

#include <algorithm>

#include "tests/aws/sqs/sqs_test.h"

namespace broker::aws::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDeadArn[] = "arn:aws:sqs:us-east-1:000000000000:dead";

class QueueAttributesTest : public SqsTest {
 public:
  std::string TrySet(const std::string& queue, const std::string& name, std::string value) {
    for (std::size_t at = 0; (at = value.find('"', at)) != std::string::npos; at += 2) value.insert(at, "\\");
    return Refusal("SetQueueAttributes",
                   fmt::format(R"({{"QueueUrl": "{}", "Attributes": {{"{}": "{}"}}}})", queue, name, value));
  }
  std::string All(const std::string& queue) {
    return Ask("GetQueueAttributes", fmt::format(R"({{"QueueUrl": "{}", "AttributeNames": ["All"]}})", queue)).body;
  }
};

TEST_F(QueueAttributesTest, AllOfAStandardQueue) {
  Create("orders");
  const std::string created =
      fmt::format("{}", std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count());
  EXPECT_EQ(
      All("orders"),
      fmt::format(R"({{"Attributes":{{"ApproximateNumberOfMessages":"0","ApproximateNumberOfMessagesDelayed":"0",)"
                  R"("ApproximateNumberOfMessagesNotVisible":"0","CreatedTimestamp":"{0}","DelaySeconds":"0",)"
                  R"("LastModifiedTimestamp":"{0}","MaximumMessageSize":"1048576","MessageRetentionPeriod":"345600",)"
                  R"("QueueArn":"arn:aws:sqs:us-east-1:000000000000:orders","ReceiveMessageWaitTimeSeconds":"0",)"
                  R"("SqsManagedSseEnabled":"true","VisibilityTimeout":"30"}}}})",
                  created));
  EXPECT_EQ(Ask("GetQueueAttributes", R"({"QueueUrl": "orders"})").body, "{}");
  EXPECT_EQ(Attribute("orders", "FifoQueue"), "(none)");
  EXPECT_EQ(Refusal("GetQueueAttributes", R"({"QueueUrl": "orders", "AttributeNames": ["Colour"]})"),
            "InvalidAttributeName: Unknown Attribute Colour.");
}

TEST_F(QueueAttributesTest, OfAFifoQueue) {
  Create("orders.fifo",
         R"("FifoQueue": "true", "ContentBasedDeduplication": "true", "DeduplicationScope": "messageGroup",
                           "FifoThroughputLimit": "perMessageGroupId")");
  const std::string all = All("orders.fifo");
  for (const char* part : {R"("FifoQueue":"true")", R"("ContentBasedDeduplication":"true")",
                           R"("DeduplicationScope":"messageGroup")", R"("FifoThroughputLimit":"perMessageGroupId")"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
  Create("plain.fifo", R"("FifoQueue": "true")");
  EXPECT_EQ(Attribute("plain.fifo", "DeduplicationScope"), "queue");
  EXPECT_EQ(Attribute("plain.fifo", "FifoThroughputLimit"), "perQueue");
  EXPECT_EQ(Attribute("plain.fifo", "ContentBasedDeduplication"), "false");
  const auto description = DescribeQueue("plain.fifo");
  EXPECT_TRUE(description->info.settings.delivery.ordered);
  EXPECT_TRUE(description->info.settings.delivery.exactly_once);
}

TEST_F(QueueAttributesTest, AreSetAndShown) {
  Create("orders");
  Advance(10s);
  const std::string before = Attribute("orders", "CreatedTimestamp");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"DelaySeconds", "900"},
                                                        {"MaximumMessageSize", "1024"},
                                                        {"MessageRetentionPeriod", "1209600"},
                                                        {"ReceiveMessageWaitTimeSeconds", "20"},
                                                        {"VisibilityTimeout", "43200"},
                                                        {"KmsMasterKeyId", "alias/mine"},
                                                        {"KmsDataKeyReusePeriodSeconds", "60"},
                                                        {"Policy", R"({"Version":"2012-10-17"})"}}) {
    EXPECT_EQ(TrySet("orders", name, value), "200");
    EXPECT_EQ(Attribute("orders", name), value);
  }
  EXPECT_EQ(DescribeQueue("orders")->info.settings.delay, 900s);
  EXPECT_EQ(Attribute("orders", "CreatedTimestamp"), before);
  EXPECT_EQ(std::stoll(Attribute("orders", "LastModifiedTimestamp")), std::stoll(before) + 10);
  EXPECT_EQ(TrySet("orders", "Policy", ""), "200");
  EXPECT_EQ(Attribute("orders", "Policy"), "(none)");
}

TEST_F(QueueAttributesTest, OneKindOfEncryptionExcludesTheOther) {
  Create("orders");
  Set("orders", R"("KmsMasterKeyId": "alias/mine")");
  EXPECT_EQ(Attribute("orders", "SqsManagedSseEnabled"), "false");
  EXPECT_EQ(Attribute("orders", "KmsDataKeyReusePeriodSeconds"), "300");
  Set("orders", R"("SqsManagedSseEnabled": "true")");
  EXPECT_EQ(Attribute("orders", "KmsMasterKeyId"), "(none)");
  EXPECT_THAT(
      Refusal("SetQueueAttributes",
              R"({"QueueUrl": "orders", "Attributes": {"KmsMasterKeyId": "a", "SqsManagedSseEnabled": "true"}})"),
      StartsWith("InvalidAttributeValue: You can use one type"));
}

struct Wrong {
  const char* name;
  const char* value;
  const char* refusal;
};

class WrongAttributes : public QueueAttributesTest, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongAttributes, AreRefused) {
  Create("orders");
  Create("orders.fifo", R"("FifoQueue": "true")");
  CreateQueue("dead");
  const std::string queue =
      std::string(GetParam().value).find("perMessage") != std::string::npos ? "orders.fifo" : "orders";
  EXPECT_THAT(TrySet(queue, GetParam().name, GetParam().value), StartsWith(GetParam().refusal));
}

constexpr char kInvalidVisibility[] = "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.";
INSTANTIATE_TEST_SUITE_P(
    Table, WrongAttributes,
    ::testing::Values(
        Wrong{"VisibilityTimeout", "43201", kInvalidVisibility}, Wrong{"VisibilityTimeout", "-1", kInvalidVisibility},
        Wrong{"VisibilityTimeout", "", kInvalidVisibility}, Wrong{"VisibilityTimeout", "3s", kInvalidVisibility},
        Wrong{"DelaySeconds", "901", "InvalidAttributeValue: "},
        Wrong{"MessageRetentionPeriod", "59", "InvalidAttributeValue: "},
        Wrong{"MaximumMessageSize", "1023", "InvalidAttributeValue: "},
        Wrong{"MaximumMessageSize", "1048577", "InvalidAttributeValue: "},
        Wrong{"ReceiveMessageWaitTimeSeconds", "21", "InvalidAttributeValue: "},
        Wrong{"Policy", "[]", "InvalidAttributeValue: "}, Wrong{"Policy", "{", "InvalidAttributeValue: "},
        Wrong{"KmsDataKeyReusePeriodSeconds", "59", "InvalidAttributeValue: "},
        Wrong{"SqsManagedSseEnabled", "yes", "InvalidAttributeValue: "},
        Wrong{"Colour", "red", "InvalidAttributeName: Unknown Attribute Colour."},
        Wrong{"QueueArn", "a", "InvalidAttributeName: Unknown Attribute QueueArn."},
        Wrong{"ApproximateNumberOfMessages", "1", "InvalidAttributeName: "},
        Wrong{"ContentBasedDeduplication", "true",
              "InvalidAttributeName: Unknown Attribute ContentBasedDeduplication."},
        Wrong{"FifoQueue", "true",
              "InvalidAttributeValue: Invalid value for the parameter FifoQueue. Reason: Modifying queue type"},
        Wrong{"FifoThroughputLimit", "perMessageGroupId", "InvalidAttributeValue: "},
        Wrong{"RedrivePolicy", "x",
              "InvalidParameterValue: Value x for parameter RedrivePolicy is invalid. Reason: Redrive policy is "
              "not a valid JSON map."},
        Wrong{"RedrivePolicy", R"({"maxReceiveCount":1})", "InvalidParameterValue: "},
        Wrong{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead"})",
              "InvalidParameterValue: "},
        Wrong{"RedrivePolicy",
              R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":0})",
              "InvalidParameterValue: "},
        Wrong{"RedrivePolicy",
              R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1001})",
              "InvalidParameterValue: "},
        Wrong{"RedrivePolicy", R"({"deadLetterTargetArn":"dead","maxReceiveCount":1})", "InvalidParameterValue: "},
        Wrong{"RedrivePolicy",
              R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:orders","maxReceiveCount":1})",
              "InvalidParameterValue: "},
        Wrong{"RedriveAllowPolicy", "{}", "InvalidParameterValue: "},
        Wrong{"RedriveAllowPolicy", R"({"redrivePermission":"byQueue"})", "InvalidParameterValue: "}));

TEST_F(QueueAttributesTest, AChangeOfNothingIsRefused) {
  Create("orders");
  for (const char* action : {"SetQueueAttributes", "TagQueue", "UntagQueue"}) {
    EXPECT_THAT(Refusal(action, R"({"QueueUrl": "orders"})"),
                StartsWith("MissingParameter: The request must contain the parameter "))
        << action;
  }
}

TEST_F(QueueAttributesTest, ARedrivePolicyIsTheEnginesOwn) {
  Create("orders");
  CreateQueue("dead");
  // As texts and as numbers.
  for (const char* count : {"3", R"("3")"}) {
    EXPECT_EQ(TrySet("orders", "RedrivePolicy",
                     fmt::format(R"({{"deadLetterTargetArn":"{}","maxReceiveCount":{}}})", kDeadArn, count)),
              "200");
    EXPECT_EQ(Attribute("orders", "RedrivePolicy"),
              fmt::format(R"({{"deadLetterTargetArn":"{}","maxReceiveCount":3}})", kDeadArn));
  }
  EXPECT_EQ(DescribeQueue("orders")->info.settings.delivery.redrive, test::DeadLetterTo("dead", 3));
  EXPECT_EQ(TrySet("orders", "RedrivePolicy", ""), "200");
  EXPECT_EQ(Attribute("orders", "RedrivePolicy"), "(none)");
  const std::string nowhere =
      R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nowhere","maxReceiveCount":1})";
  EXPECT_THAT(TrySet("orders", "RedrivePolicy", nowhere), HasSubstr("Reason: Dead letter target does not exist."));
  Create("orders.fifo", R"("FifoQueue": "true")");
  EXPECT_THAT(TrySet("orders.fifo", "RedrivePolicy",
                     fmt::format(R"({{"deadLetterTargetArn":"{}","maxReceiveCount":3}})", kDeadArn)),
              HasSubstr("Reason: Dead-letter queue must be same type of queue as the source."));
}

TEST_F(QueueAttributesTest, ARedriveAllowPolicyDecidesWhoMayDeadLetterHere) {
  Create("orders");
  CreateQueue("dead");
  const std::string policy = fmt::format(R"({{"deadLetterTargetArn":"{}","maxReceiveCount":3}})", kDeadArn);
  EXPECT_EQ(Attribute("dead", "RedriveAllowPolicy"), "(none)");
  const std::string all = R"({"redrivePermission":"allowAll"})";
  EXPECT_EQ(TrySet("dead", "RedriveAllowPolicy", all), "200");
  EXPECT_EQ(Attribute("dead", "RedriveAllowPolicy"), all);
  const std::string none = R"({"redrivePermission":"denyAll"})";
  EXPECT_EQ(TrySet("dead", "RedriveAllowPolicy", none), "200");
  EXPECT_EQ(Attribute("dead", "RedriveAllowPolicy"), none);
  EXPECT_THAT(TrySet("orders", "RedrivePolicy", policy), StartsWith("InvalidParameterValue: Value {"));
  const std::string listed =
      R"({"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:orders"]})";
  EXPECT_EQ(TrySet("dead", "RedriveAllowPolicy", listed), "200");
  EXPECT_EQ(Attribute("dead", "RedriveAllowPolicy"), listed);
  EXPECT_EQ(TrySet("orders", "RedrivePolicy", policy), "200");
}

TEST_F(QueueAttributesTest, ADeduplicationScopeSetLaterIsShownButChangesNothing) {
  Create("orders.fifo", R"("FifoQueue": "true")");
  Set("orders.fifo", R"("DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId")");
  EXPECT_EQ(Attribute("orders.fifo", "DeduplicationScope"), "messageGroup");
  EXPECT_EQ(DescribeQueue("orders.fifo")->info.settings.deduplication.scope, model::DeduplicationScope::kLog);
}

TEST_F(QueueAttributesTest, RelaxedLimitsAreTheEngines) {
  backend.strict = false;
  Create("orders", R"("MessageRetentionPeriod": "2678400", "DelaySeconds": "86400", "MaximumMessageSize": "10485760")");
  EXPECT_EQ(Attribute("orders", "DelaySeconds"), "86400");
  Create("others");
  EXPECT_EQ(Attribute("others", "MaximumMessageSize"), "10485760");
}

TEST_F(QueueAttributesTest, ANativeQueueIsShownAsItIs) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  settings.delivery.visibility_timeout = 5s;
  settings.notes.labels = {{"team", "billing"}};
  CreateQueue("ordered", settings);
  EXPECT_EQ(Attribute("ordered", "FifoQueue"), "true");
  EXPECT_EQ(Attribute("ordered", "VisibilityTimeout"), "5");
  EXPECT_EQ(Ask("ListQueueTags", R"({"QueueUrl": "ordered"})").body, R"({"Tags":{"team":"billing"}})");
  Publish("ordered", "a,b");
  EXPECT_EQ(Receive("ordered", 1), "a");
  EXPECT_EQ(Attribute("ordered", "ApproximateNumberOfMessages"), "1");
  EXPECT_EQ(Attribute("ordered", "ApproximateNumberOfMessagesNotVisible"), "1");
}

TEST_F(QueueAttributesTest, TagsAreLaidOverAndTakenAway) {
  Create("orders");
  Do("TagQueue", R"({"QueueUrl": "orders", "Tags": {"a": "1", "b": ""}})");
  Do("TagQueue", R"({"QueueUrl": "orders", "Tags": {"a": "2", "c": "3"}})");
  EXPECT_EQ(Ask("ListQueueTags", R"({"QueueUrl": "orders"})").body, R"({"Tags":{"a":"2","b":"","c":"3"}})");
  EXPECT_EQ(Ask("UntagQueue", "QueueUrl=orders&TagKey.1=a&TagKey.2=nothing&TagKey.3=c").status, 200);
  EXPECT_EQ(Ask("ListQueueTags", R"({"QueueUrl": "orders"})").body, R"({"Tags":{"b":""}})");
  EXPECT_EQ(Ask("TagQueue", "QueueUrl=orders&Tags.1.Key=d&Tags.1.Value=4").status, 200);
  EXPECT_EQ(Ask("ListQueueTags", R"({"QueueUrl": "orders"})").body, R"({"Tags":{"b":"","d":"4"}})");
  for (const char* tags : {R"("aws:x": "1")", R"("": "1")"}) {
    EXPECT_THAT(Refusal("TagQueue", fmt::format(R"({{"QueueUrl": "orders", "Tags": {{{}}}}})", tags)),
                StartsWith("InvalidParameterValue: "));
  }
  std::string many;
  for (int i = 0; i < 49; ++i) many += fmt::format(R"({}"t{}": "")", i == 0 ? "" : ", ", i);
  EXPECT_THAT(Refusal("TagQueue", fmt::format(R"({{"QueueUrl": "orders", "Tags": {{{}}}}})", many)),
              HasSubstr("Too many tags"));
}

TEST_F(QueueAttributesTest, PermissionsAreStatementsOfThePolicy) {
  Create("orders");
  EXPECT_EQ(
      Ask("AddPermission", "QueueUrl=orders&Label=one&AWSAccountId.1=123456789012&ActionName.1=SendMessage").status,
      200);
  const std::string policy = Attribute("orders", "Policy");
  EXPECT_EQ(
      policy,
      R"({"Version":"2008-10-17","Id":"arn:aws:sqs:us-east-1:000000000000:orders/SQSDefaultPolicy","Statement":[)"
      R"({"Sid":"one","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"SQS:SendMessage",)"
      R"("Resource":"arn:aws:sqs:us-east-1:000000000000:orders"}]})");
  const auto add = [this](const std::string& label, const std::string& account, const std::string& action) {
    return Refusal("AddPermission",
                   fmt::format(R"({{"QueueUrl": "orders", "Label": "{}", "AWSAccountIds": ["{}"], "Actions": ["{}"]}})",
                               label, account, action));
  };
  EXPECT_EQ(add("one", "123456789012", "*"),
            "InvalidParameterValue: Value one for parameter Label is invalid. Reason: Already exists.");
  EXPECT_THAT(add("a b", "123456789012", "*"), StartsWith("InvalidParameterValue: "));
  EXPECT_THAT(add("two", "12", "*"), StartsWith("InvalidParameterValue: "));
  EXPECT_THAT(add("two", "123456789012", "CreateQueue"), HasSubstr("Only the queue owner"));
  EXPECT_EQ(add("two", "123456789012", "*"), "200");
  Do("RemovePermission", R"({"QueueUrl": "orders", "Label": "two"})");
  EXPECT_EQ(Attribute("orders", "Policy"), policy);
  EXPECT_THAT(Refusal("RemovePermission", R"({"QueueUrl": "orders", "Label": "two"})"), HasSubstr("can't find label"));
  Do("RemovePermission", R"({"QueueUrl": "orders", "Label": "one"})");
  EXPECT_EQ(Attribute("orders", "Policy"), "(none)");
}

}  // namespace
}  // namespace broker::aws::sqs
