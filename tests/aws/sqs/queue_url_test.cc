#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/aws/action_harness.h"

namespace broker::aws {
namespace {

using ::testing::HasSubstr;

class QueueUrlTest : public test::ActionTest {
 public:
  QueueUrlTest() : ActionTest(Service::kSqs) {}
};

TEST_F(QueueUrlTest, IsInTheCallersOwnTerms) {
  CreateQueue("orders");
  identity.account = "123456789012";
  identity.base_url = "https://broker.example";
  EXPECT_EQ(Ask("GetQueueUrl", R"({"QueueName": "orders"})").body,
            R"({"QueueUrl":"https://broker.example/123456789012/orders"})");
  EXPECT_THAT(Ask("GetQueueUrl", "QueueName=orders&QueueOwnerAWSAccountId=210987654321").body,
              HasSubstr("<QueueUrl>https://broker.example/210987654321/orders</QueueUrl>"));
}

TEST_F(QueueUrlTest, OfNoQueueIsRefused) {
  const net::Response json = Ask("GetQueueUrl", R"({"QueueName": "nowhere"})");
  EXPECT_EQ(json.status, 400);
  EXPECT_THAT(json.body, HasSubstr(R"("__type":"com.amazonaws.sqs#QueueDoesNotExist")"));
  const net::Response query = Ask("GetQueueUrl", "QueueName=nowhere");
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.body, HasSubstr("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"));
  EXPECT_THAT(query.body, HasSubstr("The specified queue does not exist for this wsdl version."));
}

TEST_F(QueueUrlTest, OfANameThatNoQueueCanHaveIsThatOfNoQueue) {
  for (const char* const name : {"a b", "a/b", ""}) {
    const net::Response json = Ask("GetQueueUrl", fmt::format(R"({{"QueueName": "{}"}})", name));
    EXPECT_THAT(json.body, HasSubstr(R"("__type":"com.amazonaws.sqs#QueueDoesNotExist")")) << name;
  }
}

TEST_F(QueueUrlTest, AnOwnerHasTwelveDigits) {
  CreateQueue("orders");
  for (const char* const owner : {"abc", "a/b?c#d", "1234"}) {
    const net::Response json =
        Ask("GetQueueUrl", fmt::format(R"({{"QueueName": "orders", "QueueOwnerAWSAccountId": "{}"}})", owner));
    EXPECT_THAT(json.body, HasSubstr("#InvalidAddress")) << owner;
  }
}

}  // namespace
}  // namespace broker::aws
