// Space comes back by chunk: nothing needed is dropped, nothing unneeded stays past its bounds.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

engine::EngineOptions SmallChunks() {
  engine::EngineOptions options;
  options.chunk_sequences = 10;
  options.chunk_bytes = 4'096;
  options.chunk_age = 10min;
  options.emptied_chunk_bytes = 1'024;
  options.tail_cache_bytes = 2'048;
  options.read_ahead_bytes = 2'048;
  return options;
}

class Reclamation : public EngineTest {
 protected:
  Reclamation() : EngineTest(SmallChunks()) {
    CreateTopic("events");
    CreateQueue("orders");
  }

  std::vector<std::string> PublishMany(const std::string& target, int count) {
    std::vector<std::string> bodies;
    for (int i = 0; i < count; ++i) bodies.push_back("body-" + std::to_string(i));
    Publish(target, Join(bodies));
    return bodies;
  }
  // Receives everything and acks all but each `keep`th (0: all), which it nacks with a long backoff.
  std::vector<std::string> Drain(const std::string& source, int keep = 0) {
    std::vector<std::string> kept;
    int n = 0;
    for (;;) {
      const auto deliveries = Deliveries(source, 7);
      if (deliveries.empty()) return kept;
      for (const auto& delivery : deliveries) {
        if (keep != 0 && n++ % keep == 0) {
          TryNack(source, {{delivery.receipt, "later", 12h}});
          kept.push_back(delivery.message->content.body);
        } else {
          TryAck(source, {delivery.receipt});
        }
      }
    }
  }
  void Settle() { Advance(25min); }  // past a chunk's age, and what follows from it
  std::uint64_t Logged() { return store().KeyCount(Family::kLog); }
  std::uint64_t Kept() { return store().KeyCount(Family::kKept); }
};

TEST_F(Reclamation, ADrainedQueueLeavesNothing) {
  PublishMany("orders", 100);
  EXPECT_EQ(Logged(), 100u);
  Drain("orders");
  Settle();
  EXPECT_EQ(Logged(), 0u);
  EXPECT_EQ(Kept(), 0u);
  EXPECT_EQ(store().KeyCount(Family::kOutstanding), 0u);
}

TEST_F(Reclamation, FullChunksGoAtOnceWhenTheyAreDone) {
  PublishMany("orders", 100);
  Drain("orders");
  Advance(1s);
  EXPECT_LE(Logged(), 10u) << "only an open chunk may be left";
}

TEST_F(Reclamation, WhatIsNotReadStays) {
  const auto bodies = PublishMany("orders", 100);
  Settle();
  EXPECT_EQ(Logged(), 100u);
  KillAndReopen();
  std::string received;
  for (std::string some = Receive("orders"); !some.empty(); some = Receive("orders")) {
    received += (received.empty() ? "" : ",") + some;
  }
  EXPECT_EQ(received, Join(bodies));
}

TEST_F(Reclamation, ATopicKeepsWhatItsSlowestSubscriptionNeeds) {
  CreatePull("fast", "events");
  CreatePull("slow", "events");
  const auto bodies = PublishMany("events", 50);
  Drain("fast");
  Settle();
  EXPECT_EQ(Logged(), 50u);
  std::string received;
  for (std::string some = Receive("slow"); !some.empty(); some = Receive("slow")) {
    received += (received.empty() ? "" : ",") + some;
  }
  EXPECT_EQ(received, Join(bodies));
}

