// Receipts: what an old, foreign or malformed one does, at-least-once and exactly-once.
#include <fmt/format.h>

#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Receipts : public EngineTest {
 protected:
  Receipts() {
    CreateQueue("orders");
    model::QueueSettings settings;
    settings.delivery.exactly_once = true;
    CreateQueue("once", settings);
  }
};

TEST_F(Receipts, AreShortText) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string receipt = ReceiptOf("orders", "a");
  EXPECT_LE(receipt.size(), 128u);
  for (const char c : receipt) EXPECT_TRUE(c > 0x20 && c < 0x7f) << receipt;
}

TEST_F(Receipts, OfAnExpiredLeaseStillAckWhenNobodyHasANewerOne) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Advance(1min);
  Ack("orders", "a");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Receipts, ThatAreStaleAreOkAndDoNothing) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string stale = ReceiptOf("orders", "a");
  Advance(30s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(TryAck("orders", {stale}), "ok");
  EXPECT_EQ(TryNack("orders", {{stale}}), "ok");
  EXPECT_EQ(TryExtend("orders", {{stale, 0s}}), "ok");
  EXPECT_EQ(Counts("orders"), "1 leased");
  KillAndReopen();
  EXPECT_EQ(TryAck("orders", {stale}), "ok");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(Receipts, OfASettledMessageAreOkAndDoNothing) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  Ack("orders", "a");
  Ack("orders", "a");
  Nack("orders", "a");
  Extend("orders", "a", 1min);
  EXPECT_EQ(Counts("orders"), "1 leased");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "b"), ReceiptOf("orders", "b")}), "ok,ok");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Receipts, FromBeforeARestartAreGood) {
  Publish("orders", "a,b");
  Publish("once", "c");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Receive("once"), "c");
  KillAndReopen();
  Ack("orders", "a");
  Nack("orders", "b");
  Ack("once", "c");
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Counts("once"), "empty");
}

TEST_F(Receipts, ExactlyOnceRefusesAnExpiredOne) {
  Publish("once", "a");
  EXPECT_EQ(Receive("once"), "a");
  const std::string expired = ReceiptOf("once", "a");
  Advance(30s);
  EXPECT_EQ(TryAck("once", {expired}), "lease_lost");
  EXPECT_EQ(TryNack("once", {{expired}}), "lease_lost");
  EXPECT_EQ(TryExtend("once", {{expired, 1min}}), "lease_lost");
  EXPECT_EQ(Counts("once"), "1 ready");
}

TEST_F(Receipts, ExactlyOnceRefusesAReplacedOne) {
  Publish("once", "a");
  EXPECT_EQ(Receive("once"), "a");
  const std::string replaced = ReceiptOf("once", "a");
  Nack("once", "a");
  EXPECT_EQ(TryAck("once", {replaced}), "lease_lost");
  EXPECT_EQ(Receive("once"), "a");
  EXPECT_EQ(TryAck("once", {replaced}), "lease_lost");
  Ack("once", "a");
  EXPECT_EQ(Counts("once"), "empty");
}

TEST_F(Receipts, ExactlyOnceSyncsItsLeases) {
  Publish("once", "a");
  EXPECT_EQ(Receive("once"), "a");
  EXPECT_TRUE(all_synced());
  PowerCut(1);
  Reopen();
  EXPECT_EQ(Counts("once"), "1 leased");
  Ack("once", "a");
}

TEST_F(Receipts, OfAnotherQueueAreRefused) {
  CreateQueue("billing");
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("orders", "a");
  Publish("billing", "b");
  Publish("events", "c");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Receive("billing"), "b");
  EXPECT_EQ(Receive("mail"), "c");
  EXPECT_EQ(TryAck("billing", {ReceiptOf("orders", "a")}), "invalid_receipt");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("mail", "c")}), "invalid_receipt");
  EXPECT_EQ(TryAck("mail", {ReceiptOf("orders", "a")}), "invalid_receipt");
  EXPECT_EQ(Counts("billing"), "1 leased");
  EXPECT_EQ(Counts("mail"), "1 leased");
}

TEST_F(Receipts, OfAnotherSubscriptionOfTheSameTopicAreRefused) {
  CreateTopic("events");
  CreatePull("mail", "events");
  CreatePull("audit", "events");
  Publish("events", "a");
  EXPECT_EQ(Receive("mail"), "a");
  EXPECT_EQ(Receive("audit"), "a");
  EXPECT_EQ(TryAck("audit", {ReceiptOf("mail", "a")}), "invalid_receipt");
  EXPECT_EQ(Counts("audit"), "1 leased");
}

