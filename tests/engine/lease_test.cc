// Receive, ack, nack, extend, release: what a lease is.
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class Leases : public EngineTest {
 protected:
  Leases() { CreateQueue("orders"); }
};

TEST_F(Leases, AReceivedMessageIsGivenToNoOneElse) {
  Publish("orders", "a,b,c");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  EXPECT_EQ(Receive("orders", 2), "c");
  EXPECT_EQ(Receive("orders", 2), "");
  EXPECT_EQ(Counts("orders"), "3 leased");
}

TEST_F(Leases, AnAckedMessageNeverComesBack) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  Ack("orders", "a");
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  PowerCut(3);
  Reopen();
  EXPECT_EQ(Receive("orders"), "b");
  Ack("orders", "b");
  KillAndReopen(1h);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("orders"), "");
}

TEST_F(Leases, AnExpiredLeaseMakesItReadyAgainWithOneMoreAttempt) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const Time first = now();
  Advance(30s - 1ms);
  EXPECT_EQ(Counts("orders"), "1 leased");
  EXPECT_EQ(Receive("orders"), "");
  Advance(1ms);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
  EXPECT_EQ(Last("orders", "a").first_attempt, first);
}

TEST_F(Leases, LeasesAndAttemptsOutliveAKill) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders", 1), "a");
  KillAndReopen(10s);
  EXPECT_EQ(Counts("orders"), "1 ready, 1 leased");
  Advance(20s);
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
  EXPECT_EQ(Last("orders", "b").attempt, 1u);
}

TEST_F(Leases, ExpireDuringADowntime) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  KillAndReopen(31s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

TEST_F(Leases, ANackMakesItReadyAtOnceOrAfterItsBackoff) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  Nack("orders", "a", "card declined");
  Nack("orders", "b", "busy", 10s);
  EXPECT_EQ(Counts("orders"), "1 ready, 1 retrying");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
  const auto retrying = Peeked("orders", MessageState::kRetrying);
  ASSERT_EQ(retrying.size(), 1u);
  EXPECT_EQ(retrying[0].last_reason, "busy");
  EXPECT_EQ(retrying[0].attempts, 1u);
  EXPECT_EQ(retrying[0].until, now() + 10s);
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Leases, ABackoffOutlivesAKill) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "busy", 10min);
  KillAndReopen(5min);
  EXPECT_EQ(Counts("orders"), "1 retrying");
  EXPECT_EQ(Peeked("orders", MessageState::kRetrying).at(0).last_reason, "busy");
  Advance(5min);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Leases, AnExtendedLeaseLastsFromNow) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Advance(20s);
  Extend("orders", "a", 60s);
  Advance(59s);
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(1s);
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Leases, AnExtensionMayShorten) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 1s);
  Advance(1s);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Leases, MayBeBoundInAllFromTheReceiveOn) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string receipt = ReceiptOf("orders", "a");
  Advance(20s);
  EXPECT_EQ(TryExtend("orders", {{receipt, 41s, 1min}}), "invalid_argument");
  EXPECT_EQ(TryExtend("orders", {{receipt, 40s, 1min}}), "ok");
  Advance(39s);
  EXPECT_EQ(TryExtend("orders", {{receipt, 2s, 1min}}), "invalid_argument");
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(1s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(TryExtend("orders", {{ReceiptOf("orders", "a"), 1min, 1min}}), "ok") << "a new receive, a new lease";
}

TEST_F(Leases, ExtendingByZeroGivesBackAtOnce) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 0s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

TEST_F(Leases, OfVisibilityZeroAreReadyAgainAtOnce) {
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 0s}});
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 1u);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
  Ack("orders", "a");  // the latest receipt acks, also after its deadline
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Leases, OfTwelveHoursLastThem) {
  Publish("orders", "a");
  const auto response = TryReceive({.source = {std::nullopt, "orders"}, .visibility_timeout = 12h});
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->deliveries.size(), 1u);
  EXPECT_EQ(response->deliveries[0].lease_deadline, now() + 12h);
  Advance(12h - 1ms);
  EXPECT_EQ(Counts("orders"), "1 leased");
  Advance(1ms);
  EXPECT_EQ(Counts("orders"), "1 ready");
}

