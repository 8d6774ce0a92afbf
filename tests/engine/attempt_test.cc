// Receives with an attempt id: one whose answer was lost is asked again, and gets the same messages.
#include "broker/engine/receive_attempts.h"
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Attempts : public EngineTest {
 protected:
  explicit Attempts(engine::EngineOptions options = {}) : EngineTest(options) { CreateQueue("orders"); }

  std::string ReceiveAs(const std::string& id, std::uint32_t max_messages = 2, std::optional<Nanos> timeout = {}) {
    const auto response = TryReceive({.source = {std::nullopt, "orders"},
                                      .max_messages = max_messages,
                                      .visibility_timeout = timeout,
                                      .attempt_id = id});
    EXPECT_TRUE(response.ok());
    Remember("orders", *response);
    std::vector<std::string> bodies;
    for (const auto& delivery : response->deliveries) bodies.push_back(delivery.message->content.body);
    return Join(bodies);
  }
};

TEST_F(Attempts, AskedAgainGetTheSameMessagesWithNewReceipts) {
  Publish("orders", "a,b,c,d");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  const std::string first = ReceiptOf("orders", "a");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  EXPECT_NE(ReceiptOf("orders", "a"), first);
  EXPECT_EQ(Last("orders", "a").attempt, 1u) << "not counted anew";
  EXPECT_EQ(Counts("orders"), "2 ready, 2 leased");
  EXPECT_EQ(ReceiveAs("y"), "c,d") << "another attempt";
  EXPECT_EQ(ReceiveAs("x"), "a,b") << "as often as it takes";
  EXPECT_EQ(TryAck("orders", {first}), "ok");
  EXPECT_EQ(Counts("orders"), "4 leased") << "the first receipt is stale";
  Ack("orders", "a,b");
  EXPECT_EQ(Counts("orders"), "2 leased");
}

TEST_F(Attempts, LeaseAnewFromNow) {
  Publish("orders", "a");
  EXPECT_EQ(ReceiveAs("x"), "a");
  Advance(20s);
  EXPECT_EQ(ReceiveAs("x"), "a");
  EXPECT_EQ(Last("orders", "a").lease_deadline, now() + 30s);
  EXPECT_EQ(ReceiveAs("x", 2, 5s), "a");
  EXPECT_EQ(Last("orders", "a").lease_deadline, now() + 5s);
  EXPECT_LT(Last("orders", "a").first_attempt, now());
  Advance(5s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

TEST_F(Attempts, AreReceivesLikeAnyOtherOnceSomethingHappenedToTheirMessages) {
  Publish("orders", "a,b,c,d,e,f,g,h,i,j");
  EXPECT_EQ(ReceiveAs("acked"), "a,b");
  Ack("orders", "a");
  EXPECT_EQ(ReceiveAs("acked"), "c,d");
  EXPECT_EQ(ReceiveAs("acked"), "c,d") << "which is a new attempt";
  Extend("orders", "c", 1min);
  EXPECT_EQ(ReceiveAs("acked"), "e,f");
  Nack("orders", "f", {}, 1h);
  EXPECT_EQ(ReceiveAs("acked"), "g,h");
  Release("orders", "g", false);
  EXPECT_EQ(ReceiveAs("acked", 1), "g");
}

TEST_F(Attempts, AreReceivesLikeAnyOtherOnceALeaseHasEnded) {
  Publish("orders", "a,b");
  EXPECT_EQ(ReceiveAs("x", 1), "a");
  Advance(30s);
  EXPECT_EQ(ReceiveAs("x", 2), "a,b");
  EXPECT_EQ(Last("orders", "a").attempt, 2u);
}

// The answer that was lost gave them in time.
TEST_F(Attempts, AskedAgainGiveWhatTheyGaveAlsoPastItsTimeToLive) {
  PublishFor("orders", "a,b,c", 10s);
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  Advance(10s);
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  EXPECT_EQ(ReceiveAs("y"), "") << "another attempt";
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "a")}), "ok");
  EXPECT_EQ(Counts("orders"), "1 leased");
  EXPECT_EQ(ReceiveAs("x"), "") << "which is a receive like any other";
  Advance(30s);
  EXPECT_EQ(Counts("orders"), "empty") << "b ended with its lease";
}

TEST_F(Attempts, AreRememberedForFiveMinutesFromTheFirst) {
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 1h}});
  Publish("orders", "a,b,c,d");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  Advance(4min);
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  Advance(1min);
  EXPECT_EQ(ReceiveAs("x"), "c,d");
}

