// Filters together with what else there is: bounds, groups, times to live, seeks, snapshots, pauses, replays and moves.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::StartAt;
using testing::HasSubstr;

constexpr const char* kRed = R"(attributes.kind = "red")";

class FilterAndOthers : public EngineTest {
 protected:
  explicit FilterAndOthers(engine::EngineOptions options = {}) : EngineTest(std::move(options)) {
    CreateTopic("events", {.retention = 24h});
  }

  static model::QueueSettings Bounded(std::uint64_t messages, model::Overflow overflow) {
    model::QueueSettings settings;
    settings.bounds = {messages, 0, overflow};
    return settings;
  }
  // "ok", or why the first was refused.
  std::string Try(const std::string& kind, const std::string& bodies, bool all_or_nothing = false) {
    auto request = Batch("events", bodies);
    request.all_or_nothing = all_or_nothing;
    for (auto& entry : request.entries) entry.content.attributes["kind"] = {.value = kind};
    const auto response = TryPublish(std::move(request));
    if (!response.ok()) return response.error().reason;
    for (const auto& result : response->results) {
      if (!result.ok()) return result.error().reason;
    }
    return "ok";
  }
  void PublishGrouped(const std::string& kind, const std::string& key, const std::string& bodies) {
    auto request = Batch("events", bodies);
    for (auto& entry : request.entries) {
      entry.content.attributes["kind"] = {.value = kind};
      entry.content.ordering_key = key;
    }
    ASSERT_TRUE(TryPublish(std::move(request)).ok());
  }
  void PublishShort(const std::string& kind, const std::string& bodies, Nanos ttl) {
    auto request = Batch("events", bodies);
    for (auto& entry : request.entries) {
      entry.content.attributes["kind"] = {.value = kind};
      entry.ttl = ttl;
    }
    ASSERT_TRUE(TryPublish(std::move(request)).ok());
  }
};

TEST_F(FilterAndOthers, AFullQueueRefusesOnlyWhatPassesIntoIt) {
  CreateQueue("red", Bounded(1, model::Overflow::kRefuse));
  SubscribeFiltered("red-events", "events", "red", kRed);
  EXPECT_EQ(Try("red", "a"), "ok");
  EXPECT_EQ(Try("red", "b"), "QUEUE_FULL");
  EXPECT_EQ(Try("blue", "c"), "ok");
  EXPECT_EQ(Try("red", "d", true), "QUEUE_FULL");
  EXPECT_EQ(Try("blue", "e,f", true), "ok");
  EXPECT_EQ(Receive("red"), "a");
}

TEST_F(FilterAndOthers, ARefusedMessageReachedNobody) {
  CreateQueue("red", Bounded(1, model::Overflow::kRefuse));
  SubscribeFiltered("red-events", "events", "red", kRed);
  EXPECT_EQ(PublishKind("events", "red", "a"), 1u);
  auto batch = Batch("events", "b,c");
  batch.entries[0].content.attributes["kind"] = {.value = "red"};
  const auto response = TryPublish(std::move(batch));
  EXPECT_FALSE(response->results[0].ok());
  EXPECT_EQ(response->subscriptions, 0u);
}

TEST_F(FilterAndOthers, AFullQueueOfAPausedSubscriptionRefusesNothing) {
  CreateQueue("copy", Bounded(1, model::Overflow::kRefuse));
  SubscribeQueue("feed", "events", "copy");
  EXPECT_EQ(Try("red", "a"), "ok");
  SetPaused("feed", true);
  EXPECT_EQ(Try("red", "b"), "ok");
  EXPECT_EQ(Receive("copy"), "a");
}

TEST_F(FilterAndOthers, ACopyForAFullQueueIsRefusedWhenNobodyGetsItsDeadLetter) {
  CreateTopic("dead");
  CreateQueue("red-dead");
  SubscribeFiltered("red-dead-letters", "dead", "red-dead", kRed);
  auto settings = Bounded(1, model::Overflow::kRefuse);
  settings.delivery.redrive = model::RedrivePolicy{3, {model::ResourceKind::kTopic, "dead"}};
  CreateQueue("all", settings);
  SubscribeQueue("all-events", "events", "all");
  EXPECT_EQ(Try("blue", "a"), "ok");
  EXPECT_EQ(Try("blue", "b"), "QUEUE_FULL");
  EXPECT_EQ(Try("red", "c"), "ok");
  EXPECT_EQ(Receive("all"), "a");
  EXPECT_EQ(Receive("red-dead"), "c");
}

