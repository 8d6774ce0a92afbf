// Replay: what a topic has kept, given to a queue once more.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::TaskState;
using storage::Family;

engine::EngineOptions SmallChunks() {
  engine::EngineOptions options;
  options.chunk_sequences = 50;
  options.chunk_age = 1min;
  options.emptied_chunk_bytes = 1;
  options.tail_cache_bytes = 1'024;
  return options;
}

class Replays : public EngineTest {
 protected:
  Replays() : EngineTest(SmallChunks()) {
    CreateTopic("events", {.retention = 1h});
    CreateQueue("again");
  }
  std::vector<Time> PublishEachSecond(const std::string& bodies) {
    std::vector<Time> times;
    for (const std::string& body : Split(bodies)) {
      times.push_back(now());
      Publish("events", body);
      Advance(1s);
    }
    return times;
  }
  static std::string Many(int count) {
    std::string bodies = "m0";
    for (int i = 1; i < count; ++i) bodies += ",m" + std::to_string(i);
    return bodies;
  }
};

TEST_F(Replays, GiveAQueueWhatTheTopicKept) {
  PublishEachSecond("a,b,c");
  const auto task = Replay({.topic = "events", .queue = "again", .delivery_format = "raw"});
  EXPECT_EQ(task.kind, "replay");
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.source.ToString(), "topic/events");
  EXPECT_EQ(task.destination->ToString(), "queue/again");
  EXPECT_EQ(task.total, 3u);
  EXPECT_EQ(task.moved, 3u);
  EXPECT_EQ(task.left, 0u);
  EXPECT_TRUE(task.notes.empty());
  EXPECT_EQ(Receive("again"), "a,b,c");
  EXPECT_EQ(Last("again", "a").delivery_format, "raw");
  EXPECT_EQ(Last("again", "a").subscription, "");
  EXPECT_NE(Last("again", "a").origin, model::MessageId{});
}

TEST_F(Replays, TakeASpanOfTime) {
  const auto times = PublishEachSecond("a,b,c,d,e");
  EXPECT_EQ(Replay({.topic = "events", .queue = "again", .from = times[1], .to = times[3]}).moved, 2u);
  EXPECT_EQ(Receive("again"), "b,c");
  EXPECT_EQ(Replay({.topic = "events", .queue = "again", .from = times[4], .to = now() + 1h}).moved, 1u);
  EXPECT_EQ(Replay({.topic = "events", .queue = "again", .from = now()}).total, 0u);
}

