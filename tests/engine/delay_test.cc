// Delayed messages: held back, listed, cancelled, due across restarts.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class Delays : public EngineTest {
 protected:
  Delays() { CreateQueue("orders"); }

  // The family's first value.
  void Damage(storage::Family family) {
    std::string first;
    EXPECT_TRUE(store().Scan(family, "", "\xff", storage::ReadMode::kExact, [&first](std::string_view key, std::string_view) {
      first = key;
      return false;
    }).ok());
    auto batch = store().NewBatch();
    batch->Put(family, first, "damaged");
    EXPECT_TRUE(store().Write(std::move(batch), storage::Sync::kYes).ok());
  }
};

TEST_F(Delays, HoldBackUntilDue) {
  PublishDelayed("orders", "a", 10s);
  EXPECT_EQ(Counts("orders"), "1 delayed");
  Advance(10s - 1ms);
  EXPECT_EQ(Receive("orders"), "");
  Advance(1ms);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Counts("orders"), "1 leased");
}

TEST_F(Delays, KeepTheIdThatThePublishAnswered) {
  const auto id = PublishDelayed("orders", "a", 10s);
  const Time published = now();
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").id, id);
  EXPECT_EQ(Last("orders", "a").message->publish_time, published);
}

TEST_F(Delays, DoNotHoldUpOthers) {
  PublishDelayed("orders", "late", 10s);
  Publish("orders", "now");
  EXPECT_EQ(Receive("orders"), "now");
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "late");
}

TEST_F(Delays, ComeInOrderOfDueTime) {
  PublishDelayed("orders", "c", 30s);
  PublishDelayed("orders", "a", 10s);
  PublishDelayed("orders", "b", 20s);
  Advance(1min);
  EXPECT_EQ(Receive("orders"), "a,b,c");
}

TEST_F(Delays, OfTheQueueHoldForMessagesWithoutTheirOwn) {
  UpdateQueue("orders", {.delay = 10s});
  Publish("orders", "a");
  PublishDelayed("orders", "b", 5s);
  PublishDelayed("orders", "c", 0s);
  EXPECT_EQ(Receive("orders"), "c");
  Advance(5s);
  EXPECT_EQ(Receive("orders"), "b");
  Advance(5s);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Delays, CountInStatsAndBytesButNotInAge) {
  PublishDelayed("orders", "12345", 10s);
  EXPECT_EQ(StatsOf("orders").delayed, 1u);
  EXPECT_EQ(StatsOf("orders").bytes, 5u);
  EXPECT_EQ(StatsOf("orders").oldest_age, std::nullopt);
}

TEST_F(Delays, AreListedByPeek) {
  PublishDelayed("orders", "b", 20s);
  const auto id = PublishDelayed("orders", "a", 10s);
  const auto peeked = Peeked("orders", MessageState::kDelayed);
  ASSERT_EQ(peeked.size(), 2u);
  EXPECT_EQ(peeked[0].message->content.body, "a");
  EXPECT_EQ(peeked[0].id, id);
  EXPECT_EQ(peeked[0].state, MessageState::kDelayed);
  EXPECT_EQ(peeked[0].until, now() + 10s);
  EXPECT_EQ(peeked[1].message->content.body, "b");
}