TEST_F(FilterAndOthers, TheOldestIsDroppedOnlyToWhereItIsSureToBeTaken) {
  CreateTopic("dead");
  CreateQueue("dead-letters");
  SubscribeFiltered("red-dead-letters", "dead", "dead-letters", kRed);
  auto settings = Bounded(1, model::Overflow::kDropOldest);
  settings.delivery.redrive = model::RedrivePolicy{3, {model::ResourceKind::kTopic, "dead"}};
  CreateQueue("all", settings);
  SubscribeQueue("all-events", "events", "all");
  EXPECT_EQ(Try("red", "a"), "ok");
  EXPECT_EQ(Try("red", "b"), "ok") << "as a dead letter";
  EXPECT_EQ(Try("blue", "c"), "QUEUE_FULL");
  EXPECT_EQ(Peek("all"), "a");
  SubscribeQueue("all-dead-letters", "dead", "dead-letters");
  EXPECT_EQ(Try("blue", "d"), "ok");
  EXPECT_EQ(Peek("all"), "d");

  engine::SubscriptionPatch patch;
  patch.filter = model::Filter::Parse(kRed).value();
  ASSERT_TRUE(TryUpdateSubscription("all-dead-letters", patch).ok());
  EXPECT_EQ(Try("blue", "e"), "QUEUE_FULL") << "no longer sure to be taken, neither the oldest nor its own copy";
  EXPECT_EQ(Peek("all"), "d");
  patch.filter = std::optional<model::Filter>();
  ASSERT_TRUE(TryUpdateSubscription("all-dead-letters", patch).ok());
  EXPECT_EQ(Try("blue", "e"), "ok");
  EXPECT_EQ(Peek("all"), "e");
}

TEST_F(FilterAndOthers, GroupsShareAmongWhatPasses) {
  CreateFiltered("red", "events", kRed);
  PublishGrouped("red", "noisy", "a1,a2,a3,a4");
  PublishGrouped("blue", "noisy", "x1,x2");
  PublishGrouped("blue", "other", "y1");
  PublishGrouped("red", "quiet", "b1");
  PublishGrouped("blue", "quiet", "y2");
  EXPECT_EQ(Receive("red", 2), "a1,b1");
  EXPECT_EQ(Counts("red"), "3 ready, 2 leased");
  EXPECT_EQ(Receive("red"), "a2,a3,a4");
  Ack("red", "a1,b1,a2,a3,a4");
  EXPECT_EQ(Receive("red"), "");
  EXPECT_EQ(Counts("red"), "empty");
}