TEST_F(Replays, LeaveWhatIsPublishedMeanwhile) {
  Publish("events", Many(700));
  const auto started = TryReplay({.topic = "events", .queue = "again", .rate = 1'000});
  ASSERT_TRUE(started.ok());
  Publish("events", "later");
  const auto task = Finish(started->id);
  EXPECT_EQ(task.moved, 700u);
  EXPECT_EQ(Counts("again"), "700 ready");
}

TEST_F(Replays, KeepToTheirRate) {
  Publish("events", Many(100));
  const Time start = now();
  const auto task = Replay({.topic = "events", .queue = "again", .rate = 20});
  EXPECT_EQ(task.rate, 20u);
  EXPECT_EQ(task.moved, 100u);
  EXPECT_GE(now() - start, 4s);
  EXPECT_LE(now() - start, 6s);
}

TEST_F(Replays, GoOnWhereTheyWereAfterAKill) {
  Publish("events", Many(600));
  const auto started = TryReplay({.topic = "events", .queue = "again", .delivery_format = "raw", .rate = 1'000});
  ASSERT_TRUE(started.ok());
  for (int i = 0; i < 4; ++i) {
    AdvanceOnce(100ms);
    KillAndReopen();
    PowerCut(static_cast<std::uint64_t>(i));
    Reopen();
  }
  const auto task = Finish(started->id);
  EXPECT_EQ(task.state, TaskState::kDone) << task.reason;
  EXPECT_EQ(task.total, 600u);
  EXPECT_EQ(task.moved, 600u);
  EXPECT_EQ(task.source.ToString(), "topic/events");
  EXPECT_EQ(Receive("again", 1'000), Many(600));
  EXPECT_EQ(Last("again", "m599").delivery_format, "raw");
}

TEST_F(Replays, LeaveOutWhatExpiresBeforeItsTurn) {
  Publish("events", Many(60));
  Advance(1h - 1min);
  Publish("events", "late");
  const auto started = TryReplay({.topic = "events", .queue = "again", .rate = 10});
  ASSERT_TRUE(started.ok());
  SetTopicRetention("events", 30min);
  const auto task = Finish(started->id);
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.total, 61u);
  EXPECT_EQ(task.moved + task.left, 61u);
  EXPECT_GT(task.left, 50u);
  EXPECT_THAT(task.notes, testing::Contains(testing::HasSubstr("expired")));
  EXPECT_EQ(Counts("again"), std::to_string(task.moved) + " ready");
}

TEST_F(Replays, SayThatNotEverythingIsKept) {
  Publish("events", "a,b");
  Advance(2h);
  Publish("events", "c");
  const auto task = Replay({.topic = "events", .queue = "again"});
  EXPECT_EQ(task.moved, 1u);
  EXPECT_THAT(task.notes, testing::ElementsAre(testing::HasSubstr("does not keep all")));
}

TEST_F(Replays, HoldTheirSourceNoLongerThanItsTopicDoes) {
  Publish("events", Many(60));
  const auto started = TryReplay({.topic = "events", .queue = "again", .rate = 1});
  Advance(5s);
  EXPECT_EQ(DescribeTopic("events")->messages, 60u);
  SetTopicRetention("events", Nanos{0});
  const auto task = Finish(started->id);
  EXPECT_EQ(task.moved + task.left, 60u);
  Advance(2min);
  EXPECT_EQ(DescribeTopic("events")->messages, 50u) << "only the chunk that the queue's aliases point into";
  Purge("again");
  Advance(2min);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
}

TEST_F(Replays, StopWhenTheTopicGoes) {
  Publish("events", Many(60));
  const auto started = TryReplay({.topic = "events", .queue = "again", .rate = 10});
  Advance(1s);
  DeleteTopic("events");
  const auto task = Finish(started->id);
  EXPECT_EQ(task.state, TaskState::kFailed);
  EXPECT_EQ(task.reason, "topic/events was deleted");
  EXPECT_EQ(Counts("again"), std::to_string(task.moved) + " ready") << "what it gave stays";
  Purge("again");
  Advance(5min);
  EXPECT_EQ(store().KeyCount(Family::kLog), 0u);
}

TEST_F(Replays, StopWhenTheQueueGoesThoughItIsMadeAnew) {
  Publish("events", Many(60));
  const auto started = TryReplay({.topic = "events", .queue = "again", .rate = 10});
  Advance(1s);
  DeleteQueue("again");
  CreateQueue("again");
  const auto task = Finish(started->id);
  EXPECT_EQ(task.state, TaskState::kFailed);
  EXPECT_EQ(task.reason, "queue/again was deleted");
  EXPECT_EQ(Counts("again"), "empty");
}

TEST_F(Replays, GiveADelayedMessageOnce) {
  PublishDelayed("events", "late", 10s);
  Publish("events", "a");
  Advance(20s);
  EXPECT_EQ(Replay({.topic = "events", .queue = "again"}).moved, 2u);
  EXPECT_EQ(Receive("again"), "a,late");
}

TEST_F(Replays, BadInputIsRefused) {
  CreateTopic("plain");
  EXPECT_THAT(TryReplay({.topic = "plain", .queue = "again"}),
              Refused(ErrorCode::kFailedPrecondition, "retention is off"));
  EXPECT_THAT(TryReplay({.topic = "nothing", .queue = "again"}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryReplay({.topic = "events", .queue = "nothing"}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryReplay({.topic = "events", .queue = "again", .rate = 0}),
              Refused(ErrorCode::kInvalidArgument, "1 to 100000"));
  EXPECT_THAT(TryReplay({.topic = "events", .queue = "again", .from = now(), .to = now()}),
              Refused(ErrorCode::kInvalidArgument, "not after"));
  EXPECT_THAT(TryReplay({.topic = "events", .queue = "again", .delivery_format = std::string(1'025, 'x')}),
              Refused(ErrorCode::kInvalidArgument, "1024"));
}

}  // namespace
}  // namespace broker::test
