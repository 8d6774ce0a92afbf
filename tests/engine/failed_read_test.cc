// Reads of the store that fail for a while, as when the process has no file descriptor left: what depends on them waits
// or is refused. Nothing is left out, stored twice or shown as if it were not there.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;
using Fault = storage::MemoryKv::Fault;

constexpr const char* kFailed = "a read of the store failed";

// After a restart nothing is at hand, so all of it is read.
class FailedRead : public EngineTest {
 protected:
  static engine::PublishRequest Once(const std::string& target, const std::string& bodies) {
    engine::PublishRequest request = Batch(target, bodies);
    for (auto& entry : request.entries) entry.content.deduplication_id = entry.content.body;
    return request;
  }
  Result<engine::ListPage<engine::PeekedMessage>> TryPeek(const std::string& queue, engine::MessageState state) {
    return Call<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
      engine().Peek(caller, {{model::ResourceKind::kQueue, queue}, state, 100, {}}, std::move(done));
    });
  }
};

TEST_F(FailedRead, LetsAQueueSubscriptionThatCatchesUpWait) {
  CreateTopic("events");
  CreateQueue("copy");
  SubscribeQueue("feed", "events", "copy");
  SetPaused("feed", true);
  Publish("events", "a,b,c,d,e");
  KillAndReopen();
  store().FailReads(Family::kLog, 2);
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy"), "");
  Publish("events", "f");
  Advance(5s);
  EXPECT_EQ(Receive("copy"), "a,b,c,d,e,f");
}

TEST_F(FailedRead, LetsAQueueSubscriptionWaitForWhatItsFilterLooksAt) {
  CreateTopic("events");
  CreateQueue("copy");
  SubscribeFiltered("feed", "events", "copy", "NOT attributes:kind");
  SetPaused("feed", true);
  Publish("events", "a,b");
  KillAndReopen();
  store().FailReads(Family::kLog, 3);
  SetPaused("feed", false);
  Advance(5s);
  EXPECT_EQ(Receive("copy"), "a,b");
}

TEST_F(FailedRead, LetsAReplayWait) {
  CreateTopic("events", {.retention = 24h});
  CreateQueue("again");
  const Time before = now();
  Publish("events", "a,b,c");
  KillAndReopen();
  const auto task = TryReplay({.topic = "events", .queue = "again", .from = before});
  ASSERT_TRUE(task.ok());
  store().FailReads(Family::kLog, 2);
  const engine::TaskInfo ended = Finish(task->id);
  EXPECT_EQ(ended.moved, 3u);
  EXPECT_EQ(ended.left, 0u);
  EXPECT_EQ(Receive("again"), "a,b,c");
}

TEST_F(FailedRead, LeavesOutOfWhatFollowsOnlyWhatIsDamaged) {
  CreateTopic("events");
  CreateQueue("copy");
  SubscribeQueue("feed", "events", "copy");
  SetPaused("feed", true);
  Publish("events", "a,b,c");
  KillAndReopen();
  store().FailReads(Family::kLog, 1, Fault::kDamaged);
  SetPaused("feed", false);
  EXPECT_EQ(Receive("copy"), "b,c");
}

TEST_F(FailedRead, HandsOutNothingOfAQueueForAnHourAndLosesNothing) {
  CreateQueue("orders");
  Publish("orders", "a,b,c");
  KillAndReopen();
  store().FailReads(Family::kLog, 2);
  EXPECT_EQ(Receive("orders"), "c");
  Advance(1h);
  EXPECT_EQ(Receive("orders"), "a,b,c");
}

