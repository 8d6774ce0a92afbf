// Who receives: what each waits for and holds, and for how long one is remembered.
#include <fmt/format.h>

#include "broker/engine/consumers.h"
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class ConsumerList : public EngineTest {
 protected:
  ConsumerList() { CreateQueue("orders"); }

  void As(const std::string& name, const std::string& peer = "host") {
    caller.consumer = name;
    caller.peer = peer;
  }
  // Such as "mail@host: 2 leased, 1 waiting".
  std::string Listed(const std::string& source = "orders") {
    std::string text;
    const auto consumers = TryListConsumers(source);
    EXPECT_TRUE(consumers.ok());
    for (const auto& one : *consumers) {
      text += fmt::format("{}{}@{}: {} leased, {} waiting", text.empty() ? "" : "; ", one.name, one.peer, one.leased,
                          one.waiting);
    }
    return text;
  }
};

TEST_F(ConsumerList, TellsWhatEachHoldsAndWaitsFor) {
  Publish("orders", "a,b,c");
  As("mail");
  EXPECT_EQ(Receive("orders", 2), "a,b");
  As("audit");
  EXPECT_EQ(Receive("orders", 1), "c");
  const auto waiting = StartReceive("orders", 20s);
  Drain();
  EXPECT_EQ(Listed(), "audit@host: 1 leased, 1 waiting; mail@host: 2 leased, 0 waiting");
  Ack("orders", "a");
  Nack("orders", "b");
  EXPECT_EQ(Answer(waiting), "b");
  EXPECT_EQ(Listed(), "audit@host: 2 leased, 0 waiting; mail@host: 0 leased, 0 waiting");
}

TEST_F(ConsumerList, TellsTheOldestLeaseAndWhenEachWasSeen) {
  Publish("orders", "a,b");
  As("mail");
  const Time first = now();
  EXPECT_EQ(Receive("orders", 1), "a");
  Advance(5s);
  const Time second = now();
  EXPECT_EQ(Receive("orders", 1), "b");
  Advance(1s);
  EXPECT_EQ(TryListConsumers("orders")->at(0).oldest_lease, first);
  EXPECT_EQ(TryListConsumers("orders")->at(0).last_seen, second);
  Ack("orders", "a");
  EXPECT_EQ(TryListConsumers("orders")->at(0).oldest_lease, second);
  Ack("orders", "b");
  EXPECT_EQ(TryListConsumers("orders")->at(0).oldest_lease, std::nullopt);
}

TEST_F(ConsumerList, KnowsThoseWithoutANameByTheirPeer) {
  Publish("orders", "a,b,c");
  As("", "one");
  Receive("orders", 1);
  As("", "two");
  Receive("orders", 1);
  As("named", "two");
  Receive("orders", 1);
  EXPECT_EQ(Listed(), "@one: 1 leased, 0 waiting; @two: 1 leased, 0 waiting; named@two: 1 leased, 0 waiting");
}

TEST_F(ConsumerList, LeasesThatEndAreNotHeldAnyMore) {
  Publish("orders", "a");
  As("mail");
  Receive("orders");
  Advance(30s);
  EXPECT_EQ(Listed(), "mail@host: 0 leased, 0 waiting");
  As("audit");
  Receive("orders");
  Purge("orders");
  EXPECT_EQ(Listed(), "audit@host: 0 leased, 0 waiting; mail@host: 0 leased, 0 waiting");
}

TEST_F(ConsumerList, ForgetsWhoWasNotSeenForTenMinutesAndHoldsNothing) {
  UpdateQueue("orders", {.delivery = {.visibility_timeout = 1h}});
  Publish("orders", "a");
  As("holder");
  Receive("orders");
  As("waiter");
  StartReceive("orders", 20min);
  As("gone");
  Receive("orders");
  Advance(10min);
  EXPECT_EQ(Listed(), "holder@host: 1 leased, 0 waiting; waiter@host: 0 leased, 1 waiting");
  Advance(11min);
  EXPECT_EQ(Listed(), "holder@host: 1 leased, 0 waiting; waiter@host: 0 leased, 0 waiting")
      << "seen until its wait ended";
  Ack("orders", "a");
  Advance(10min);
  EXPECT_EQ(Listed(), "");
}

TEST_F(ConsumerList, HoldsAThousandAndForgetsTheLongestUnseen) {
  Publish("orders", "a");
  As("holder");
  Receive("orders");
  for (std::size_t i = 1; i < engine::Consumers::kMost; ++i) {
    As(fmt::format("c{:04}", i));
    Advance(1ms);
    Receive("orders");
  }
  As("one more");
  Receive("orders");
  const auto listed = *TryListConsumers("orders");
  EXPECT_EQ(listed.size(), engine::Consumers::kMost);
  EXPECT_EQ(listed[0].name, "c0002") << "the longest unseen that holds nothing went";
  EXPECT_EQ(listed.back().name, "one more");
}

TEST_F(ConsumerList, BeginsAnewAfterARestart) {
  Publish("orders", "a,b");
  As("mail");
  Receive("orders", 1);
  KillAndReopen();
  EXPECT_EQ(Listed(), "");
  As("audit");
  EXPECT_EQ(Receive("orders"), "b");
  EXPECT_EQ(Listed(), "audit@host: 1 leased, 0 waiting");
  Ack("orders", "a");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(ConsumerList, IsOneForEachSubscription) {
  CreateTopic("events");
  CreatePull("one", "events");
  CreatePull("two", "events");
  Publish("events", "a");
  As("mail");
  Receive("one");
  EXPECT_EQ(Listed("one"), "mail@host: 1 leased, 0 waiting");
  EXPECT_EQ(Listed("two"), "");
}

TEST_F(ConsumerList, BadInputIsRefused) {
  EXPECT_THAT(TryListConsumers("nowhere"), Refused(ErrorCode::kNotFound, "nowhere"));
  As(std::string(model::kMaxConsumerBytes + 1, 'x'));
  EXPECT_THAT(TryReceive({.source = {std::nullopt, "orders"}}), Refused(ErrorCode::kInvalidArgument, "256"));
  As("\xff");
  EXPECT_THAT(TryReceive({.source = {std::nullopt, "orders"}}), Refused(ErrorCode::kInvalidArgument, "consumer"));
}

}  // namespace
}  // namespace broker::test