TEST_F(FilterAndOthers, GroupsShareWithinABudgetOfBytes) {
  CreateFiltered("red", "events", kRed);
  PublishGrouped("red", "noisy", std::string(100, 'a') + "," + std::string(100, 'b') + "," + std::string(100, 'c'));
  PublishGrouped("blue", "noisy", std::string(1'000, 'x'));
  PublishGrouped("red", "quiet", std::string(100, 'q'));
  engine::ReceiveRequest request{.source = {std::nullopt, "red"}, .max_messages = 10, .max_bytes = 300};
  std::vector<char> taken;
  while (taken.size() < 4) {
    const auto answer = TryReceive(request);
    ASSERT_TRUE(answer.ok());
    ASSERT_FALSE(answer->deliveries.empty());
    std::uint64_t bytes = 0;
    for (const auto& delivery : answer->deliveries) {
      bytes += model::SizeBytes(delivery.message->content);
      taken.push_back(delivery.message->content.body.front());
    }
    EXPECT_LE(bytes, 300u);
  }
  EXPECT_THAT(taken, testing::ElementsAre('a', 'q', 'b', 'c'));
}

TEST_F(FilterAndOthers, GroupsShareAmongWhatPassesWhenAllIsCold) {
  CreateFiltered("red", "events", kRed);
  PublishGrouped("blue", "other", "y0");
  for (int i = 0; i < 300; ++i) {
    PublishGrouped(i % 3 == 0 ? "red" : "blue", "noisy", "n" + std::to_string(i));
  }
  PublishGrouped("red", "quiet", "q1");
  KillAndReopen();
  EXPECT_EQ(Receive("red", 2), "n0,q1");
  EXPECT_EQ(Counts("red"), "99 ready, 2 leased");
  for (int i = 3; i < 300; i += 3) EXPECT_EQ(Receive("red", 1), "n" + std::to_string(i));
  EXPECT_EQ(Receive("red"), "");
}

TEST_F(FilterAndOthers, GroupsShareWhatCameDueAndIsAtHandWithoutItsMessage) {
  CreateFiltered("red", "events", kRed);
  auto request = Batch("events", "late");
  request.entries[0].content.attributes["kind"] = {.value = "red"};
  request.entries[0].content.ordering_key = "late";
  request.entries[0].delay = 1h;
  ASSERT_TRUE(TryPublish(std::move(request)).ok());
  KillAndReopen();
  PublishGrouped("red", "early", "a");
  Advance(1h);
  PublishGrouped("blue", "early", "x");
  EXPECT_EQ(Receive("red"), "a,late");
}

TEST_F(FilterAndOthers, WhatExpiredIsNeitherDeliveredNorCounted) {
  CreateFiltered("red", "events", kRed);
  PublishShort("red", "a,b", 1min);
  PublishShort("blue", "x", 1min);
  PublishKind("events", "red", "c");
  PublishShort("red", "d", 1min);
  PublishKind("events", "red", "e");
  EXPECT_EQ(Counts("red"), "5 ready");
  Advance(2min);
  EXPECT_EQ(Receive("red"), "c,e");
  EXPECT_EQ(Counts("red"), "2 leased");
  Ack("red", "c,e");
  EXPECT_EQ(Counts("red"), "empty");
}

TEST_F(FilterAndOthers, WhatExpiredInTheStoreIsNot) {
  CreateFiltered("red", "events", kRed);
  PublishShort("red", "a", 1min);
  PublishShort("blue", "x", 1min);
  PublishKind("events", "red", "b");
  KillAndReopen(1h);
  EXPECT_EQ(Receive("red"), "b");
  EXPECT_EQ(Counts("red"), "1 leased");
}

TEST_F(FilterAndOthers, ASeekBringsBackOnlyWhatPasses) {
  CreateFiltered("red", "events", kRed, StartAt::kEnd, {.retention = 12h, .retain_acknowledged = true});
  Advance(1min);
  const Time begin = now();
  PublishKind("events", "red", "a");
  PublishKind("events", "blue", "b");
  PublishKind("events", "red", "c");
  EXPECT_EQ(Receive("red"), "a,c");
  Ack("red", "a,c");
  SeekToTime("red", begin);
  EXPECT_EQ(Counts("red"), "2 ready");
  EXPECT_EQ(Peek("red"), "a,c");
  EXPECT_EQ(Receive("red"), "a,c");
  Advance(1min);
  SeekToTime("red", now());
  EXPECT_EQ(Counts("red"), "empty");
  PublishKind("events", "blue", "d");
  PublishKind("events", "red", "e");
  EXPECT_EQ(Receive("red"), "e");
}

TEST_F(FilterAndOthers, ASnapshotBringsBackOnlyWhatPasses) {
  CreateFiltered("red", "events", kRed);
  PublishKind("events", "blue", "x");
  PublishKind("events", "red", "a,b");
  EXPECT_EQ(Receive("red", 1), "a");
  PublishKind("events", "blue", "y");
  CreateSnapshot("noon", "red");
  PublishKind("events", "red", "c");
  EXPECT_EQ(Receive("red"), "b,c");
  Ack("red", "a,b,c");
  KillAndReopen();
  SeekToSnapshot("red", "noon");
  EXPECT_EQ(Counts("red"), "3 ready");
  EXPECT_EQ(Receive("red"), "a,b,c");
}

TEST_F(FilterAndOthers, TheSnapshotOfAnotherSubscriptionBringsNothingThatDoesNotPass) {
  CreatePull("all", "events");
  CreateFiltered("red", "events", kRed);
  PublishKind("events", "blue", "x");
  PublishKind("events", "red", "a");
  PublishKind("events", "blue", "y");
  PublishKind("events", "red", "b");
  EXPECT_EQ(Receive("all", 3), "x,a,y");
  CreateSnapshot("noon", "all");
  SeekToSnapshot("red", "noon");
  EXPECT_EQ(Peek("red"), "a,b");
  EXPECT_EQ(Receive("red", 1), "a");
  EXPECT_EQ(Receive("red"), "b");
  EXPECT_EQ(Counts("red"), "2 leased");
  KillAndReopen();
  SeekToSnapshot("red", "noon");
  EXPECT_EQ(Receive("red"), "a,b") << "read from the store";
}

TEST_F(FilterAndOthers, APausedQueueSubscriptionGetsWhatPasses) {
  CreateQueue("red");
  SubscribeFiltered("feed", "events", "red", kRed);
  SetPaused("feed", true);
  PublishKind("events", "blue", "x");
  PublishKind("events", "red", "a");
  PublishKind("events", "blue", "y");
  KillAndReopen();
  EXPECT_EQ(Counts("red"), "empty");
  SetPaused("feed", false);
  PublishKind("events", "red", "b");
  EXPECT_EQ(Receive("red"), "a,b");
}

TEST_F(FilterAndOthers, APausedPullSubscriptionGoesOnCounting) {
  CreateFiltered("red", "events", kRed);
  engine::SubscriptionPatch pause;
  pause.delivery.paused = true;
  ASSERT_TRUE(TryUpdateSubscription("red", pause).ok());
  PublishKind("events", "blue", "x");
  PublishKind("events", "red", "a");
  EXPECT_EQ(Receive("red"), "");
  EXPECT_EQ(Counts("red"), "1 ready");
  pause.delivery.paused = false;
  ASSERT_TRUE(TryUpdateSubscription("red", pause).ok());
  EXPECT_EQ(Receive("red"), "a");
}

TEST_F(FilterAndOthers, AReplayGivesWhatPasses) {
  CreateQueue("again");
  Advance(1min);
  const Time begin = now();
  PublishKind("events", "blue", "x");
  PublishKind("events", "red", "a,b");
  const auto task = Replay({.topic = "events", .queue = "again", .from = begin, .filter = *model::Filter::Parse(kRed)});
  EXPECT_EQ(task.moved, 2u);
  EXPECT_EQ(task.left, 1u);
  EXPECT_EQ(Receive("again"), "a,b");
}

TEST_F(FilterAndOthers, AMoveLeavesWhatNobodyWouldGet) {
  CreateQueue("from");
  CreateQueue("red");
  SubscribeFiltered("red-events", "events", "red", kRed);
  PublishKind("from", "red", "a");
  PublishKind("from", "blue", "b");
  const auto task = Move({.queue = "from", .destination = model::Target{std::nullopt, "events"}});
  EXPECT_EQ(task.moved, 1u);
  EXPECT_EQ(task.left, 1u);
  EXPECT_THAT(task.notes, testing::ElementsAre(HasSubstr("passes no filter of those who subscribe to topic/events")));
  EXPECT_EQ(Receive("red"), "a");
  EXPECT_EQ(Peek("from"), "b");
}

class FilterAndSpace : public EngineTest {
 protected:
  static engine::EngineOptions SmallChunks() {
    engine::EngineOptions options;
    options.chunk_sequences = 8;
    options.chunk_age = 1min;
    options.emptied_chunk_bytes = 1;
    options.tail_cache_bytes = 1'024;
    return options;
  }
  FilterAndSpace() : EngineTest(SmallChunks()) {}
  std::uint64_t Logged() { return store().KeyCount(storage::Family::kLog); }
};

TEST_F(FilterAndSpace, WhatDoesNotPassIsKeptForATopicsRetention) {
  CreateTopic("events", {.retention = 1h});
  CreateFiltered("red", "events", kRed);
  for (int i = 0; i < 40; ++i) PublishKind("events", "blue", "x");
  Drain();
  EXPECT_EQ(Logged(), 40u);
  Advance(2h);
  Drain();
  EXPECT_LT(Logged(), 8u);
}

TEST_F(FilterAndSpace, WhatDoesNotPassIsKeptWhereTheSettledIs) {
  CreateTopic("events");
  CreateFiltered("red", "events", kRed, StartAt::kEnd, {.retention = 1h, .retain_acknowledged = true});
  for (int i = 0; i < 40; ++i) PublishKind("events", "blue", "x");
  Drain();
  EXPECT_EQ(Logged(), 40u);
  Advance(2h);
  Drain();
  EXPECT_LT(Logged(), 8u);
}

TEST_F(FilterAndOthers, PagesGoOnPastWhatDoesNotPass) {
  CreatePull("all", "events");
  CreateFiltered("red", "events", kRed);
  PublishKind("events", "blue", "x,y,z");
  PublishKind("events", "red", "a,b");
  EXPECT_EQ(Receive("all"), "x,y,z,a,b");
  CreateSnapshot("noon", "all");
  PublishKind("events", "red", "c");
  SeekToSnapshot("red", "noon");
  EXPECT_EQ(Peeked("red", engine::MessageState::kReady, 1).size(), 3u);
}

TEST_F(FilterAndSpace, ASnapshotKeepsNothingThatWasKnownNotToPass) {
  CreateTopic("events");
  CreateFiltered("red", "events", kRed);
  for (int i = 0; i < 40; ++i) PublishKind("events", "blue", "x");
  CreateSnapshot("noon", "red");
  Advance(2min);
  PublishKind("events", "blue", "x");
  Drain();
  EXPECT_LT(Logged(), 16u);
}

}  // namespace
}  // namespace broker::test