TEST_F(Delays, CancelledNeverCome) {
  const auto a = PublishDelayed("orders", "a", 10s);
  PublishDelayed("orders", "b", 10s);
  EXPECT_TRUE(TryCancelDelayed("orders", a).ok());
  EXPECT_EQ(Counts("orders"), "1 delayed");
  EXPECT_THAT(TryCancelDelayed("orders", a), Refused(ErrorCode::kNotFound, a.ToString()));
  KillAndReopen();
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Delays, ThatAreNoneCannotBeCancelled) {
  const auto now_id = Publish("orders", "now")[0];
  EXPECT_THAT(TryCancelDelayed("orders", now_id), Refused(ErrorCode::kNotFound, now_id.ToString()));
  const auto due = PublishDelayed("orders", "a", 10s);
  Advance(10s);
  EXPECT_THAT(TryCancelDelayed("orders", due), Refused(ErrorCode::kNotFound, due.ToString()));
  EXPECT_FALSE(TryCancelDelayed("orders", {model::LogId(9'999), model::Sequence(1)}).ok());
  EXPECT_EQ(Receive("orders"), "now,a");
}

TEST_F(Delays, OutliveKillsAndPowerCuts) {
  const auto id = PublishDelayed("orders", "a", 1h);
  KillAndReopen(20min);
  EXPECT_EQ(Counts("orders"), "1 delayed");
  PowerCut(1);
  Reopen(20min);
  EXPECT_EQ(Peek("orders", MessageState::kDelayed), "a");
  Advance(20min);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").id, id);
}

TEST_F(Delays, DueDuringADowntimeComeAtOnce) {
  PublishDelayed("orders", "a", 1h);
  KillAndReopen(2h);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Delays, ADueMessageThatAPowerCutUndoesComesAgainAndOnlyOnce) {
  PublishDelayed("orders", "a", 10s);
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  Advance(1h);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Delays, OfAnyHorizonWithinRetention) {
  UpdateQueue("orders", {.delivery = {.retention = 31 * 24h}});
  PublishDelayed("orders", "a", 31 * 24h);
  engine::PublishRequest request = Batch("orders", "b");
  request.entries[0].delay = 31 * 24h + 1s;
  auto response = TryPublish(request);
  EXPECT_FALSE(response.ok() && response->results[0].ok());
  request.entries[0].delay = -1s;
  response = TryPublish(request);
  EXPECT_FALSE(response.ok() && response->results[0].ok());
  Advance(31 * 24h - 1s);
  EXPECT_EQ(Counts("orders"), "1 delayed");
  Advance(1s);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Delays, RetentionCountsFromDue) {
  UpdateQueue("orders", {.delivery = {.retention = 1h}});
  PublishDelayed("orders", "a", 50min);
  Advance(50min + 59min);
  EXPECT_EQ(Counts("orders"), "1 ready");
  Advance(2min);
  EXPECT_EQ(Counts("orders"), "empty");
}

TEST_F(Delays, OnATopicReachEachSubscriptionWhenDue) {
  CreateTopic("events");
  CreatePull("mail", "events");
  SubscribeQueue("orders-events", "events", "orders");
  const auto id = PublishDelayed("events", "a", 10s);
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(DescribeTopic("events")->delayed, 1u);
  KillAndReopen();
  Advance(10s);
  EXPECT_EQ(Receive("mail"), "a");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("mail", "a").id, id);
  EXPECT_EQ(DescribeTopic("events")->delayed, 0u);
}

TEST_F(Delays, OnATopicCanBeCancelled) {
  CreateTopic("events");
  CreatePull("mail", "events");
  const auto id = PublishDelayed("events", "a", 10s);
  EXPECT_TRUE(TryCancelDelayed("events", id).ok());
  Advance(10s);
  EXPECT_EQ(Counts("mail"), "empty");
}

TEST_F(Delays, OfAQueueHoldForWhatATopicDeliversIntoIt) {
  UpdateQueue("orders", {.delay = 10s});
  CreateTopic("events");
  SubscribeQueue("orders-events", "events", "orders", "envelope");
  Publish("events", "a");
  EXPECT_EQ(Counts("orders"), "1 delayed");
  KillAndReopen();
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").delivery_format, "envelope");
  EXPECT_EQ(Last("orders", "a").subscription, "orders-events");
}

TEST_F(Delays, ManyComeDueTogether) {
  for (int i = 0; i < 3; ++i) {
    engine::PublishRequest request{.target = {std::nullopt, "orders"}};
    for (int k = 0; k < 1'000; ++k) request.entries.push_back({{.body = std::to_string(i * 1'000 + k)}, 10s});
    ASSERT_TRUE(TryPublish(request).ok());
  }
  EXPECT_EQ(Counts("orders"), "3000 delayed");
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "3000 ready");
}

TEST_F(Delays, DueTogetherComeInTurnsBetweenWhichOthersHaveTheirs) {
  CreateQueue("mail");
  std::vector<std::string> bodies;
  for (int i = 0; i < 1'000; ++i) bodies.push_back(std::to_string(i));
  auto many = Batch("orders", Join(bodies));
  for (auto& entry : many.entries) entry.delay = 10s;
  ASSERT_TRUE(TryPublish(many).ok());
  PublishDelayed("mail", "late", 10s);
  kv().Reset();
  clock().Advance(10s);
  StopAtCommit(true);
  EXPECT_EQ(kv().of(storage::Family::kSchedule).deletes, 256u);
  KillAndReopen();
  EXPECT_EQ(Receive("mail"), "late");
  EXPECT_EQ(Receive("orders", 1'000), Join(bodies));
}

TEST_F(Delays, AreLookedForAgainWhenTheScheduleCannotBeRead) {
  PublishDelayed("orders", "a", 1h);
  PublishDelayed("orders", "b", 2h);
  KillAndReopen();
  store().FailReads(storage::Family::kSchedule, 1);
  Advance(1h);
  EXPECT_EQ(Counts("orders"), "2 delayed");
  Advance(10s);
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  Advance(1h);
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Delays, OnATopicWaitUntilFiltersCanReadThem) {
  CreateTopic("events");
  CreateQueue("kinds");
  SubscribeFiltered("with-kind", "events", "kinds", "attributes:kind");
  SubscribeFiltered("without-kind", "events", "orders", "NOT attributes:kind");
  PublishDelayed("events", "a", 1h);
  PublishDelayed("events", "b", 90min);
  KillAndReopen();
  store().FailReads(storage::Family::kLog, 1);
  Advance(1h);
  EXPECT_EQ(Counts("kinds"), "empty");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(DescribeTopic("events")->delayed, 2u);
  KillAndReopen();
  Advance(30min);
  EXPECT_EQ(Receive("orders"), "b");
  EXPECT_EQ(Peek("events", MessageState::kDelayed), "a");
  Ack("orders", "b");
  Advance(30min);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Counts("kinds"), "empty");
  EXPECT_EQ(DescribeTopic("events")->delayed, 0u);
}

TEST_F(Delays, OfWhichTheEntryIsDamagedCountAsTheirRecordSays) {
  PublishDelayed("orders", "12345", 10s);
  KillAndReopen();
  Damage(storage::Family::kSchedule);
  Advance(10s);
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_EQ(StatsOf("orders").bytes, 5u);
  EXPECT_EQ(Receive("orders"), "12345");
}

TEST_F(Delays, OfWhichNothingCanBeReadStayDelayed) {
  PublishDelayed("orders", "a", 10s);
  KillAndReopen();
  Damage(storage::Family::kSchedule);
  Damage(storage::Family::kLog);
  for (int i = 0; i < 3; ++i) {
    Advance(1h);
    KillAndReopen();
    EXPECT_EQ(Counts("orders"), "1 delayed");
  }
}

}  // namespace
}  // namespace broker::test
