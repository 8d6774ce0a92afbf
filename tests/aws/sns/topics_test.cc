#include "tests/aws/sns/sns_fixture.h"

namespace broker::aws::sns {
namespace {

class SnsTopics : public SnsTest {};

TEST_F(SnsTopics, AreCreatedInTheCallersTerms) {
  EXPECT_EQ(Topic("orders"), "arn:aws:sns:us-east-1:000000000000:orders");
  identity.account = "123456789012";
  identity.region = "eu-west-1";
  EXPECT_EQ(Topic("orders"), "arn:aws:sns:eu-west-1:123456789012:orders");
}

TEST_F(SnsTopics, NamesAreChecked) {
  for (const std::string name : {"", "a b", "a.b", "orders.fifo", ".fifo"}) {
    EXPECT_EQ(Refused("CreateTopic", {{"Name", name}}), "InvalidParameter: Invalid parameter: Topic Name") << name;
  }
  EXPECT_EQ(Refused("CreateTopic", {{"Name", std::string(257, 'a')}}),
            "InvalidParameter: Invalid parameter: Topic Name");
  EXPECT_THAT(
      Refused("CreateTopic",
              {{"Name", "orders"}, {"Attributes.entry.1.key", "FifoTopic"}, {"Attributes.entry.1.value", "true"}}),
      HasSubstr("Fifo Topic names must end with .fifo"));
  EXPECT_THAT(Refused("CreateTopic", {}),
              HasSubstr("ValidationError: 1 validation error detected: Value null at 'Name'"));
}

TEST_F(SnsTopics, AgainWithTheSameAttributesIsTheSame) {
  const Parameters once{{"Name", "orders"},
                        {"Attributes.entry.1.key", "DisplayName"},
                        {"Attributes.entry.1.value", "Orders"},
                        {"Tags.member.1.Key", "team"},
                        {"Tags.member.1.Value", "billing"}};
  const std::string arn = Text(Ok("CreateTopic", once), "TopicArn");
  EXPECT_EQ(Text(Ok("CreateTopic", once), "TopicArn"), arn);
  EXPECT_EQ(Topic("orders"), arn);
  Parameters other = once;
  other[2].second = "Other";
  EXPECT_THAT(Refused("CreateTopic", other), HasSubstr("Topic already exists with different attributes"));
  other = once;
  other[4].second = "mail";
  EXPECT_THAT(Refused("CreateTopic", other), HasSubstr("Topic already exists with different tags"));
}

TEST_F(SnsTopics, DeletingIsIdempotent) {
  const std::string arn = Topic("orders");
  Ok("DeleteTopic", {{"TopicArn", arn}});
  Ok("DeleteTopic", {{"TopicArn", arn}});
  EXPECT_EQ(Refused("GetTopicAttributes", {{"TopicArn", arn}}), "NotFound: Topic does not exist");
}

TEST_F(SnsTopics, AreListedInPagesOfAHundred) {
  for (int i = 0; i < 101; ++i) CreateTopic(fmt::format("t{:03}", i));
  const std::string first = Ok("ListTopics", {});
  EXPECT_THAT(first, HasSubstr("<member><TopicArn>arn:aws:sns:us-east-1:000000000000:t000</TopicArn></member>"));
  EXPECT_THAT(first, Not(HasSubstr(":t100<")));
  const std::string second = Ok("ListTopics", {{"NextToken", Text(first, "NextToken")}});
  EXPECT_THAT(
      second,
      HasSubstr("<Topics><member><TopicArn>arn:aws:sns:us-east-1:000000000000:t100</TopicArn></member></Topics>"));
  EXPECT_THAT(second, Not(HasSubstr("NextToken")));
  EXPECT_EQ(Refused("ListTopics", {{"NextToken", "!"}}), "InvalidParameter: Invalid parameter: NextToken");
}

TEST_F(SnsTopics, HaveTheirAttributes) {
  const std::string arn = Topic("orders");
  const std::string all = Ok("GetTopicAttributes", {{"TopicArn", arn}});
  EXPECT_EQ(Entry(all, "TopicArn"), arn);
  EXPECT_EQ(Entry(all, "Owner"), "000000000000");
  EXPECT_EQ(Entry(all, "DisplayName"), "");
  EXPECT_EQ(Entry(all, "SubscriptionsConfirmed"), "0");
  EXPECT_EQ(Entry(all, "SubscriptionsPending"), "0");
  EXPECT_EQ(Entry(all, "SubscriptionsDeleted"), "0");
  EXPECT_EQ(Entry(all, "FifoTopic"), "(none)");
  EXPECT_EQ(Entry(all, "MaximumMessageSize"), "(none)");
  EXPECT_THAT(Entry(all, "Policy"), HasSubstr(R"("Resource":"arn:aws:sns:us-east-1:000000000000:orders")"));
  EXPECT_THAT(Entry(all, "EffectiveDeliveryPolicy"),
              HasSubstr(R"("defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,)"));
}

TEST_F(SnsTopics, FifoTopicsHaveMoreOfThem) {
  const std::string arn = Topic("orders.fifo");
  EXPECT_EQ(TopicAttribute(arn, "FifoTopic"), "true");
  EXPECT_EQ(TopicAttribute(arn, "ContentBasedDeduplication"), "false");
  EXPECT_EQ(TopicAttribute(arn, "FifoThroughputScope"), "Topic");
  Ok("SetTopicAttributes",
     {{"TopicArn", arn}, {"AttributeName", "ContentBasedDeduplication"}, {"AttributeValue", "true"}});
  Ok("SetTopicAttributes",
     {{"TopicArn", arn}, {"AttributeName", "FifoThroughputScope"}, {"AttributeValue", "MessageGroup"}});
  EXPECT_EQ(TopicAttribute(arn, "ContentBasedDeduplication"), "true");
  EXPECT_EQ(TopicAttribute(arn, "FifoThroughputScope"), "MessageGroup");
  const auto settings = DescribeTopic("orders.fifo")->info.settings;
  EXPECT_TRUE(settings.deduplication.by_content);
  EXPECT_EQ(settings.deduplication.scope, model::DeduplicationScope::kGroup);
}

struct AttributeCase {
  std::string topic;
  std::string name;
  std::string value;
  std::string refused;  // part of why; empty: taken, and told as it is
};

class SnsTopicAttribute : public SnsTest, public ::testing::WithParamInterface<AttributeCase> {};

TEST_P(SnsTopicAttribute, IsChecked) {
  const AttributeCase& c = GetParam();
  const std::string arn = Topic(c.topic);
  const Parameters set{{"TopicArn", arn}, {"AttributeName", c.name}, {"AttributeValue", c.value}};
  if (c.refused.empty()) {
    Ok("SetTopicAttributes", set);
    EXPECT_EQ(TopicAttribute(arn, c.name), c.value);
  } else {
    EXPECT_THAT(Refused("SetTopicAttributes", set), HasSubstr(c.refused));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SnsTopicAttribute,
    ::testing::Values(
        AttributeCase{"a", "DisplayName", "Orders", ""},
        AttributeCase{"a", "DisplayName", std::string(101, 'x'), "101 bytes; at most 100"},
        AttributeCase{"a", "Policy", R"({"Statement":[]})", ""},
        AttributeCase{"a", "Policy", "[]", "not a JSON object"},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"disableSubscriptionOverrides":true}})", ""},
        AttributeCase{"a", "DeliveryPolicy", "{", "failed to parse JSON"},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":100}}})", ""},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}})",
                      "numRetries must be a number from 0 to 100, not 101"},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":21}}})",
                      "minDelayTarget 21 is above maxDelayTarget 20"},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"numNoDelayRetries":4}}})",
                      "numRetries 3 is below the sum of its phases, 4"},
        AttributeCase{"a", "DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"backoffFunction":"none"}}})",
                      "backoffFunction must be one of linear, arithmetic, geometric, exponential, not none"},
        AttributeCase{"a", "KmsMasterKeyId", "alias/aws/sns", ""}, AttributeCase{"a", "SignatureVersion", "2", ""},
        AttributeCase{"a", "SignatureVersion", "3", "it is 1 or 2"}, AttributeCase{"a", "TracingConfig", "Active", ""},
        AttributeCase{"a.fifo", "TracingConfig", "Active", "only supported for standard topics"},
        AttributeCase{"a", "MaximumMessageSize", "1048576", ""},
        AttributeCase{"a", "MaximumMessageSize", "1023", "from 1024 to 1048576"},
        AttributeCase{"a", "SQSFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/r", ""},
        AttributeCase{"a", "HTTPSuccessFeedbackSampleRate", "101", "from 0 to 100"},
        AttributeCase{"a", "ContentBasedDeduplication", "true", "only supported for FIFO topics"},
        AttributeCase{"a.fifo", "ContentBasedDeduplication", "yes", "Must be true or false."},
        AttributeCase{"a.fifo", "FifoThroughputScope", "Queue", "it is Topic or MessageGroup"},
        AttributeCase{"a", "ArchivePolicy", R"({"MessageRetentionPeriod":"1"})", "only supported for FIFO topics"},
        AttributeCase{"a.fifo", "ArchivePolicy", R"({"MessageRetentionPeriod":"31"})", ""},
        AttributeCase{"a.fifo", "ArchivePolicy", R"({"MessageRetentionPeriod":"32"})", "32 days; this broker keeps"},
        AttributeCase{"a.fifo", "ArchivePolicy", R"({"MessageRetentionPeriod":"366"})", "from 1 to 365"},
        AttributeCase{"a", "Nonsense", "x", "AttributeName"}, AttributeCase{"a", "pending", "[]", "AttributeName"}));

