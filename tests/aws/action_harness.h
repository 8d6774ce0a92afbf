// Actions over a simulated engine: asked as a client asks and answered as it is answered, without the network.
//
//   CreateQueue("orders");
//   EXPECT_THAT(Ask("GetQueueUrl", R"({"QueueName": "orders"})").body, HasSubstr("/000000000000/orders"));
//   EXPECT_EQ(Ask("GetQueueUrl", "QueueName=nowhere").status, 400);
//
// An input that begins with "{" is JSON, any other a form; the answer comes in the same protocol. The engine's own
// verbs (engine_harness.h) see and make what crosses from other protocols.
// Confined to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/action.h"
#include "broker/aws/backend.h"
#include "broker/aws/render.h"
#include "broker/aws/sns/envelope.h"
#include "broker/aws/sns/signing_key.h"
#include "tests/support/engine_harness.h"

namespace broker::test {

// What envelopes are signed with.
const aws::sns::SigningKey& TestKey();

class ActionTest : public EngineTest {
 public:
  explicit ActionTest(aws::Service service, engine::EngineOptions options = {});

  aws::Identity identity{.access_key = {},
                         .account = "000000000000",
                         .region = "us-east-1",
                         .base_url = "http://127.0.0.1:4566",
                         .peer = "127.0.0.1:50000"};
  // Of the actions; a test may change `strict` before it asks.
  aws::Backend backend;

  // A request under way.
  struct Asked {
    std::shared_ptr<aws::Call> call;
    std::shared_ptr<std::optional<net::Response>> answer = std::make_shared<std::optional<net::Response>>();

    bool answered() const { return answer->has_value(); }
  };
  // Leaves it to the engine, which does not run yet.
  Asked Post(std::string_view action, std::string_view input);
  // Runs the engine until it is quiet; the answer may not be there yet.
  Asked Start(std::string_view action, std::string_view input);
  // REQUIRES: it is answered once the engine is quiet.
  net::Response Ask(std::string_view action, std::string_view input);

 private:
  const aws::Action& Find(std::string_view action);

  const aws::Service service_;
  SeededEntropy entropy_{7};
  aws::sns::EnvelopeRenderer envelopes_{TestKey(), 42};
  std::vector<std::unique_ptr<const aws::Action>> actions_;
};

}  // namespace broker::test
