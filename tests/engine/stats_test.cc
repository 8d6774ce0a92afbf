// Counts exact at each step, and peeks that touch nothing.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class Statistics : public EngineTest {
 protected:
  Statistics() { CreateQueue("orders"); }
};

TEST_F(Statistics, FollowAMessageThroughItsLife) {
  EXPECT_EQ(Counts("orders"), "empty");
  PublishDelayed("orders", "a", 10s);
  EXPECT_EQ(Counts("orders"), "1 delayed");
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Counts("orders"), "1 leased");
  Nack("orders", "a", "busy", 10s);
  EXPECT_EQ(Counts("orders"), "1 retrying");
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Statistics, CountBytesOfAllThatIsNotSettled) {
  Publish("orders", "1,22,333");
  PublishDelayed("orders", "4444", 1h);
  EXPECT_EQ(StatsOf("orders").bytes, 10u);
  EXPECT_EQ(Receive("orders"), "1,22,333");
  EXPECT_EQ(StatsOf("orders").bytes, 10u);
  Ack("orders", "22");
  EXPECT_EQ(StatsOf("orders").bytes, 8u);
  Nack("orders", "333", "", 1h);
  EXPECT_EQ(StatsOf("orders").bytes, 8u);
  KillAndReopen();
  EXPECT_EQ(StatsOf("orders").bytes, 8u);
  EXPECT_EQ(Counts("orders"), "1 leased, 1 retrying, 1 delayed");
}

TEST_F(Statistics, AgeIsOfTheOldestThatIsNotSettled) {
  EXPECT_EQ(StatsOf("orders").oldest_age, std::nullopt);
  Publish("orders", "a");
  Advance(10s);
  Publish("orders", "b");
  Advance(5s);
  EXPECT_EQ(StatsOf("orders").oldest_age, 15s);
  EXPECT_EQ(Receive("orders", 1), "a");
  EXPECT_EQ(StatsOf("orders").oldest_age, 15s) << "leased is not settled";
  KillAndReopen(1s);
  EXPECT_EQ(StatsOf("orders").oldest_age, 16s);
  Ack("orders", "a");
  EXPECT_EQ(StatsOf("orders").oldest_age, 6s);
  EXPECT_EQ(Receive("orders", 1), "b");
  Ack("orders", "b");
  EXPECT_EQ(StatsOf("orders").oldest_age, std::nullopt);
}

TEST_F(Statistics, OfSubscriptionsAreTheirOwn) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a,b,c");
  CreatePull("audit", "events");
  Publish("events", "d");
  EXPECT_EQ(Receive("mail", 2), "a,b");
  EXPECT_EQ(Counts("mail"), "2 ready, 2 leased");
  EXPECT_EQ(StatsOf("mail").bytes, 4u);
  EXPECT_EQ(Counts("audit"), "1 ready");
  EXPECT_EQ(StatsOf("audit").bytes, 1u);
}

