// Queue subscriptions with a filter: what does not pass leaves nothing behind in the queue.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FanOutFilter : public EngineTest {
 protected:
  explicit FanOutFilter(engine::EngineOptions options = {}) : EngineTest(std::move(options)) {
    CreateTopic("events");
    CreateQueue("red");
    CreateQueue("all");
    SubscribeFiltered("red-events", "events", "red", R"(attributes.kind = "red")");
    SubscribeQueue("all-events", "events", "all");
  }
};

TEST_F(FanOutFilter, OnlyWhatPassesReachesTheQueue) {
  EXPECT_EQ(PublishKind("events", "red", "a"), 2u);
  EXPECT_EQ(PublishKind("events", "blue", "b"), 1u);
  EXPECT_EQ(Counts("red"), "1 ready");
  EXPECT_EQ(Receive("red"), "a");
  EXPECT_EQ(Receive("all"), "a,b");
}

TEST_F(FanOutFilter, ABatchReachesASubscriptionByOneOfItsMessages) {
  auto batch = Batch("events", "a,b");
  batch.entries[1].content.attributes["kind"] = {.value = "red"};
  EXPECT_EQ(TryPublish(batch)->subscriptions, 2u);
  EXPECT_EQ(Receive("red"), "b");
}

TEST_F(FanOutFilter, WhatIsNotStoredReachesNobody) {
  auto wrong = Batch("events", "a");
  wrong.entries[0].ttl = 0s;
  const auto answer = TryPublish(wrong);
  EXPECT_FALSE(answer->results.at(0).ok());
  EXPECT_EQ(answer->subscriptions, 0u);
}