TEST_F(Leases, ReleasedUncountedAreAsIfNeverDelivered) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", false);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 1u);
}

TEST_F(Leases, ReleasedCountedKeepTheirAttempt) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", true);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

TEST_F(Leases, AReceiveTakesNoMoreBytesThanAskedButAtLeastOneMessage) {
  Publish("orders", "12345,67890,x");
  const auto receive = [this](std::uint64_t max_bytes) {
    const auto response = TryReceive({.source = {std::nullopt, "orders"}, .max_messages = 10, .max_bytes = max_bytes});
    return response.ok() ? response->deliveries.size() : 0;
  };
  EXPECT_EQ(receive(3), 1u);   // larger than asked, alone
  EXPECT_EQ(receive(6), 2u);
}

struct BadReceive {
  const char* name;
  std::function<void(engine::ReceiveRequest&)> change;
};
class BadReceives : public Leases, public testing::WithParamInterface<BadReceive> {};
TEST_P(BadReceives, AreRefused) {
  engine::ReceiveRequest request{.source = {std::nullopt, "orders"}};
  GetParam().change(request);
  EXPECT_THAT(TryReceive(request), Refused(ErrorCode::kInvalidArgument, ""));
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadReceives,
    testing::Values(BadReceive{"no_messages", [](auto& r) { r.max_messages = 0; }},
                    BadReceive{"too_many", [](auto& r) { r.max_messages = model::kMaxReceiveMessages + 1; }},
                    BadReceive{"too_many_bytes", [](auto& r) { r.max_bytes = model::kMaxReceiveBytes + 1; }},
                    BadReceive{"negative_wait", [](auto& r) { r.wait = -1ns; }},
                    BadReceive{"too_long_wait", [](auto& r) { r.wait = model::kMaxWait + 1ns; }},
                    BadReceive{"negative_visibility", [](auto& r) { r.visibility_timeout = -1ns; }},
                    BadReceive{"too_long_visibility", [](auto& r) { r.visibility_timeout = 12h + 1ns; }}),
    [](const auto& test) { return test.param.name; });

TEST_F(Leases, BadDurationsOfANackOrAnExtensionAreRefusedAndChangeNothing) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string receipt = ReceiptOf("orders", "a");
  EXPECT_EQ(TryNack("orders", {{receipt, "", -1s}}), "invalid_argument");
  EXPECT_EQ(TryNack("orders", {{receipt, "", 12h + 1s}}), "invalid_argument");
  EXPECT_EQ(TryExtend("orders", {{receipt, -1s}}), "invalid_argument");
  EXPECT_EQ(TryExtend("orders", {{receipt, 12h + 1s}}), "invalid_argument");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(Leases, SettlingHasAResultForEachReceipt) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a"), "nonsense", ReceiptOf("orders", "b")}),
            "ok,invalid_receipt,ok");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(TryAck("orders", {}), "invalid_argument");
  EXPECT_EQ(TryAck("orders", std::vector<std::string>(model::kMaxReceipts + 1, "x")), "invalid_argument");
}

TEST_F(Leases, ALongReasonIsCutAtACharactersEdge) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  std::string reason(model::kMaxReasonBytes - 1, 'x');
  Nack("orders", "a", reason + "\xc3\xa9", 1h);
  EXPECT_EQ(Peeked("orders", MessageState::kRetrying).at(0).last_reason, reason);
}

TEST_F(Leases, OfUnorderedAtLeastOnceQueuesAreNotSyncedAndAPowerCutMayUndoThem) {
  Publish("orders", "a");
  const std::uint64_t synced = kv().synced_groups();
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 60s);
  Nack("orders", "a");
  EXPECT_EQ(kv().synced_groups(), synced);
  EXPECT_FALSE(all_synced());
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 1u);
}

TEST_F(Leases, AnAckOfALeaseThatAPowerCutUndidIsGood) {
  Publish("orders", "a,b,c");
  EXPECT_EQ(Receive("orders"), "a,b,c");
  ASSERT_FALSE(all_synced());
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Counts("orders"), "3 ready");
  Ack("orders", "b");
  PowerCut(1);
  Reopen();
  Advance(30s);
  EXPECT_EQ(Receive("orders"), "a,c");
}

}  // namespace
}  // namespace broker::test