TEST_F(Statistics, StayExactOverThousandsAndARestart) {
  std::vector<std::string> bodies;
  for (int i = 0; i < 1'000; ++i) bodies.push_back(std::to_string(1'000 + i));
  for (int i = 0; i < 5; ++i) Publish("orders", Join(bodies));
  std::vector<std::string> receipts;
  for (int i = 0; i < 3; ++i) {
    for (const auto& delivery : Deliveries("orders", 1'000)) receipts.push_back(delivery.receipt);
  }
  ASSERT_EQ(receipts.size(), 3'000u);
  std::vector<std::string> every_second;
  for (std::size_t i = 0; i < 2'000; i += 2) every_second.push_back(receipts[i]);
  TryAck("orders", every_second);
  EXPECT_EQ(Counts("orders"), "2000 ready, 2000 leased");
  EXPECT_EQ(StatsOf("orders").bytes, 16'000u);
  KillAndReopen();
  EXPECT_EQ(Counts("orders"), "2000 ready, 2000 leased");
  EXPECT_EQ(StatsOf("orders").bytes, 16'000u);
}

class Peeks : public Statistics {};

TEST_F(Peeks, TouchNothing) {
  Publish("orders", "a,b");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Peek("orders"), "a,b");
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Last("orders", "a").attempt, 1u);
}

TEST_F(Peeks, ShowEachState) {
  Publish("orders", "a,b,c");
  PublishDelayed("orders", "d", 1h);
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Nack("orders", "b", "busy", 10s);
  EXPECT_EQ(Peek("orders", MessageState::kReady), "c");
  EXPECT_EQ(Peek("orders", MessageState::kLeased), "a");
  EXPECT_EQ(Peek("orders", MessageState::kRetrying), "b");
  EXPECT_EQ(Peek("orders", MessageState::kDelayed), "d");
  EXPECT_EQ(Peeked("orders", MessageState::kLeased).at(0).until, now() + 30s);
  KillAndReopen();
  EXPECT_EQ(Peek("orders", MessageState::kReady), "c");
  EXPECT_EQ(Peek("orders", MessageState::kLeased), "a");
  EXPECT_EQ(Peek("orders", MessageState::kRetrying), "b");
  EXPECT_EQ(Peek("orders", MessageState::kDelayed), "d");
  Advance(30s);
  EXPECT_EQ(Peek("orders", MessageState::kReady), "a,b,c");
}

TEST_F(Peeks, TellAttemptsReasonAndId) {
  const auto id = Publish("orders", "a")[0];
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a", "card declined");
  const auto peeked = Peeked("orders", MessageState::kReady);
  ASSERT_EQ(peeked.size(), 1u);
  EXPECT_EQ(peeked[0].id, id);
  EXPECT_EQ(peeked[0].attempts, 1u);
  EXPECT_EQ(peeked[0].last_reason, "card declined");
  EXPECT_EQ(peeked[0].state, MessageState::kReady);
}

TEST_F(Peeks, OfAnAliasTellSubscriptionAndFormat) {
  CreateTopic("events");
  SubscribeQueue("orders-events", "events", "orders", "envelope");
  const auto id = Publish("events", "a")[0];
  KillAndReopen();
  const auto peeked = Peeked("orders", MessageState::kReady);
  ASSERT_EQ(peeked.size(), 1u);
  EXPECT_EQ(peeked[0].message->content.body, "a");
  EXPECT_EQ(peeked[0].origin, id);
  EXPECT_EQ(peeked[0].subscription, "orders-events");
  EXPECT_EQ(peeked[0].delivery_format, "envelope");
}

TEST_F(Peeks, GoPageByPage) {
  for (int i = 0; i < 25; ++i) Publish("orders", std::to_string(i));
  EXPECT_EQ(Split(Receive("orders", 5)).size(), 5u);
  std::vector<std::string> bodies;
  std::string token;
  int pages = 0;
  do {
    const auto page = Call<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
      engine().Peek(caller, {.source = {std::nullopt, "orders"}, .page_size = 6, .page_token = token}, done);
    });
    ASSERT_TRUE(page.ok());
    EXPECT_LE(page->items.size(), 6u);
    for (const auto& message : page->items) bodies.push_back(message.message->content.body);
    token = page->next_page_token;
    ASSERT_LE(++pages, 25);
  } while (!token.empty());
  ASSERT_EQ(bodies.size(), 20u);
  EXPECT_EQ(bodies.front(), "5");
  EXPECT_EQ(bodies.back(), "24");
}

TEST_F(Peeks, WithBadPagesAreRefused) {
  const auto peek = [this](std::size_t size, const std::string& token) {
    return Call<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
      engine().Peek(caller, {.source = {std::nullopt, "orders"}, .page_size = size, .page_token = token}, done);
    });
  };
  EXPECT_THAT(peek(0, ""), Refused(ErrorCode::kInvalidArgument, "page_size"));
  EXPECT_THAT(peek(1'001, ""), Refused(ErrorCode::kInvalidArgument, "1000"));
  EXPECT_THAT(peek(10, "no token of ours \xff"), Refused(ErrorCode::kInvalidArgument, "page_token"));
}

}  // namespace
}  // namespace broker::test