TEST_F(SnsTopics, AnArchiveIsTheTopicsRetention) {
  const std::string arn = Topic("orders.fifo");
  Ok("SetTopicAttributes",
     {{"TopicArn", arn}, {"AttributeName", "ArchivePolicy"}, {"AttributeValue", R"({"MessageRetentionPeriod":"7"})"}});
  EXPECT_EQ(DescribeTopic("orders.fifo")->info.settings.retention, std::chrono::hours(24 * 7));
  EXPECT_THAT(TopicAttribute(arn, "BeginningArchiveTime"), ::testing::EndsWith("Z"));
  Ok("SetTopicAttributes", {{"TopicArn", arn}, {"AttributeName", "ArchivePolicy"}, {"AttributeValue", "{}"}});
  EXPECT_EQ(DescribeTopic("orders.fifo")->info.settings.retention, Nanos{0});
}

TEST_F(SnsTopics, MadeByOthersAreUsable) {
  CreateTopic("orders");
  const std::string arn = identity.TopicArn("orders");
  EXPECT_EQ(Topic("orders"), arn);
  EXPECT_EQ(TopicAttribute(arn, "DisplayName"), "");
  Publish(arn, "hello");
}

TEST_F(SnsTopics, HaveTags) {
  const std::string arn = Topic("orders");
  Ok("TagResource", {{"ResourceArn", arn},
                     {"Tags.member.1.Key", "team"},
                     {"Tags.member.1.Value", "billing"},
                     {"Tags.member.2.Key", "stage"},
                     {"Tags.member.2.Value", ""}});
  Ok("TagResource", {{"ResourceArn", arn}, {"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "mail"}});
  EXPECT_THAT(Ok("ListTagsForResource", {{"ResourceArn", arn}}),
              HasSubstr("<Tags><member><Key>stage</Key><Value></Value></member><member><Key>team</Key><Value>mail</"
                        "Value></member></Tags>"));
  EXPECT_THAT(Ok("UntagResource", {{"ResourceArn", arn}, {"TagKeys.member.1", "team"}}),
              HasSubstr("<UntagResourceResult/>"));
  EXPECT_THAT(Ok("ListTagsForResource", {{"ResourceArn", arn}}), Not(HasSubstr("team")));
  EXPECT_EQ(Refused("ListTagsForResource", {{"ResourceArn", identity.TopicArn("nothing")}}),
            "ResourceNotFound: Resource does not exist");
  EXPECT_THAT(
      Refused("TagResource", {{"ResourceArn", arn}, {"Tags.member.1.Key", "aws:x"}, {"Tags.member.1.Value", "1"}}),
      HasSubstr("\"aws:x\" is no key"));
  EXPECT_THAT(Refused("TagResource", {{"ResourceArn", arn},
                                      {"Tags.member.1.Key", "a"},
                                      {"Tags.member.1.Value", "1"},
                                      {"Tags.member.2.Key", "a"},
                                      {"Tags.member.2.Value", "1"}}),
              HasSubstr("Duplicated keys"));
  Parameters many{{"ResourceArn", arn}};
  for (int i = 1; i <= 51; ++i) {
    many.emplace_back(fmt::format("Tags.member.{}.Key", i), fmt::format("k{}", i));
    many.emplace_back(fmt::format("Tags.member.{}.Value", i), "v");
  }
  EXPECT_THAT(Refused("TagResource", many), HasSubstr("TagLimitExceeded: "));
}

TEST_F(SnsTopics, ArnsAreChecked) {
  EXPECT_EQ(Refused("GetTopicAttributes", {{"TopicArn", "orders"}}),
            "InvalidParameter: Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1");
  EXPECT_EQ(Refused("GetTopicAttributes", {{"TopicArn", "arn:aws:sqs:us-east-1:000000000000:orders"}}),
            "InvalidParameter: Invalid parameter: TopicArn");
  EXPECT_EQ(Refused("GetTopicAttributes", {{"TopicArn", "arn:aws:sns:us-east-1:000000000000:orders:id"}}),
            "InvalidParameter: Invalid parameter: TopicArn");
}

TEST_F(SnsTopics, TheirOwnTermsAreThoseOfTheArn) {
  Topic("orders");
  EXPECT_EQ(TopicAttribute("arn:aws:sns:ap-south-1:210987654321:orders", "Owner"), "210987654321");
}

TEST_F(SnsTopics, WhatIsForPhonesIsNotOffered) {
  EXPECT_THAT(Refused("CreatePlatformApplication", {}),
              HasSubstr("InvalidAction: CreatePlatformApplication is not offered"));
  EXPECT_THAT(Refused("SetSMSAttributes", {}), HasSubstr("InvalidAction: "));
}

}  // namespace
}  // namespace broker::aws::sns