TEST_F(Attempts, AreForgottenAtARestartAndPurgedMessagesStayGone) {
  Publish("orders", "a,b,c,d");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  KillAndReopen();
  EXPECT_EQ(ReceiveAs("x"), "c,d");
  Purge("orders");
  EXPECT_EQ(ReceiveAs("x"), "");
}

TEST_F(Attempts, ThatGotNothingAreNotRemembered) {
  EXPECT_EQ(ReceiveAs("x"), "");
  Publish("orders", "a");
  EXPECT_EQ(ReceiveAs("x"), "a");
}

TEST_F(Attempts, BelongToTheirSource) {
  CreateQueue("other");
  Publish("orders", "a");
  Publish("other", "b");
  EXPECT_EQ(ReceiveAs("x"), "a");
  EXPECT_EQ(TryReceive({.source = {std::nullopt, "other"}, .attempt_id = "x"})->deliveries.size(), 1u);
  EXPECT_EQ(ReceiveAs("x"), "a");
}

TEST_F(Attempts, ThatWaitTogetherGetTheSame) {
  const auto first = Pending<engine::ReceiveResponse>();
  const auto second = Pending<engine::ReceiveResponse>();
  const engine::ReceiveRequest request{.source = {std::nullopt, "orders"}, .wait = 20s, .attempt_id = "x"};
  engine().Receive(caller, request, first.done());
  engine().Receive(caller, request, second.done());
  Publish("orders", "a,b");
  ASSERT_EQ(first.result()->deliveries.size(), 1u);
  ASSERT_EQ(second.result()->deliveries.size(), 1u);
  EXPECT_EQ(first.result()->deliveries[0].id, second.result()->deliveries[0].id);
  EXPECT_EQ(Counts("orders"), "1 ready, 1 leased");
}

TEST_F(Attempts, AskedAgainAreNotHeldUpByWhoWaits) {
  Publish("orders", "a");
  EXPECT_EQ(ReceiveAs("x"), "a");
  const auto waiting = StartReceive("orders", 20s);
  Drain();
  EXPECT_EQ(ReceiveAs("x"), "a");
  EXPECT_EQ(Answer(waiting), "waiting");
}

TEST_F(Attempts, OfAnOrderedExactlyOnceQueueAreSynced) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  settings.delivery.exactly_once = true;
  CreateQueue("strict", settings);
  PublishKeyed("strict", "k", "a,b");
  const engine::ReceiveRequest request{.source = {std::nullopt, "strict"}, .attempt_id = "x"};
  const auto first = TryReceive(request);
  ASSERT_EQ(first->deliveries.size(), 1u);
  const auto again = TryReceive(request);
  ASSERT_EQ(again->deliveries.size(), 1u);
  EXPECT_EQ(again->deliveries[0].id, first->deliveries[0].id);
  EXPECT_EQ(TryAck("strict", {first->deliveries[0].receipt}), "lease_lost");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(TryAck("strict", {again->deliveries[0].receipt}), "ok");
}

class ColdAttempts : public Attempts {
 protected:
  ColdAttempts() : Attempts({.tail_cache_bytes = 1}) {}
};

TEST_F(ColdAttempts, ReadTheirMessagesAgain) {
  Publish("orders", "a,b,c");
  Publish("orders", "d");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
  EXPECT_EQ(ReceiveAs("x"), "a,b");
}

TEST(ReceiveAttempts, HoldSoMuchAndForgetTheOldest) {
  engine::ReceiveAttempts attempts;
  const Time now{1h};
  const std::size_t each = engine::ReceiveAttempts::kMostDeliveries / 4;
  for (int i = 0; i < 5; ++i)
    attempts.Remember(1, std::to_string(i), std::vector<engine::ReceiveAttempts::Given>(each), now, false);
  EXPECT_EQ(attempts.Find(1, "0", now), nullptr);
  EXPECT_NE(attempts.Find(1, "1", now), nullptr);
  attempts.Remember(1, "1", {}, now, false);
  attempts.Remember(1, "5", std::vector<engine::ReceiveAttempts::Given>(each), now, false);
  EXPECT_NE(attempts.Find(1, "2", now), nullptr) << "what was replaced does not count";
}

TEST_F(Attempts, BadInputIsRefused) {
  EXPECT_THAT(TryReceive({.source = {std::nullopt, "orders"}, .attempt_id = std::string(129, 'x')}),
              Refused(ErrorCode::kInvalidArgument, "129 bytes"));
  EXPECT_TRUE(TryReceive({.source = {std::nullopt, "orders"}, .attempt_id = std::string(128, 'x')}).ok());
}

}  // namespace
}  // namespace broker::test
