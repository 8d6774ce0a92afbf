// What the design promises about costs, shown by counting what reaches the store.
#include <fmt/format.h>

#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

class Costs : public EngineTest {
 protected:
  Costs() {
    kv().CountKeys();
    CreateTopic("events");
    CreateQueue("orders");
  }
};

std::string PublishToSubscriptions(int subscriptions) {
  EngineHarness harness;
  harness.CreateTopic("events");
  for (int i = 0; i < subscriptions; ++i) harness.CreatePull("sub-" + std::to_string(i), "events");
  harness.Advance(1min);
  harness.kv().Reset();
  harness.Publish("events", "a,b,c,d,e");
  harness.Publish("events", std::string(1'000, 'x'));
  std::string costs = std::to_string(harness.kv().groups()) + " groups";
  for (int i = 0; i < storage::kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    const FamilyCounts& counts = harness.kv().of(family);
    costs += fmt::format("; {}: {} puts {} deletes", storage::ToString(family), counts.puts, counts.deletes);
    // The commit group's own record holds its number, which has more digits after more commands.
    if (family != Family::kMeta) costs += fmt::format(" {} bytes", counts.bytes);
  }
  return costs;
}

TEST(PublishCosts, AreTheSameForOneSubscriptionAndAThousand) {
  EXPECT_EQ(PublishToSubscriptions(1), PublishToSubscriptions(1'000));
}

TEST_F(Costs, APublishToAHundredQueuesWritesOneBody) {
  for (int i = 0; i < 100; ++i) {
    CreateQueue("queue-" + std::to_string(i));
    SubscribeQueue("sub-" + std::to_string(i), "events", "queue-" + std::to_string(i));
  }
  Publish("events", "warm");  // what only a first message brings: chunks, marks
  kv().Reset();
  const std::string body(100'000, 'x');
  Publish("events", body);
  EXPECT_EQ(kv().of(Family::kLog).puts, 101u);
  EXPECT_LT(kv().total_bytes(), body.size() + 101 * 300);
  EXPECT_EQ(kv().groups(), 1u);
  EXPECT_EQ(Receive("queue-42"), "warm," + body);
}

TEST_F(Costs, APublishIsOnePutPerMessage) {
  Publish("orders", "warm");
  kv().Reset();
  Publish("orders", "a,b,c,d,e,f,g,h,i,j");
  EXPECT_EQ(kv().of(Family::kLog).puts, 10u);
  EXPECT_EQ(kv().groups(), 1u);
  EXPECT_EQ(kv().synced_groups(), 1u);
  EXPECT_LE(kv().total_puts(), 12u) << "the messages, the group's record, and perhaps a mark";
}

TEST_F(Costs, AGroupOfReceivesPutsEachTouchedPageOnce) {
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.resize(192);
  ASSERT_TRUE(TryPublish(request).ok());
  kv().Reset();
  std::vector<WaitingReceive> receives;
  for (int i = 0; i < 19; ++i) receives.push_back(StartReceive("orders", 0s, 10));
  Drain();
  EXPECT_EQ(Counts("orders"), "2 ready, 190 leased");
  EXPECT_EQ(kv().groups(), 1u);
  EXPECT_EQ(kv().of(Family::kOutstanding).puts, 3u) << "sequences 1 to 190 are on pages 0 to 2";
  EXPECT_EQ(kv().most_puts_of_one_key(Family::kOutstanding), 1u);
  EXPECT_EQ(kv().of(Family::kLog).puts, 0u);
}

TEST_F(Costs, AGroupOfAcksPutsEachTouchedPageOnce) {
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.resize(128);
  ASSERT_TRUE(TryPublish(request).ok());
  std::vector<std::string> receipts;
  for (const auto& delivery : Deliveries("orders", 128)) receipts.push_back(delivery.receipt);
  ASSERT_EQ(receipts.size(), 128u);
  kv().Reset();
  std::vector<Pending<engine::SettleResponse>> acks;
  for (std::size_t i = 0; i < 120; i += 10) {
    acks.push_back(StartAck("orders", {receipts.begin() + static_cast<std::ptrdiff_t>(i),
                                       receipts.begin() + static_cast<std::ptrdiff_t>(i) + 10}));
  }
  Drain();
  for (const auto& ack : acks) EXPECT_TRUE(ack.answered());
  EXPECT_EQ(Counts("orders"), "8 leased");
  EXPECT_EQ(kv().groups(), 1u);
  EXPECT_LE(kv().of(Family::kOutstanding).puts + kv().of(Family::kOutstanding).deletes, 3u);
  EXPECT_LE(kv().most_puts_of_one_key(Family::kOutstanding), 1u);
  EXPECT_EQ(kv().of(Family::kLog).puts, 0u);
}

TEST_F(Costs, AGroupOfNacksAndExtensionsPutsEachTouchedPageOnce) {
  Publish("orders", "a,b,c,d");
  EXPECT_EQ(Receive("orders"), "a,b,c,d");
  kv().Reset();
  Pending<engine::SettleResponse> first;
  Pending<engine::SettleResponse> second;
  engine().Nack(caller, {std::nullopt, "orders"}, {{ReceiptOf("orders", "a")}, {ReceiptOf("orders", "b")}},
                first.done());
  engine().Extend(caller, {std::nullopt, "orders"},
                  {{ReceiptOf("orders", "c"), 1min}, {ReceiptOf("orders", "d"), 2min}}, second.done());
  Drain();
  EXPECT_EQ(kv().of(Family::kOutstanding).puts, 1u);
  EXPECT_EQ(kv().groups(), 1u);
  EXPECT_EQ(kv().synced_groups(), 0u);
}

TEST_F(Costs, WaitingAndLookingWriteNothing) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  kv().Reset();
  const auto waiting = StartReceive("orders", 20s);
  Drain();
  Counts("orders");
  Peek("orders");
  ShowClock();
  Advance(20s);
  EXPECT_EQ(Answer(waiting), "");
  EXPECT_EQ(kv().groups(), 0u);
}

TEST_F(Costs, AnExpiredLeaseWritesNothing) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  kv().Reset();
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_LE(kv().of(Family::kOutstanding).puts, 1u);
  EXPECT_EQ(kv().synced_groups(), 0u);
}

TEST_F(Costs, MemoryAndRecoveryFollowWhatIsInFlightNotTheBacklog) {
  engine::PublishRequest request{.target = {std::nullopt, "orders"}};
  request.entries.resize(1'000);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(store().KeyCount(Family::kOutstanding), 0u);
  EXPECT_EQ(Deliveries("orders", 64).size(), 64u);
  EXPECT_LE(store().KeyCount(Family::kOutstanding), 2u);
}

}  // namespace
}  // namespace broker::test