TEST_F(Receipts, OfAnotherNamespaceAreRefused) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  caller.name_space = "other";
  CreateQueue("orders");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a")}), "invalid_receipt");
}

TEST_F(Receipts, OfAnotherDataFolderAreRefused) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  EngineHarness other({}, 77);
  other.CreateQueue("orders");
  other.Publish("orders", "a");
  EXPECT_EQ(other.Receive("orders"), "a");
  EXPECT_EQ(other.TryAck("orders", {ReceiptOf("orders", "a")}), "invalid_receipt");
  EXPECT_EQ(other.Counts("orders"), "1 leased");
}

TEST_F(Receipts, MalformedAreRefused) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string good = ReceiptOf("orders", "a");
  std::vector<std::string> bad{"", "x", std::string(1'000, 'A'), std::string("\0\0", 2), "\xff\xfe", good + "A",
                               good.substr(0, good.size() - 1), good + good};
  for (std::size_t i = 0; i < good.size(); ++i) {  // any one character altered
    std::string altered = good;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    bad.push_back(altered);
  }
  for (const std::string& receipt : bad) EXPECT_EQ(TryAck("orders", {receipt}), "invalid_receipt") << receipt;
  EXPECT_EQ(Counts("orders"), "1 leased");
  Ack("orders", "a");
}

TEST_F(Receipts, HaveOneSpelling) {
  std::string bodies = "m1";
  for (int i = 2; i <= 300; ++i) bodies += fmt::format(",m{}", i);
  Publish("orders", bodies);
  Receive("orders", 300);
  for (const char* body : {"m1", "m300"}) {  // of different lengths: bits of the last letter may be to spare
    const std::string good = ReceiptOf("orders", body);
    for (const char last : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
      const std::string other = good.substr(0, good.size() - 1) + last;
      EXPECT_EQ(TryExtend("orders", {{other, std::chrono::seconds(30)}}), other == good ? "ok" : "invalid_receipt");
    }
  }
  EXPECT_NE(ReceiptOf("orders", "m1").size(), ReceiptOf("orders", "m300").size());
  EXPECT_EQ(Counts("orders"), "300 leased");
}

TEST_F(Receipts, OfALeaseReleasedUncountedDoNotSettleTheNextOne) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string released = ReceiptOf("orders", "a");
  Release("orders", "a", false);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(TryAck("orders", {released}), "ok");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(Receipts, OfALeaseUndoneByAPowerCutDoNotSettleALaterLease) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  const std::string undone = ReceiptOf("orders", "a");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(TryAck("orders", {undone}), "ok");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(Receipts, OfALeaseUndoneByAPowerCutNeverSettleAnotherMessage) {
  PublishDelayed("orders", "delayed", 10s);
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "delayed");
  const std::string undone = ReceiptOf("orders", "delayed");
  PowerCutKeeping(0);
  Reopen();
  Publish("orders", "other");
  EXPECT_EQ(TryAck("orders", {undone}), "ok");
  Advance(1min);
  EXPECT_NE(Receive("orders").find("other"), std::string::npos);
}

TEST_F(Receipts, TellWhetherTheirMessageIsStillThere) {
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders"), "a,b");
  const std::string first = ReceiptOf("orders", "a");
  const std::string second = ReceiptOf("orders", "b");
  const auto extend = [&] {
    auto answer = Call<engine::SettleResponse>([&](auto done) {
      engine().Extend(caller, {{}, "orders"}, {{first, 10s}, {second, 10s}, {"nonsense", 10s}}, std::move(done));
    });
    return answer.ok() ? answer->gone : std::vector<bool>();
  };
  EXPECT_EQ(extend(), std::vector<bool>({false, false, false}));
  Ack("orders", "a");
  EXPECT_EQ(extend(), std::vector<bool>({true, false, false}));
  Advance(11s);
  EXPECT_EQ(Receive("orders"), "b");
  EXPECT_EQ(extend(), std::vector<bool>({true, false, false})) << "stale, but there";
  Purge("orders");
  EXPECT_EQ(extend(), std::vector<bool>({true, true, false}));
}

}  // namespace
}  // namespace broker::test
