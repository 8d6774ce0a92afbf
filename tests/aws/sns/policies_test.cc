// A topic's access and data protection policies, which are kept and told.
#include "tests/aws/sns/sns_fixture.h"

namespace broker::aws::sns {
namespace {

class SnsPolicies : public SnsTest {
 public:
  const std::string arn = Topic("orders");

  Parameters Permission(const std::string& label) {
    return {{"TopicArn", arn},
            {"Label", label},
            {"AWSAccountId.member.1", "111122223333"},
            {"ActionName.member.1", "Publish"}};
  }
};

TEST_F(SnsPolicies, APermissionIsAStatement) {
  Ok("AddPermission", Permission("give"));
  const std::string policy = TopicAttribute(arn, "Policy");
  EXPECT_THAT(policy, HasSubstr("__default_statement_ID"));
  EXPECT_THAT(policy,
              HasSubstr(R"({"Sid":"give","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},)"
                        R"("Action":"SNS:Publish","Resource":"arn:aws:sns:us-east-1:000000000000:orders"})"));
  EXPECT_EQ(Refused("AddPermission", Permission("give")),
            "InvalidParameter: Invalid parameter: Statement already exists");
  Ok("RemovePermission", {{"TopicArn", arn}, {"Label", "give"}});
  EXPECT_THAT(TopicAttribute(arn, "Policy"), Not(HasSubstr("give")));
  EXPECT_THAT(Refused("RemovePermission", {{"TopicArn", arn}, {"Label", "give"}}),
              HasSubstr("has no statement \"give\""));
}

TEST_F(SnsPolicies, SeveralAccountsAndActionsAreLists) {
  Parameters permission = Permission("give");
  permission.insert(permission.end(),
                    {{"AWSAccountId.member.2", "444455556666"}, {"ActionName.member.2", "Subscribe"}});
  Ok("AddPermission", permission);
  const std::string policy = TopicAttribute(arn, "Policy");
  EXPECT_THAT(policy, HasSubstr(R"(["arn:aws:iam::111122223333:root","arn:aws:iam::444455556666:root"])"));
  EXPECT_THAT(policy, HasSubstr(R"(["SNS:Publish","SNS:Subscribe"])"));
}

TEST_F(SnsPolicies, OneStatementWithoutAListIsKept) {
  Ok("SetTopicAttributes",
     {{"TopicArn", arn}, {"AttributeName", "Policy"}, {"AttributeValue", R"({"Statement":{"Sid":"own"}})"}});
  Ok("AddPermission", Permission("give"));
  EXPECT_THAT(TopicAttribute(arn, "Policy"), HasSubstr(R"({"Statement":[{"Sid":"own"},{"Sid":"give")"));
}

TEST_F(SnsPolicies, DataProtectionIsKeptApart) {
  EXPECT_EQ(Text(Ok("GetDataProtectionPolicy", {{"ResourceArn", arn}}), "DataProtectionPolicy"), "");
  Ok("PutDataProtectionPolicy", {{"ResourceArn", arn}, {"DataProtectionPolicy", R"({"Name":"p"})"}});
  EXPECT_EQ(Text(Ok("GetDataProtectionPolicy", {{"ResourceArn", arn}}), "DataProtectionPolicy"), R"({"Name":"p"})");
  EXPECT_EQ(TopicAttribute(arn, "DataProtectionPolicy"), "(none)");
  EXPECT_THAT(Refused("PutDataProtectionPolicy", {{"ResourceArn", arn}, {"DataProtectionPolicy", "x"}}),
              HasSubstr("failed to parse JSON"));
}

TEST_F(SnsPolicies, TheyOutliveARestart) {
  Ok("AddPermission", Permission("give"));
  KillAndReopen();
  const auto topic = DescribeTopic("orders");
  ASSERT_TRUE(topic.ok());
  EXPECT_THAT(topic->info.settings.notes.annotations.at("aws.Policy"), HasSubstr("give"));
}

}  // namespace
}  // namespace broker::aws::sns
