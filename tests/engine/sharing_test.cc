// What a receive takes when there is a choice, and where a cursor stops.
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Sharing : public EngineTest {
 protected:
  Sharing() { CreateQueue("orders"); }

  // "retries+fresh" of a receive.
  std::string Mix(std::uint32_t max_messages) {
    int retries = 0;
    int fresh = 0;
    for (const auto& delivery : Deliveries("orders", max_messages)) ++(delivery.attempt > 1 ? retries : fresh);
    return std::to_string(retries) + "+" + std::to_string(fresh);
  }
};

TEST_F(Sharing, RetriesGoFirstButTakeAtMostHalfWhileFreshOnesAreReady) {
  Publish("orders", "a,b,c,d,e,f");
  EXPECT_EQ(Receive("orders"), "a,b,c,d,e,f");
  Nack("orders", "a,b,c,d,e,f");
  Publish("orders", "g,h,i,j");
  EXPECT_EQ(Mix(4), "2+2");
  EXPECT_EQ(Mix(3), "2+1");
  EXPECT_EQ(Mix(1), "1+0");
}

TEST_F(Sharing, FreshOnesThatAreMissingLeaveTheirPlacesToRetries) {
  Publish("orders", "a,b,c,d,e,f");
  EXPECT_EQ(Receive("orders"), "a,b,c,d,e,f");
  Nack("orders", "a,b,c,d,e,f");
  Publish("orders", "g");
  EXPECT_EQ(Mix(5), "4+1");
  EXPECT_EQ(Mix(5), "2+0");
}

TEST_F(Sharing, RetriesThatAreMissingLeaveTheirPlacesToFreshOnes) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  Publish("orders", "b,c,d,e,f");
  EXPECT_EQ(Mix(5), "1+4");
}

TEST_F(Sharing, TheSameHoldsForColdMessages) {
  Publish("orders", "a,b,c,d,e,f");
  EXPECT_EQ(Receive("orders"), "a,b,c,d,e,f");
  Nack("orders", "a,b,c,d,e,f");
  Publish("orders", "g,h,i,j");
  KillAndReopen();
  EXPECT_EQ(Mix(4), "2+2");
}

TEST_F(Sharing, AColdBacklogIsReceivedInFull) {
  std::vector<std::string> bodies;
  for (int i = 0; i < 1'000; ++i) bodies.push_back(std::to_string(i));
  Publish("orders", Join(bodies));
  KillAndReopen();
  std::string received;
  for (int i = 0; i < 100; ++i) {
    const std::string some = Receive("orders", 100);
    if (some.empty()) break;
    received += (received.empty() ? "" : ",") + some;
  }
  EXPECT_EQ(received, Join(bodies));
}

TEST_F(Sharing, APositionStopsAtItsMostOutstandingAndGoesOnAfterAcks) {
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.resize(1'000);
  constexpr std::size_t kBatches = model::kMaxOutstanding / 1'000;
  for (std::size_t i = 0; i <= kBatches; ++i) ASSERT_TRUE(TryPublish(request).ok());
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 12h}});
  std::vector<std::string> receipts;
  for (std::size_t i = 0; i < kBatches; ++i) {
    const auto response = TryReceive({.source = {std::nullopt, "orders"}, .max_messages = 1'000});
    ASSERT_TRUE(response.ok());
    ASSERT_EQ(response->deliveries.size(), 1'000u);
    if (i == 0) {
      for (const auto& delivery : response->deliveries) receipts.push_back(delivery.receipt);
    }
  }
  EXPECT_EQ(Counts("orders"), "1000 ready, 120000 leased");
  EXPECT_TRUE(TryReceive({.source = {std::nullopt, "orders"}, .max_messages = 10})->deliveries.empty());
  receipts.resize(7);
  TryAck("orders", receipts);
  EXPECT_EQ(TryReceive({.source = {std::nullopt, "orders"}, .max_messages = 10})->deliveries.size(), 7u);
  KillAndReopen();
  EXPECT_EQ(Counts("orders"), "993 ready, 120000 leased");
}

}  // namespace
}  // namespace broker::test
