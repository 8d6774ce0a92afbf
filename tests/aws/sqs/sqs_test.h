// Verbs of SQS over the actions, in JSON:
//
//   Create("orders", R"("DelaySeconds": "5")");
//   Send("orders", "a");
//   EXPECT_EQ(Bodies(Get("orders", R"("MaxNumberOfMessages": 10)")), "a");
//   EXPECT_EQ(Refusal("DeleteQueue", R"({"QueueUrl": "nowhere"})"), "...NonExistentQueue: The specified ...");
//
// A verb fails the test when it is refused. Confined to one thread.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "broker/aws/wire/value.h"
#include "tests/aws/action_harness.h"

namespace broker::aws::sqs {

class SqsTest : public test::ActionTest {
 public:
  SqsTest() : ActionTest(Service::kSqs) {}

  // The answer of an action that is not refused.
  Value Do(std::string_view action, const std::string& input);
  // "CODE: message", in the codes of Query, whichever form the input has; "200" if it was not refused.
  std::string Refusal(std::string_view action, const std::string& input);

  // `attributes` and `more` are members of JSON objects, without the braces.
  void Create(const std::string& queue, const std::string& attributes = {});
  void Set(const std::string& queue, const std::string& attributes);
  // An attribute of the queue; "(none)" if it has none.
  std::string Attribute(const std::string& queue, const std::string& name);
  Value Send(const std::string& queue, const std::string& body, const std::string& more = {});
  std::vector<Value> Get(const std::string& queue, const std::string& more = {});

  static std::string Text(const Value& object, std::string_view name);  // "" if it has none
  static std::string Bodies(const std::vector<Value>& messages);        // "a,b"
  // A system attribute of a received message.
  static std::string System(Value& message, std::string_view name);
};

}  // namespace broker::aws::sqs
