// Scanning ahead of a filtered subscription's receivers: long stretches that do not pass, with nobody there or somebody
// waiting, and the space they leave.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class FilteredScan : public EngineTest {
 protected:
  explicit FilteredScan(engine::EngineOptions options = {}) : EngineTest(std::move(options)) {
    CreateTopic("events");
    CreateFiltered("red", "events", R"(attributes.kind = "red")");
  }

  void PublishMany(std::size_t count, const std::string& kind = "blue") {
    for (; count > 0; count -= std::min<std::size_t>(count, 1'000)) {
      engine::PublishRequest request{.target = {.name = "events"}};
      for (std::size_t i = 0; i < std::min<std::size_t>(count, 1'000); ++i) {
        request.entries.push_back({.content = {.body = "x", .attributes = {{"kind", {.value = kind}}}}});
      }
      ASSERT_TRUE(TryPublish(std::move(request)).ok());
    }
  }
  std::size_t Stored() {
    std::size_t count = 0;
    EXPECT_TRUE(store().Scan(storage::Family::kLog, std::string(1, '\0'), std::string(17, '\xff'), storage::ReadMode::kExact,
                             [&](std::string_view, std::string_view) { return ++count > 0; })
                    .ok());
    return count;
  }
};

TEST_F(FilteredScan, AReceiverGetsItsMatchBehindALongColdStretch) {
  PublishMany(100'000);
  PublishKind("events", "red", "a");
  KillAndReopen();
  EXPECT_EQ(Receive("red"), "a");
  EXPECT_EQ(Counts("red"), "1 leased");
}

TEST_F(FilteredScan, CountsUpToWhereItLooked) {
  PublishMany(3'000, "red");
  PublishMany(3'000);
  KillAndReopen();
  EXPECT_EQ(Counts("red"), "3000 ready");
  EXPECT_EQ(Receive("red", 1'000).size(), 1'999u);
  EXPECT_EQ(Counts("red"), "2000 ready, 1000 leased");
}

TEST_F(FilteredScan, SaysWhatItHasNotLookedAt) {
  PublishMany(10'000, "red");
  model::SubscriptionSettings settings{.topic = "events"};
  settings.filter = *model::Filter::Parse("attributes:kind");
  engine().CreateSubscription(caller, "late", settings, engine::StartAt::kEarliest, [](auto) {});
  const Pending<engine::SubscriptionDescription> pending;
  engine().DescribeSubscription(caller, "late", pending.done());
  Drain();
  const engine::Stats stats = pending.result()->stats;
  EXPECT_EQ(stats.ready + stats.unscanned, 10'000u);
  EXPECT_GT(stats.unscanned, 0u);
  EXPECT_EQ(Counts("late"), "10000 ready");
}

TEST_F(FilteredScan, OtherQueuesAreServedInBetween) {
  CreateQueue("orders");
  PublishMany(50'000);
  PublishKind("events", "red", "a");
  KillAndReopen();
  const auto waiting = StartReceive("red", 1h);
  Pending<engine::PublishResponse> published = StartPublish(Batch("orders", "b"));
  const auto other = StartReceive("orders", 1h);
  bool before = false;
  engine().Publish(caller, Batch("orders", "c"), [&](auto) { before = Answer(waiting) == "waiting"; });
  Drain();
  EXPECT_TRUE(before);
  EXPECT_TRUE(published.answered());
  EXPECT_NE(Answer(other), "waiting");
  EXPECT_EQ(Answer(waiting), "a");
}

TEST_F(FilteredScan, WhatDoesNotPassCostsNoWritePerMessage) {
  PublishMany(10);
  Drain();
  const auto before = kv().of(storage::Family::kCatalog).puts;
  for (int i = 0; i < 500; ++i) PublishKind("events", "blue", "x");
  EXPECT_LE(kv().of(storage::Family::kCatalog).puts - before, 2u);
}

TEST_F(FilteredScan, PeekPagesThroughALongStretch) {
  PublishMany(30'000);
  PublishKind("events", "red", "a");
  PublishMany(30'000);
  PublishKind("events", "red", "b");
  EXPECT_EQ(Peek("red"), "a,b");
}

// What came due after a restart is at hand without its message: a receive stops there, though the scan has read it.
TEST_F(FilteredScan, WhatExpiredLeavesNoSpaceBehindNorWhatDoesNotPassAfterIt) {
  engine::PublishRequest request = Batch("events", "late,a");
  request.entries[0].delay = 1min;
  request.entries[1].content.attributes["kind"] = {.value = "red"};
  request.entries[1].ttl = 10s;
  ASSERT_TRUE(TryPublish(std::move(request)).ok());
  KillAndReopen();
  Advance(2h);
  EXPECT_EQ(Stored(), 3u) << "the late one as it was published, and as it came due";
  EXPECT_EQ(Receive("red"), "");
  EXPECT_EQ(Stored(), 0u);
}

class FilteredChunks : public FilteredScan {
 protected:
  FilteredChunks() : FilteredScan({.tail_cache_bytes = 0, .chunk_sequences = 1'000}) {}
};

TEST_F(FilteredChunks, WhatPassesNobodyLeavesNoSpaceBehindThoughNobodyReceives) {
  PublishMany(20'000);
  Advance(2h);
  EXPECT_LE(Stored(), 2'000u);
}

TEST_F(FilteredChunks, LikewiseAfterARestart) {
  CreatePull("keeper", "events");
  PublishMany(20'000);
  EXPECT_EQ(Stored(), 20'000u);
  KillAndReopen();
  DeleteSubscription("keeper");
  Advance(2h);
  EXPECT_LE(Stored(), 2'000u);
}

TEST_F(FilteredChunks, ADeletedTopicsLogGoesWhenNothingInItPasses) {
  PublishMany(100);
  DeleteTopic("events");
  Advance(1s);
  EXPECT_EQ(Stored(), 0u);
}

TEST_F(FilteredChunks, WhatPassesIsKeptUntilItIsReceived) {
  PublishMany(5'000);
  PublishKind("events", "red", "a");
  PublishMany(5'000);
  Advance(2h);
  KillAndReopen();
  EXPECT_EQ(Counts("red"), "1 ready");
  EXPECT_EQ(Receive("red"), "a");
  Ack("red", "a");
  Advance(2h);
  EXPECT_LE(Stored(), 2'000u);
}

}  // namespace
}  // namespace broker::test
