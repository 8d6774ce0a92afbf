// Queues with bounds that drop their oldest message for a new one.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class DropOldest : public EngineTest {
 protected:
  explicit DropOldest(engine::EngineOptions options = {}) : EngineTest(std::move(options)) { CreateQueue("dead"); }

  void CreateRing(std::uint64_t messages, bool keeps = false, bool ordered = false) {
    model::QueueSettings settings;
    settings.bounds = {messages, 0, model::Overflow::kDropOldest};
    settings.delivery.ordered = ordered;
    if (keeps) settings.delivery.redrive = DeadLetterTo("dead", 5);
    CreateQueue("ring", settings);
  }
  std::string Refusal(const std::string& body) {
    const auto response = TryPublish(Batch("ring", body));
    return !response.ok() ? response.error().message : response->results[0].ok() ? "" : response->results[0].error().message;
  }
};

// Bodies are read from the store.
class DropColdest : public DropOldest {
 protected:
  DropColdest() : DropOldest({.tail_cache_bytes = 1, .read_ahead_bytes = 1}) {}
};

TEST_F(DropOldest, MakesRoomForTheNew) {
  CreateRing(3);
  Publish("ring", "a,b,c,d,e");
  EXPECT_EQ(Peek("ring"), "c,d,e");
  Publish("ring", "f");
  EXPECT_EQ(Counts("ring"), "3 ready");
  KillAndReopen();
  EXPECT_EQ(Receive("ring"), "d,e,f");
}

TEST_F(DropOldest, MakesRoomForBytes) {
  model::QueueSettings settings;
  settings.bounds = {0, 10, model::Overflow::kDropOldest};
  CreateQueue("ring", settings);
  Publish("ring", "1111,2222,3333");
  EXPECT_EQ(Peek("ring"), "2222,3333");
  Publish("ring", "44444444");
  EXPECT_EQ(Peek("ring"), "44444444");
  EXPECT_THAT(Refusal("55555555555"), testing::HasSubstr("a message of 11 bytes does not fit")) << "it never would";
  EXPECT_EQ(Peek("ring"), "44444444");
}

TEST_F(DropOldest, SparesWhatIsLeased) {
  CreateRing(3);
  Publish("ring", "a,b,c");
  EXPECT_EQ(Receive("ring", 2), "a,b");
  Publish("ring", "d");
  EXPECT_EQ(Peek("ring"), "d");
  Ack("ring", "a,b");
  EXPECT_EQ(Counts("ring"), "1 ready");
}

TEST_F(DropOldest, CountsWhatWaitsForAnotherAttemptAsOld) {
  CreateRing(3);
  Publish("ring", "a,b,c");
  EXPECT_EQ(Receive("ring", 2), "a,b");
  Nack("ring", "b", "busy", 10min);
  Publish("ring", "d");
  EXPECT_EQ(Counts("ring"), "2 ready, 1 leased");
  Nack("ring", "a");
  Publish("ring", "e");
  EXPECT_EQ(Peek("ring"), "c,d,e");
}

TEST_F(DropOldest, RefusesWhenAllIsLeasedOrDelayed) {
  CreateRing(3);
  Publish("ring", "a,b");
  PublishDelayed("ring", "c", 1h);
  EXPECT_EQ(Receive("ring"), "a,b");
  EXPECT_THAT(Refusal("d"), testing::HasSubstr("nothing can be dropped"));
  EXPECT_EQ(Counts("ring"), "2 leased, 1 delayed");
  Nack("ring", "a");
  EXPECT_EQ(Refusal("d"), "");
  EXPECT_EQ(Counts("ring"), "1 ready, 1 leased, 1 delayed");
}

TEST_F(DropOldest, CatchesUpWithABoundThatWasLowered) {
  CreateRing(100);
  Publish("ring", "a,b,c,d,e");
  UpdateQueue("ring", {.bounds = model::Bounds{2, 0, model::Overflow::kDropOldest}});
  EXPECT_EQ(Counts("ring"), "5 ready");
  Publish("ring", "f");
  EXPECT_EQ(Peek("ring"), "e,f");
}

TEST_F(DropOldest, KeepsTheDroppedAmongTheDeadLetters) {
  CreateRing(2, true);
  const auto ids = Publish("ring", "a,b,c,d");
  EXPECT_EQ(Peek("ring"), "c,d");
  EXPECT_EQ(Receive("dead"), "a,b");
  const model::DeadLetterEntry& story = Last("dead", "a").message->dead_letter.at(0);
  EXPECT_EQ(story.source_id, ids[0]);
  EXPECT_EQ(story.attempts, 0u);
  EXPECT_EQ(story.reason, "queue/ring was full");
}