// Filters run on the engine's thread: a body with very many values, held against very many conditions, would stop it.
TEST_F(FanOutFilter, WhatTakesTooManyStepsIsRefusedBeforeAnyIsTaken) {
  std::string filter = "body.x0 = 1";
  for (int i = 1; i < 500; ++i) filter += " OR body.x" + std::to_string(i) + " = 1";
  SubscribeFiltered("many-events", "events", "red", filter);
  std::string values = "{\"y\":[0";
  for (int i = 1; i < 99'000; ++i) values += ",0";
  auto batch = Batch("events", "a");
  batch.entries[0].content.body = values + "]}";
  EXPECT_TRUE(TryPublish(batch)->results.at(0).ok());
  batch.entries.push_back(batch.entries.front());
  EXPECT_TRUE(TryPublish(batch)->results.at(0).ok()) << "2 x 99,002 values, 500 conditions";
  batch.entries.push_back(batch.entries.front());
  EXPECT_THAT(TryPublish(batch), Refused(ErrorCode::kLimitExceeded, "at most 100000000"));
  EXPECT_EQ(Counts("all"), "3 ready");
}

TEST_F(FanOutFilter, ADuplicateReachedWhatItsFirstDid) {
  auto once = Batch("events", "a");
  once.entries[0].content.deduplication_id = "1";
  once.entries[0].content.attributes["kind"] = {.value = "red"};
  EXPECT_EQ(TryPublish(once)->subscriptions, 2u);
  const auto again = TryPublish(once);
  EXPECT_TRUE(again->results[0]->duplicate);
  EXPECT_EQ(again->subscriptions, 2u);
  EXPECT_EQ(Counts("red"), "1 ready");
}

TEST_F(FanOutFilter, WhatDoesNotPassWritesNoAlias) {
  PublishKind("events", "red", "a");  // opens chunks
  Drain();
  const auto puts = [&](const std::string& kind) {
    const auto before = kv().of(storage::Family::kLog).puts;
    PublishKind("events", kind, "x");
    return kv().of(storage::Family::kLog).puts - before;
  };
  EXPECT_EQ(puts("blue"), 2u);  // the message and one alias
  EXPECT_EQ(puts("red"), 3u);
}

TEST_F(FanOutFilter, LooksAtBodiesToo) {
  CreateQueue("dear");
  SubscribeFiltered("dear-events", "events", "dear", "body.order.total >= 100.5");
  EXPECT_EQ(TryPublish({.target = {.name = "events"}, .entries = {{.content = {.body = R"({"order":{"total":100.50}})"}}}})->subscriptions, 2u);
  EXPECT_EQ(TryPublish({.target = {.name = "events"}, .entries = {{.content = {.body = R"({"order":{"total":100.49}})"}}}})->subscriptions, 1u);
  EXPECT_EQ(TryPublish({.target = {.name = "events"}, .entries = {{.content = {.body = "not json"}}}})->subscriptions, 1u);
  EXPECT_EQ(Counts("dear"), "1 ready");
}

TEST_F(FanOutFilter, AChangedFilterHoldsForLaterMessages) {
  PublishKind("events", "red", "a");
  engine::SubscriptionPatch patch;
  patch.filter = *model::Filter::Parse(R"(attributes.kind = "blue")");
  ASSERT_TRUE(TryUpdateSubscription("red-events", patch).ok());
  PublishKind("events", "red", "b");
  PublishKind("events", "blue", "c");
  EXPECT_EQ(Receive("red"), "a,c");
}

TEST_F(FanOutFilter, IsTakenAwayAndAnUnrelatedChangeLeavesIt) {
  ASSERT_TRUE(TryUpdateSubscription("red-events", {.delivery_format = "raw"}).ok());
  PublishKind("events", "blue", "a");
  EXPECT_EQ(Counts("red"), "empty");
  engine::SubscriptionPatch patch;
  patch.filter = std::optional<model::Filter>();
  const auto updated = TryUpdateSubscription("red-events", patch);
  ASSERT_TRUE(updated.ok());
  EXPECT_FALSE(updated->settings.filter.has_value());
  PublishKind("events", "blue", "b");
  EXPECT_EQ(Receive("red"), "b");
  EXPECT_EQ(Last("red", "b").delivery_format, "raw");
}

TEST_F(FanOutFilter, SurvivesARestart) {
  KillAndReopen();
  EXPECT_EQ(DescribeSubscription("red-events")->info.settings.filter->text(), R"(attributes.kind = "red")");
  EXPECT_EQ(PublishKind("events", "blue", "a"), 1u);
  EXPECT_EQ(PublishKind("events", "red", "b"), 2u);
  EXPECT_EQ(Receive("red"), "b");
}

TEST_F(FanOutFilter, ADelayedMessageIsHeldAgainstItWhenDue) {
  auto batch = Batch("events", "a,b");
  batch.entries[0].content.attributes["kind"] = {.value = "red"};
  for (auto& entry : batch.entries) entry.delay = 10s;
  EXPECT_EQ(TryPublish(batch)->subscriptions, 2u);
  EXPECT_EQ(Counts("red"), "empty");
  Advance(10s);
  EXPECT_EQ(Receive("red"), "a");
  EXPECT_EQ(Receive("all"), "a,b");
}

TEST_F(FanOutFilter, ADeadLetterThatReachesNobodyOfATopicStays) {
  CreateTopic("dead");
  CreateQueue("grave");
  SubscribeFiltered("grave-dead", "dead", "grave", R"(attributes.kind = "red")");
  UpdateQueue("all", {.delivery = {.redrive = model::RedrivePolicy{1, {model::ResourceKind::kTopic, "dead"}}}});
  PublishKind("events", "blue", "a");
  PublishKind("events", "red", "b");
  EXPECT_EQ(Receive("all"), "a,b");
  Nack("all", "b", "failed");
  EXPECT_EQ(Receive("grave"), "b");
  Nack("all", "a", "failed");
  EXPECT_EQ(StatsOf("all").retrying, 1u);
  EXPECT_THAT(StatsOf("all").dead_letter_problem, HasSubstr("passes no filter of those who subscribe to the dead-letter target topic/dead"));
  Advance(1s);
  EXPECT_EQ(Receive("all"), "a");
}

class FanOutFilterCold : public FanOutFilter {
 protected:
  FanOutFilterCold() : FanOutFilter({.tail_cache_bytes = 0, .read_ahead_bytes = 1}) {}
};

TEST_F(FanOutFilterCold, ADelayedMessageIsReadWhenDue) {
  auto batch = Batch("events", "a,b,c");
  batch.entries[0].content.attributes["kind"] = {.value = "red"};
  batch.entries[2].content.attributes["kind"] = {.value = "red"};
  for (auto& entry : batch.entries) entry.delay = 10s;
  ASSERT_TRUE(TryPublish(batch).ok());
  KillAndReopen();
  Advance(10s);
  EXPECT_EQ(Receive("red"), "a,c");
  EXPECT_EQ(Receive("all"), "a,b,c");
  EXPECT_EQ(DescribeTopic("events")->delayed, 0u);
}

}  // namespace
}  // namespace broker::test
