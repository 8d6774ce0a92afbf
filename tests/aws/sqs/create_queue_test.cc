// Creating, finding, listing and deleting queues.
#include <fmt/format.h>

#include "tests/aws/sqs/sqs_test.h"

namespace broker::aws::sqs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CreateQueueTest : public SqsTest {
 public:
  std::string Created(const std::string& name, const std::string& attributes = {}) {
    return Refusal("CreateQueue", fmt::format(R"({{"QueueName": "{}", "Attributes": {{{}}}}})", name, attributes));
  }
  std::string Urls(const std::string& action, const std::string& input) {
    Value answer = Do(action, input);
    Value* urls = answer.Find("QueueUrls");
    if (urls == nullptr) urls = answer.Find("queueUrls");
    std::string names;
    for (const Value& url : urls == nullptr ? std::vector<Value>() : urls->items) {
      names += (names.empty() ? "" : ",") + url.text.substr(url.text.rfind('/') + 1);
    }
    const std::string token = Text(answer, "NextToken");
    return token.empty() ? names : names + " then " + token;
  }
};

TEST_F(CreateQueueTest, AnswersItsUrlInBothForms) {
  EXPECT_EQ(Text(Do("CreateQueue", R"({"QueueName": "orders"})"), "QueueUrl"),
            "http://127.0.0.1:4566/000000000000/orders");
  EXPECT_THAT(
      Ask("CreateQueue", "QueueName=bills&Attribute.1.Name=DelaySeconds&Attribute.1.Value=7&Tag.1.Key=a&Tag.1.Value=b")
          .body,
      HasSubstr("<QueueUrl>http://127.0.0.1:4566/000000000000/bills</QueueUrl>"));
  EXPECT_EQ(Attribute("bills", "DelaySeconds"), "7");
  EXPECT_THAT(Ask("ListQueueTags", "QueueUrl=bills").body, HasSubstr("<Tag><Key>a</Key><Value>b</Value></Tag>"));
}

TEST_F(CreateQueueTest, AgainWithTheSameAttributesIsTheSameQueue) {
  Create("orders", R"("VisibilityTimeout": "40")");
  EXPECT_EQ(Created("orders"), "200");
  EXPECT_EQ(Created("orders", R"("VisibilityTimeout": "40", "DelaySeconds": "0")"), "200");
  const std::string different =
      "A queue already exists with the same name and a different value for attribute VisibilityTimeout";
  EXPECT_EQ(Created("orders", R"("VisibilityTimeout": "41")"), "QueueAlreadyExists: " + different);
  EXPECT_THAT(Ask("CreateQueue", R"({"QueueName": "orders", "Attributes": {"VisibilityTimeout": "41"}})").body,
              HasSubstr("com.amazonaws.sqs#QueueNameExists"));
}

TEST_F(CreateQueueTest, NamesAreCheckedInStrictModeOnly) {
  const std::string standard =
      "InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
  for (const char* name : {"", "a b", "a.b", "orders.fifo", "ä"}) EXPECT_EQ(Created(name), standard) << name;
  EXPECT_EQ(Created(std::string(81, 'a')), standard);
  EXPECT_EQ(Created(std::string(80, 'a')), "200");
  const std::string fifo = R"("FifoQueue": "true")";
  EXPECT_THAT(Created("orders", fifo), HasSubstr("must end with .fifo suffix"));
  EXPECT_THAT(Created(".fifo", fifo), HasSubstr("must end with .fifo suffix"));
  EXPECT_EQ(Created("orders.fifo", fifo), "200");
  EXPECT_EQ(Created("bills.fifo", R"("FifoQueue": "false")"), standard);
  backend.strict = false;
  EXPECT_EQ(Created("a.b"), "200");
  EXPECT_EQ(Created("ordered", fifo), "200");
  EXPECT_EQ(Attribute("ordered", "FifoQueue"), "true");
  EXPECT_THAT(Created("a b"), StartsWith("InvalidParameterValue: "));
}