TEST_F(Reclamation, ATopicNobodyListensToKeepsNothing) {
  PublishMany("events", 55);
  Settle();
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(Reclamation, TheFewSurvivorsOfAChunkAreKeptApart) {
  PublishMany("orders", 100);
  const auto survivors = Drain("orders", 10);
  ASSERT_EQ(survivors.size(), 10u);
  Settle();
  EXPECT_EQ(Logged() + Kept(), 10u) << Logged() << " in the log";
  EXPECT_EQ(Kept(), 10u);
  EXPECT_EQ(Counts("orders"), "10 retrying");
  KillAndReopen(12h);
  EXPECT_EQ(Counts("orders"), "10 ready");
  std::vector<std::string> received;
  for (const auto& delivery : Deliveries("orders", 100)) {
    received.push_back(delivery.message->content.body);
    EXPECT_EQ(delivery.attempt, 2u);
    TryAck("orders", {delivery.receipt});
  }
  EXPECT_EQ(received, survivors);
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, SurvivorsThatExpireGo) {
  PublishMany("orders", 100);
  Drain("orders", 10);
  Settle();
  Advance(5 * 24h);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, SurvivorsExpireAtTheirTimeAndNotWithLaterMessages) {
  PublishMany("orders", 10);
  EXPECT_EQ(Drain("orders", 10).size(), 1u);
  Settle();
  PublishMany("orders", 10);
  Drain("orders");
  Settle();
  Publish("orders", "later");
  Advance(96h - 3 * 25min);
  KillAndReopen();
  Publish("orders", "last");
  Advance(30min);
  EXPECT_EQ(Counts("orders"), "2 ready");
}

TEST_F(Reclamation, PurgedSurvivorsGo) {
  PublishMany("orders", 100);
  Drain("orders", 10);
  Settle();
  EXPECT_EQ(Purge("orders"), 10u);
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, ASurvivorOfATopicServesEachSubscriptionThatNeedsIt) {
  CreatePull("mail", "events");
  CreatePull("audit", "events");
  PublishMany("events", 30);
  EXPECT_EQ(Drain("mail", 15).size(), 2u);
  EXPECT_EQ(Drain("audit", 10).size(), 3u);
  Settle();
  EXPECT_LE(Logged() + Kept(), 4u);
  KillAndReopen(12h);
  EXPECT_EQ(Receive("mail"), "body-0,body-15");
  EXPECT_EQ(Receive("audit"), "body-0,body-10,body-20");
  Ack("mail", "body-0,body-15");
  Settle();
  EXPECT_EQ(Receive("audit"), "body-0,body-10,body-20");
  Ack("audit", "body-0,body-10,body-20");
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, AliasesKeepTheirSources) {
  SubscribeQueue("orders-events", "events", "orders");
  const auto bodies = PublishMany("events", 45);
  Settle();
  EXPECT_EQ(Logged(), 90u);
  KillAndReopen();
  std::string received;
  for (std::string some = Receive("orders"); !some.empty(); some = Receive("orders")) {
    received += (received.empty() ? "" : ",") + some;
  }
  EXPECT_EQ(received, Join(bodies));
}

TEST_F(Reclamation, AliasesReleaseTheirSources) {
  SubscribeQueue("orders-events", "events", "orders");
  PublishMany("events", 45);
  Drain("orders");
  Settle();
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, TheFewSurvivorsOfAnAliasChunkBecomeFullCopies) {
  SubscribeQueue("orders-events", "events", "orders", "envelope");
  PublishMany("events", 40);
  const auto survivors = Drain("orders", 20);
  ASSERT_EQ(survivors.size(), 2u);
  Settle();
  Settle();
  EXPECT_LE(Logged() + Kept(), 2u) << Logged() << " in logs, " << Kept() << " kept";
  DeleteTopic("events");
  KillAndReopen(12h);
  EXPECT_EQ(Receive("orders"), Join(survivors));
  EXPECT_EQ(Last("orders", survivors[0]).delivery_format, "envelope");
  Ack("orders", Join(survivors));
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, DelayedMessagesOutliveTheirChunk) {
  for (int i = 0; i < 3; ++i) {
    PublishMany("orders", 20);
    PublishDelayed("orders", "late-" + std::to_string(i), std::chrono::hours(10 + i));
  }
  Drain("orders");
  Settle();
  EXPECT_LE(Logged() + Kept(), 3u);
  KillAndReopen(10h);
  EXPECT_EQ(Receive("orders"), "late-0");
  Advance(2h);
  EXPECT_EQ(Counts("orders"), "3 ready");
  EXPECT_EQ(Receive("orders"), "late-0,late-1,late-2");
  Ack("orders", "late-0,late-1,late-2");
  Settle();
  EXPECT_EQ(Logged() + Kept() + store().KeyCount(Family::kSchedule), 0u);
}

TEST_F(Reclamation, CancelledDelayedMessagesGo) {
  const auto id = PublishDelayed("orders", "late", 10h);
  PublishMany("orders", 30);
  Drain("orders");
  Settle();
  ASSERT_TRUE(TryCancelDelayed("orders", id).ok());
  Settle();
  EXPECT_EQ(Logged() + Kept() + store().KeyCount(Family::kSchedule), 0u);
}

TEST_F(Reclamation, RedrivenMessagesOfASubscriptionStayUntilSettled) {
  CreateQueue("dead");
  model::DeliverySettings pull{.retention = 24h};
  pull.redrive = DeadLetterTo("dead", 1);
  CreatePull("mail", "events", pull);
  PublishMany("events", 30);
  for (const auto& delivery : Deliveries("mail", 100)) TryNack("mail", {{delivery.receipt, "failed"}});
  EXPECT_EQ(Redrive("dead").moved, 30u);
  Settle();
  KillAndReopen();
  EXPECT_EQ(Counts("mail"), "30 ready");
  Drain("mail");
  EXPECT_EQ(Counts("mail"), "empty");
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, ADeletedQueueLeavesNothing) {
  PublishMany("orders", 35);
  PublishDelayed("orders", "late", 10h);
  EXPECT_NE(Receive("orders", 5), "");
  DeleteQueue("orders");
  Settle();
  for (const Family family : {Family::kLog, Family::kKept, Family::kOutstanding, Family::kSchedule, Family::kMarks}) {
    EXPECT_EQ(store().KeyCount(family), 0u) << ToString(family);
  }
}

TEST_F(Reclamation, ADeletedTopicsLogLivesUntilItsLastAliasAndSubscriptionAreDone) {
  SubscribeQueue("orders-events", "events", "orders");
  CreatePull("mail", "events");
  PublishMany("events", 25);
  DeleteTopic("events");
  Settle();
  Drain("orders");
  Settle();
  EXPECT_NE(Logged() + Kept(), 0u);
  Drain("mail");
  Settle();
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
  DeleteSubscription("mail");
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, DeletingTheLastSubscriptionOfADeletedTopicDropsItsLog) {
  CreatePull("mail", "events");
  PublishMany("events", 25);
  DeleteTopic("events");
  DeleteSubscription("mail");
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
}

TEST_F(Reclamation, ManyQueuesFilledAndDrainedLeaveNothing) {
  for (int i = 0; i < 100; ++i) {
    const std::string queue = "queue-" + std::to_string(i);
    CreateQueue(queue);
    Publish(queue, std::string(500, 'x') + "," + std::string(500, 'y'));
    Drain(queue);
  }
  Settle();
  EXPECT_EQ(Logged() + Kept(), 0u);
  EXPECT_EQ(store().ValueBytes(Family::kLog), 0u);
}

TEST_F(Reclamation, ReusesNoSequenceAfterALogWasEmptied) {
  const auto before = Publish("orders", "a")[0];
  Drain("orders");
  Settle();
  KillAndReopen();
  const auto after = Publish("orders", "b")[0];
  EXPECT_LT(before, after);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Reclamation, ASubscriptionFromTheEarliestBeginsAtTheEndWhenTheNewestChunkIsGone) {
  CreatePull("mail", "events");
  PublishMany("events", 20);
  for (const auto& delivery : Deliveries("mail", 20)) {
    if (delivery.id.sequence.value() > 10) TryAck("mail", {delivery.receipt});
  }
  Settle();
  CreatePullAtEarliest("late", "events");
  EXPECT_EQ(Counts("late"), "empty");
  Publish("events", "later");
  EXPECT_EQ(Receive("late"), "later");
}

TEST_F(Reclamation, ADelayedAliasThatOutlivesItsSourceKeepsItsOrigin) {
  UpdateQueue("orders", {.delay = 10h});
  SubscribeQueue("orders-events", "events", "orders", "envelope");
  const auto id = Publish("events", "a")[0];
  UpdateQueue("orders", {.delay = 0s});
  PublishMany("events", 20);
  PublishMany("orders", 20);
  Drain("orders");
  Settle();
  Settle();
  EXPECT_LE(Logged() + Kept(), 1u);
  Advance(10h);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").origin, id);
  EXPECT_EQ(Last("orders", "a").subscription, "orders-events");
}

TEST_F(Reclamation, ASubscriptionFromTheEarliestBeginsBehindTheLastGap) {
  CreatePull("mail", "events");
  PublishMany("events", 40);
  for (const auto& delivery : Deliveries("mail", 40)) {  // of the first chunk half stays, the second goes
    const std::uint64_t sequence = delivery.id.sequence.value();
    if (sequence > 5 && sequence <= 20) TryAck("mail", {delivery.receipt});
  }
  Settle();
  CreatePullAtEarliest("late", "events");
  const auto stats = StatsOf("late");
  EXPECT_EQ(Counts("late"), "20 ready");
  EXPECT_EQ(Peeked("late", engine::MessageState::kReady).size(), stats.ready);
  EXPECT_EQ(Deliveries("late", 100).size(), stats.ready);
}

TEST_F(Reclamation, CountsHoldWhenTheNewestChunkGoesBeforeOlderOnes) {
  PublishMany("orders", 20);
  for (const auto& delivery : Deliveries("orders", 20)) {
    if (delivery.id.sequence.value() % 10 < 5) TryAck("orders", {delivery.receipt});
    if (delivery.id.sequence.value() > 10) TryAck("orders", {delivery.receipt});
  }
  const std::string before = Counts("orders");
  Settle();
  KillAndReopen();
  EXPECT_EQ(StatsOf("orders").ready, 5u) << before;
  Publish("orders", "later");
  EXPECT_EQ(StatsOf("orders").ready, 6u);
  EXPECT_EQ(Deliveries("orders", 20).size(), 6u);
}

TEST_F(Reclamation, MarksAndDeduplicationEntriesDoNotPileUp) {
  for (int i = 0; i < 2'000; ++i) {
    PublishOnce("orders", std::to_string(i), "x");
    Drain("orders");
    Advance(2s);
  }
  Advance(15min);
  EXPECT_LE(store().KeyCount(Family::kMarks), 512u);
  EXPECT_EQ(store().KeyCount(Family::kDedup), 0u);
}

TEST(ReclamationAndPurge, AChunkWhoseSurvivorsWereBeingReadGoesWithThem) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EngineHarness harness(SmallChunks(), seed);
    harness.CreateQueue("orders");
    harness.PublishDelayed("orders", "late", 10h);
    harness.Publish("orders", "a,b,c,d,e,f,g,h,i,j,k,l");
    std::vector<std::string> receipts;
    for (const auto& delivery : harness.Deliveries("orders", 100)) receipts.push_back(delivery.receipt);
    harness.StartAck("orders", receipts);
    harness.StopAtCommit(true);
    harness.Kill();
    harness.ReopenFor(1);  // the survivor's read may be under way
    harness.Purge("orders");
    harness.Advance(25min);
    EXPECT_EQ(harness.store().KeyCount(Family::kLog), 0u) << "seed " << seed;
    EXPECT_EQ(harness.store().KeyCount(Family::kKept), 0u) << "seed " << seed;
  }
}

}  // namespace
}  // namespace broker::test