TEST_F(FailedRead, RefusesAPublishThatMayBeADuplicate) {
  CreateQueue("orders");
  ASSERT_TRUE(TryPublish(Once("orders", "a")).ok());
  KillAndReopen();
  for (const auto fault : {Fault::kMedium, Fault::kDamaged}) {
    store().FailReads(Family::kDedup, 1, fault);
    const auto again = TryPublish(Once("orders", "a"));
    EXPECT_THAT(again,
                Refused(fault == Fault::kMedium ? ErrorCode::kInternal : ErrorCode::kDataLoss, "read of the store"));
  }
  EXPECT_EQ(Counts("orders"), "1 ready");
  EXPECT_TRUE(TryPublish(Once("orders", "a"))->results[0]->duplicate);
}

// Two generations of ids are looked at: the read that fails is the second message's.
TEST_F(FailedRead, RefusesAWholePublishBeforeAnyOfItIsStored) {
  CreateQueue("orders");
  for (const bool all_or_nothing : {true, false}) {
    engine::PublishRequest request = Once("orders", "a,b");
    request.entries.insert(request.entries.begin(), engine::PublishEntry{});
    request.all_or_nothing = all_or_nothing;
    store().FailReads(Family::kDedup, 1);
    EXPECT_THAT(TryPublish(std::move(request)), Refused(ErrorCode::kInternal, kFailed));
    EXPECT_EQ(Counts("orders"), "empty");
  }
}

TEST_F(FailedRead, RefusesAPeek) {
  CreateQueue("orders");
  Publish("orders", "a,b,c");
  ASSERT_EQ(Receive("orders", 1), "a");
  PublishDelayed("orders", "d", 1h);
  KillAndReopen();
  using engine::MessageState;
  for (const auto state : {MessageState::kReady, MessageState::kLeased, MessageState::kDelayed}) {
    store().FailReads(Family::kLog, 1);
    EXPECT_THAT(TryPeek("orders", state), Refused(ErrorCode::kInternal, kFailed)) << static_cast<int>(state);
  }
  store().FailReads(Family::kSchedule, 1);
  EXPECT_THAT(TryPeek("orders", MessageState::kDelayed), Refused(ErrorCode::kInternal, kFailed));
  EXPECT_EQ(Peek("orders"), "b,c");
  EXPECT_EQ(Peek("orders", MessageState::kDelayed), "d");
}

TEST_F(FailedRead, LeavesWhatIsDamagedOutOfAPeek) {
  CreateQueue("orders");
  Publish("orders", "a,b,c");
  KillAndReopen();
  store().FailReads(Family::kLog, 1, Fault::kDamaged);
  EXPECT_EQ(Peek("orders"), "b,c");
}

TEST_F(FailedRead, RefusesASeekAndAReplayAndLeavesThePlace) {
  CreateTopic("events", {.retention = 24h});
  CreatePull("mail", "events");
  CreateQueue("again");
  Publish("events", "a");
  Advance(1s);
  Publish("events", "b");
  const Time second = now();
  Advance(1s);
  Publish("events", "c");
  KillAndReopen();
  store().FailReads(Family::kLog, 1);
  EXPECT_THAT(TrySeek("mail", {.time = second}), Refused(ErrorCode::kInternal, kFailed));
  store().FailReads(Family::kLog, 1);
  EXPECT_THAT(TryReplay({.topic = "events", .queue = "again", .from = second}), Refused(ErrorCode::kInternal, kFailed));
  EXPECT_EQ(Counts("mail"), "3 ready");
  SeekToTime("mail", second);
  EXPECT_EQ(Receive("mail"), "b,c");
}

TEST_F(FailedRead, RefusesASubscriptionThatStartsAtTheEarliest) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("events", "a,b");
  KillAndReopen();
  for (const auto fault : {Fault::kMedium, Fault::kDamaged}) {
    store().FailReads(Family::kLog, 1, fault);
    EXPECT_THAT(TryCreateSubscription("late", {.topic = "events"}, engine::StartAt::kEarliest),
                Refused(fault == Fault::kMedium ? ErrorCode::kInternal : ErrorCode::kDataLoss, ""));
  }
  CreatePullAtEarliest("late", "events");
  EXPECT_EQ(Receive("late"), "a,b");
}

}  // namespace
}  // namespace broker::test