TEST_F(CreateQueueTest, ADeletedNameIsBlockedForAMinuteInStrictModeOnly) {
  Create("orders");
  Do("DeleteQueue", R"({"QueueUrl": "http://elsewhere/000000000000/orders"})");
  EXPECT_EQ(Created("orders"),
            "AWS.SimpleQueueService.QueueDeletedRecently: You must wait 60 seconds after deleting a queue before you "
            "can create "
            "another with the same name.");
  EXPECT_EQ(Created("others"), "200");
  Advance(59s);
  EXPECT_NE(Created("orders"), "200");
  Advance(1s);
  EXPECT_EQ(Created("orders"), "200");
  backend.strict = false;
  Do("DeleteQueue", R"({"QueueUrl": "orders"})");
  EXPECT_EQ(Created("orders"), "200");
}

TEST_F(CreateQueueTest, TheWaitOfADeletedNameDoesNotHideAQueueMadeNatively) {
  Create("orders");
  Do("DeleteQueue", R"({"QueueUrl": "orders"})");
  CreateQueue("orders");
  EXPECT_EQ(Created("orders"), "200");
}

TEST_F(CreateQueueTest, DeletingTakesADeadLetterQueueTooAndRefusesWhatIsNotThere) {
  CreateQueue("dead");
  model::QueueSettings settings;
  settings.delivery.redrive = test::DeadLetterTo("dead", 1);
  CreateQueue("orders", settings);
  Do("DeleteQueue", R"({"QueueUrl": "dead"})");
  EXPECT_EQ(Refusal("DeleteQueue", R"({"QueueUrl": "dead"})"),
            "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.");
  EXPECT_EQ(Refusal("DeleteQueue", "QueueUrl=dead"),
            "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist for this wsdl version.");
  EXPECT_THAT(Refusal("DeleteQueue", R"({"QueueUrl": "http://nowhere/"})"), StartsWith("InvalidAddress: "));
}

TEST_F(CreateQueueTest, AreListedByPrefixAndInPages) {
  for (const char* name : {"a1", "a2", "a3", "b1"}) CreateQueue(name);
  EXPECT_EQ(Urls("ListQueues", "{}"), "a1,a2,a3,b1");
  EXPECT_EQ(Urls("ListQueues", R"({"QueueNamePrefix": "b"})"), "b1");
  EXPECT_EQ(Urls("ListQueues", R"({"QueueNamePrefix": "c"})"), "");
  const std::string first = Urls("ListQueues", R"({"QueueNamePrefix": "a", "MaxResults": 2})");
  ASSERT_THAT(first, StartsWith("a1,a2 then "));
  const std::string token = first.substr(first.find(" then ") + 6);
  EXPECT_EQ(Urls("ListQueues", R"({"QueueNamePrefix": "a", "MaxResults": 2, "NextToken": ")" + token + "\"}"), "a3");
  EXPECT_THAT(Refusal("ListQueues", R"({"NextToken": "?"})"), StartsWith("InvalidParameterValue: "));
  EXPECT_THAT(Refusal("ListQueues", R"({"MaxResults": 1001})"), StartsWith("InvalidParameterValue: "));
  EXPECT_THAT(
      Ask("ListQueues", "QueueNamePrefix=b").body,
      HasSubstr("<ListQueuesResult><QueueUrl>http://127.0.0.1:4566/000000000000/b1</QueueUrl></ListQueuesResult>"));
}

TEST_F(CreateQueueTest, ThoseThatDeadLetterToAQueueAreListed) {
  CreateQueue("dead");
  EXPECT_EQ(Ask("ListDeadLetterSourceQueues", R"({"QueueUrl": "dead"})").body, R"({"queueUrls":[]})");
  model::QueueSettings settings;
  settings.delivery.redrive = test::DeadLetterTo("dead", 1);
  for (const char* name : {"a", "b", "c"}) CreateQueue(name, settings);
  EXPECT_EQ(Urls("ListDeadLetterSourceQueues", R"({"QueueUrl": "dead"})"), "a,b,c");
  const std::string first = Urls("ListDeadLetterSourceQueues", R"({"QueueUrl": "dead", "MaxResults": 2})");
  ASSERT_THAT(first, StartsWith("a,b then "));
  EXPECT_EQ(Urls("ListDeadLetterSourceQueues",
                 R"({"QueueUrl": "dead", "MaxResults": 2, "NextToken": ")" + first.substr(9) + "\"}"),
            "c");
}

TEST_F(CreateQueueTest, PurgingDropsEverythingAndRestsForAMinuteInStrictMode) {
  Create("orders");
  Publish("orders", "a,b");
  Do("PurgeQueue", R"({"QueueUrl": "orders"})");
  EXPECT_EQ(Counts("orders"), "empty");
  const net::Response again = Ask("PurgeQueue", R"({"QueueUrl": "orders"})");
  EXPECT_EQ(again.status, 403);
  EXPECT_THAT(again.body, HasSubstr("Only one PurgeQueue operation on orders is allowed every 60 seconds."));
  Advance(60s);
  EXPECT_EQ(Refusal("PurgeQueue", R"({"QueueUrl": "orders"})"), "200");
  backend.strict = false;
  EXPECT_EQ(Refusal("PurgeQueue", R"({"QueueUrl": "orders"})"), "200");
  EXPECT_THAT(Refusal("PurgeQueue", R"({"QueueUrl": "nowhere"})"), HasSubstr("NonExistentQueue"));
}

}  // namespace
}  // namespace broker::aws::sqs