TEST_F(DropOldest, RefusesWhenTheDeadLettersHaveNoHome) {
  CreateRing(1, true);
  Publish("ring", "a");
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  EXPECT_THAT(Refusal("b"), testing::HasSubstr("nothing can be dropped"));
  EXPECT_EQ(Peek("ring"), "a");
}

TEST_F(DropOldest, OfABatchAllOrNothingTakesAllThatAreNotForeverTooMany) {
  CreateRing(2);
  engine::PublishRequest request = Batch("ring", "a,b,c");
  request.all_or_nothing = true;
  ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_EQ(Peek("ring"), "b,c");
  for (auto& entry : request.entries) entry.delay = 1h;
  EXPECT_THAT(TryPublish(request), Refused(ErrorCode::kLimitExceeded, "ring")) << "the third delayed one never fits";
  EXPECT_EQ(Counts("ring"), "2 ready");
}

TEST_F(DropOldest, HoldsForATopicsCopies) {
  CreateRing(2);
  CreateTopic("events");
  SubscribeQueue("s", "events", "ring");
  Publish("events", "a,b,c");
  PublishDelayed("events", "d", 1min);
  Advance(1min);
  EXPECT_EQ(Peek("ring"), "c,d");
}

TEST_F(DropOldest, WhatIsLeasedWhileItIsTheHeadOfItsKeyStays) {
  CreateRing(2, true, true);
  PublishKeyed("ring", "k", "a,b");
  EXPECT_EQ(Receive("ring", 1), "a");
  PublishKeyed("ring", "k", "c");
  EXPECT_EQ(Peek("dead"), "b");
  Ack("ring", "a");
  EXPECT_EQ(Receive("ring"), "c");
}

// What was just published is not in the store yet when the one before it has to be read.
TEST_F(DropColdest, OfABatchLargerThanTheQueueTheFirstAreDeadLetters) {
  CreateRing(1, true);
  Publish("ring", "a");
  EXPECT_EQ(Receive("ring"), "a");
  Nack("ring", "a");
  Publish("ring", "b,c,d");
  EXPECT_EQ(Counts("ring"), "1 ready");
  EXPECT_EQ(Peek("ring"), "d");
  EXPECT_EQ(Peek("dead"), "a,b,c");
}

TEST_F(DropColdest, IsReadFirstAndThenDropped) {
  CreateRing(3);
  Publish("ring", "a,b,c");
  Publish("ring", "d");
  Publish("ring", "e,f");
  EXPECT_EQ(Counts("ring"), "3 ready");
  EXPECT_EQ(Receive("ring"), "d,e,f");
}

TEST_F(DropColdest, IsReadFirstAndThenDeadLetteredInOrder) {
  CreateRing(2, true, true);
  PublishKeyed("ring", "k", "a,b,c,d");
  for (const char* body : {"e", "f", "g", "h"}) PublishKeyed("ring", "k", body);
  EXPECT_EQ(Peek("ring"), "g,h");
  EXPECT_EQ(Peek("dead"), "a,b,c,d,e,f");
}

TEST_F(DropColdest, CatchesUpOverManyReads) {
  CreateRing(5'000);
  for (int i = 0; i < 4; ++i) {
    engine::PublishRequest request = Batch("ring", "");
    for (int j = 0; j < 1'000; ++j) request.entries.push_back({.content = {.body = "x"}});
    ASSERT_TRUE(TryPublish(request).ok());
  }
  UpdateQueue("ring", {.bounds = model::Bounds{2, 0, model::Overflow::kDropOldest}});
  Publish("ring", "y");
  EXPECT_EQ(Counts("ring"), "2 ready");
  EXPECT_EQ(Receive("ring"), "x,y");
}

TEST_F(DropColdest, ACrashBeforeTheReadLeavesTheOldestUntilTheNextPublish) {
  CreateRing(2, true);
  Publish("ring", "a,b");
  EXPECT_EQ(Receive("ring", 1), "a");
  Nack("ring", "a");
  engine().Publish(caller, Batch("ring", "c"), Pending<engine::PublishResponse>().done());
  StopAtCommit(true);
  Kill();
  Reopen();
  EXPECT_EQ(Counts("ring"), "3 ready");
  Publish("ring", "d");
  EXPECT_EQ(Peek("ring"), "c,d");
  EXPECT_EQ(Peek("dead"), "a,b");
  EXPECT_EQ(DescribeQueue("ring")->stats.dead_letter_problem, "");
}

}  // namespace
}  // namespace broker::test
