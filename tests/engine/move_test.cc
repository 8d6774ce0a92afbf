// Moves: to another queue or topic, by a filter, at a pace, as a rehearsal; and what is refused.
#include <algorithm>

#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::TaskState;
using model::ResourceKind;

class Moves : public EngineTest {
 protected:
  explicit Moves(engine::EngineOptions options = {}) : EngineTest(options) {
    CreateQueue("a");
    CreateQueue("b");
  }

  static engine::MoveRequest To(const std::string& from, const std::string& to) {
    return {.queue = from, .destination = model::Target{std::nullopt, to}};
  }
  static engine::MoveRequest Slow(engine::MoveRequest request) {
    request.rate = 1;
    return request;
  }
  static model::Filter Where(const std::string& text) {
    auto filter = model::Filter::Parse(text);
    EXPECT_TRUE(filter.ok()) << text;
    return *filter;
  }
  void PublishMany(const std::string& target, int count) {
    std::vector<std::string> bodies;
    for (int i = 0; i < count; ++i) bodies.push_back(std::to_string(i));
    Publish(target, Join(bodies));
  }
  void PublishKind(const std::string& body, const std::string& kind) {
    engine::PublishRequest request{.target = {std::nullopt, "a"}};
    request.entries.resize(1);
    request.entries[0].content.body = body;
    request.entries[0].content.attributes["kind"] = {model::AttributeKind::kText, kind, {}};
    ASSERT_TRUE(TryPublish(request).ok());
  }
  void FailInA(const std::string& bodies) {
    UpdateQueue("a", {.delivery = {.redrive = DeadLetterTo("b", 1)}});
    Publish("a", bodies);
    ASSERT_EQ(Receive("a"), bodies);
    Nack("a", bodies);
  }
};

TEST_F(Moves, TakeEverythingThatWaitsToAnotherQueue) {
  Publish("a", "1,2,3");
  EXPECT_EQ(Receive("a", 1), "1");
  Nack("a", "1");
  const auto task = Move(To("a", "b"));
  EXPECT_EQ(task.kind, "move");
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.source, (model::ResourceRef{ResourceKind::kQueue, "a"}));
  ASSERT_TRUE(task.destination.has_value());
  EXPECT_EQ(*task.destination, (model::ResourceRef{ResourceKind::kQueue, "b"}));
  EXPECT_EQ(task.total, 3u);
  EXPECT_EQ(task.moved, 3u);
  EXPECT_EQ(Counts("a"), "empty");
  EXPECT_EQ(Receive("b"), "1,2,3");
  EXPECT_EQ(Last("b", "1").attempt, 1u);
}

TEST_F(Moves, SayWhatIsDelayedAndStays) {
  Publish("a", "now");
  PublishDelayed("a", "later", 1h);
  PublishDelayed("a", "latest", 2h);
  const auto task = Move(To("a", "b"));
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.total, 3u);
  EXPECT_EQ(task.moved, 1u);
  EXPECT_EQ(task.left, 2u);
  EXPECT_THAT(task.notes, testing::ElementsAre("delayed, not due yet"));
  EXPECT_EQ(Counts("a"), "2 delayed");
}

TEST_F(Moves, KeepWhereAMessageCameFrom) {
  const auto id = Publish("a", "1")[0];
  Move(To("a", "b"));
  EXPECT_EQ(Receive("b"), "1");
  EXPECT_EQ(Last("b", "1").origin, id);
  Nack("b", "1");
  CreateQueue("c");
  Move(To("b", "c"));
  EXPECT_EQ(Receive("c"), "1");
  EXPECT_EQ(Last("c", "1").origin, id) << "the first home's";
}

TEST_F(Moves, KeepBySubscriptionAndFormatAMessageCame) {
  CreateTopic("events");
  SubscribeQueue("copy", "events", "a", "envelope");
  const auto id = Publish("events", "1")[0];
  Move(To("a", "b"));
  EXPECT_EQ(Receive("b"), "1");
  EXPECT_EQ(Last("b", "1").subscription, "copy");
  EXPECT_EQ(Last("b", "1").delivery_format, "envelope");
  EXPECT_EQ(Last("b", "1").origin, id);
}

TEST_F(Moves, ToATopicReachAllItsSubscriptions) {
  CreateTopic("events");
  CreatePull("mail", "events");
  CreateQueue("copy");
  SubscribeQueue("copy-events", "events", "copy");
  Publish("a", "1,2");
  EXPECT_EQ(Move(To("a", "events")).moved, 2u);
  EXPECT_EQ(Receive("mail"), "1,2");
  EXPECT_EQ(Receive("copy"), "1,2");
  EXPECT_EQ(Counts("a"), "empty");
}

TEST_F(Moves, ToATopicThatNobodyListensToAreRefused) {
  CreateTopic("events");
  Publish("a", "1");
  EXPECT_THAT(TryMove(To("a", "events")), Refused(ErrorCode::kFailedPrecondition, "topic/events"));
  EXPECT_EQ(Counts("a"), "1 ready");
}

TEST_F(Moves, StopWhenTheTopicsLastListenerGoes) {
  CreateTopic("events");
  CreatePull("mail", "events");
  Publish("a", "1,2");
  const auto task = TryMove(Slow(To("a", "events")));
  ASSERT_TRUE(task.ok());
  DeleteSubscription("mail");
  Advance(2s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kFailed);
  EXPECT_NE(GetTask(task->id)->reason.find("topic/events"), std::string::npos);
  EXPECT_EQ(Counts("a"), "1 ready");
}

TEST_F(Moves, OfDeadLettersToElsewhereLeaveTheirSourceAlone) {
  FailInA("1,2");
  Publish("b", "visitor");
  CreateQueue("c");
  const auto task = Move(To("b", "c"));
  EXPECT_EQ(task.moved, 3u) << "all that waits, dead letters or not";
  EXPECT_EQ(Counts("a"), "empty");
  EXPECT_EQ(Receive("c"), "1,2,visitor");
  EXPECT_EQ(Last("c", "1").message->dead_letter.size(), 1u);
}

TEST_F(Moves, DownTheDeadLetterChainAreFine) {
  UpdateQueue("a", {.delivery = {.redrive = DeadLetterTo("b", 1)}});
  Publish("a", "1");
  EXPECT_EQ(Move(To("a", "b")).moved, 1u);
  EXPECT_EQ(Receive("b"), "1");
}

TEST_F(Moves, TakeOnlyWhatPassesTheFilter) {
  PublishKind("1", "created");
  PublishKind("2", "deleted");
  PublishKind("3", "created");
  auto request = To("a", "b");
  request.filter = Where("attributes.kind = \"created\"");
  const auto task = Move(request);
  EXPECT_EQ(task.moved, 2u);
  EXPECT_EQ(task.left, 1u);
  EXPECT_EQ(task.total, 3u);
  EXPECT_EQ(task.filter, "attributes.kind = \"created\"");
  ASSERT_EQ(task.notes.size(), 1u);
  EXPECT_NE(task.notes[0].find("filter"), std::string::npos);
  EXPECT_EQ(Receive("a"), "2");
  EXPECT_EQ(Last("a", "2").attempt, 1u);
  EXPECT_EQ(Receive("b"), "1,3");
}

TEST_F(Moves, RehearsedMoveNothingButSayWhatTheyWould) {
  FailInA("1,2,3");
  Publish("b", "visitor");
  EXPECT_EQ(Receive("b", 1), "1");
  const auto task = Move({.queue = "b", .dry_run = true});
  EXPECT_TRUE(task.dry_run);
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.moved, 2u);
  EXPECT_EQ(task.left, 2u);
  EXPECT_EQ(task.notes.size(), 2u);
  EXPECT_EQ(Counts("b"), "3 ready, 1 leased");
  EXPECT_EQ(Counts("a"), "empty");
  EXPECT_EQ(store().KeyCount(storage::Family::kOutstanding), 1u) << "nothing but the lease";
  EXPECT_EQ(Receive("b"), "2,3,visitor");
}

TEST_F(Moves, RehearsedOverAColdBacklogReadItAll) {
  PublishMany("a", 350);
  KillAndReopen();
  auto request = To("a", "b");
  request.dry_run = true;
  EXPECT_EQ(Move(request).moved, 350u);
  EXPECT_EQ(Counts("a"), "350 ready");
  EXPECT_EQ(Counts("b"), "empty");
}

TEST_F(Moves, KeepTheirPace) {
  PublishMany("a", 100);
  auto request = To("a", "b");
  request.rate = 10;
  const Time start = now();
  const auto task = TryMove(request);
  ASSERT_TRUE(task.ok());
  for (const int seconds : {1, 2, 5}) {
    Advance(start + std::chrono::seconds(seconds) - now());
    const auto moved = GetTask(task->id)->moved;
    EXPECT_GE(moved, static_cast<std::uint64_t>(10 * seconds)) << seconds;
    EXPECT_LE(moved, static_cast<std::uint64_t>(10 * seconds) + 1) << seconds;
  }
  Advance(5s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kDone);
  EXPECT_EQ(Counts("b"), "100 ready");
}

TEST_F(Moves, KeepTheirPaceAfterAKill) {
  PublishMany("a", 100);
  auto request = To("a", "b");
  request.rate = 10;
  const auto task = TryMove(request);
  ASSERT_TRUE(task.ok());
  Advance(2s);
  KillAndReopen();
  EXPECT_EQ(GetTask(task->id)->rate, 10u);
  const auto moved = GetTask(task->id)->moved;
  EXPECT_LE(moved, 22u);
  Advance(2s);
  EXPECT_EQ(GetTask(task->id)->moved, moved + 20);
  Advance(10s);
  EXPECT_EQ(Counts("b"), "100 ready");
  EXPECT_EQ(Counts("a"), "empty");
}

TEST_F(Moves, AreNotSlowedByWhatTheFilterLeaves) {
  PublishKind("1", "created");
  for (int i = 0; i < 250; ++i) PublishKind(std::to_string(i), "deleted");
  PublishKind("last", "created");
  auto request = Slow(To("a", "b"));
  request.filter = Where("attributes.kind = \"created\"");
  const auto task = TryMove(request);
  ASSERT_TRUE(task.ok());
  Advance(1s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kDone);
  EXPECT_EQ(GetTask(task->id)->moved, 2u);
}

TEST_F(Moves, LeaveAloneWhatComesLater) {
  PublishMany("a", 3);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  EXPECT_EQ(task->total, 3u);
  Publish("a", "later");
  Advance(10s);
  EXPECT_EQ(GetTask(task->id)->moved, 3u);
  EXPECT_EQ(Receive("a"), "later");
}

TEST_F(Moves, CanBeCancelledAndKeepWhatTheyMoved) {
  PublishMany("a", 10);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  Advance(2s);
  const auto cancelled = TryCancelTask(task->id);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(cancelled->state, TaskState::kCancelled);
  EXPECT_TRUE(cancelled->finished.has_value());
  EXPECT_EQ(cancelled->moved, 3u);
  Advance(1min);
  EXPECT_EQ(Counts("b"), "3 ready");
  EXPECT_EQ(Counts("a"), "7 ready");
  KillAndReopen();
  Advance(1min);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kCancelled);
  EXPECT_EQ(Counts("a"), "7 ready");
  EXPECT_TRUE(TryMove(To("a", "b")).ok()) << "the queue is free again";
}

TEST_F(Moves, CancelledInAReadGoNoFurther) {
  PublishMany("a", 150);
  KillAndReopen();
  const model::TaskId next(Move(To("b", "a")).id.value() + 1);
  Pending<engine::TaskInfo> started;
  engine().Move(caller, To("a", "b"), started.done());
  engine().RunDue();  // asks for the records
  Pending<engine::TaskInfo> cancelled;
  engine().CancelTask(caller, next, cancelled.done());
  Drain();
  ASSERT_TRUE(cancelled.result().ok());
  EXPECT_EQ(cancelled.result()->state, TaskState::kCancelled);
  EXPECT_EQ(Counts("a"), "150 ready");
  EXPECT_EQ(Counts("b"), "empty");
}

TEST_F(Moves, FailWhenTheDestinationGoesAndLoseNothing) {
  PublishMany("a", 5);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  DeleteQueue("b");
  Advance(5s);
  const auto failed = GetTask(task->id);
  EXPECT_EQ(failed->state, TaskState::kFailed);
  EXPECT_NE(failed->reason.find("queue/b"), std::string::npos) << failed->reason;
  EXPECT_EQ(failed->moved, 1u);
  EXPECT_EQ(Receive("a"), "1,2,3,4");
}

TEST_F(Moves, FailWhenTheirQueueGoes) {
  PublishMany("a", 5);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  DeleteQueue("a");
  CreateQueue("a");
  Publish("a", "new");
  Advance(5s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kFailed);
  EXPECT_EQ(Receive("a"), "new") << "another queue of the same name";
}

TEST_F(Moves, FailOnAFullStoreAndLoseNothing) {
  PublishMany("a", 5);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  engine().SetStorageFull("only 12 MiB are free");
  Advance(2s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kFailed);
  EXPECT_NE(GetTask(task->id)->reason.find("12 MiB"), std::string::npos);
  EXPECT_THAT(TryMove(To("a", "b")), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_EQ(StatsOf("a").ready + StatsOf("b").ready, 5u);
}

TEST_F(Moves, GoAroundWhatSomebodyReceivesMeanwhile) {
  PublishMany("a", 5);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  EXPECT_EQ(Receive("a", 2), "1,2");
  Ack("a", "1");
  Advance(5s);
  EXPECT_EQ(GetTask(task->id)->state, TaskState::kDone);
  EXPECT_EQ(GetTask(task->id)->moved, 3u);
  EXPECT_EQ(GetTask(task->id)->left, 1u);
  EXPECT_EQ(Receive("b"), "0,3,4");
  Ack("a", "2");
  EXPECT_EQ(Counts("a"), "empty");
}

TEST_F(Moves, KeepTheOrderOfAKey) {
  model::QueueSettings ordered;
  ordered.delivery.ordered = true;
  CreateQueue("from", ordered);
  CreateQueue("to", ordered);
  PublishKeyed("from", "k", "1,2");
  PublishKeyed("from", "l", "x,y");
  PublishKeyed("from", "k", "3");
  EXPECT_EQ(Move(To("from", "to")).moved, 5u);
  EXPECT_EQ(Receive("to", 2), "1,2");
  EXPECT_EQ(Receive("to"), "x,y") << "3 waits for 1 and 2";
}

TEST_F(Moves, OfDelayedMessagesWaitUntilTheyAreDue) {
  PublishDelayed("a", "late", 10s);
  EXPECT_EQ(Move(To("a", "b")).moved, 0u);
  EXPECT_EQ(Counts("a"), "1 delayed");
}

// Every commit boundary of a move is a place to die: at ten of them, drawn at random, the process does.
TEST_F(Moves, OfManySurviveKillsAtAnyCommit) {
  constexpr int kMessages = 100'000;
  for (int batch = 0; batch < kMessages / 1'000; ++batch) {
    engine::PublishRequest request{.target = {std::nullopt, "a"}};
    request.entries.resize(1'000);
    for (int i = 0; i < 1'000; ++i)
      request.entries[static_cast<std::size_t>(i)].content.body = std::to_string(batch * 1'000 + i);
    ASSERT_TRUE(TryPublish(request).ok());
  }
  Pending<engine::TaskInfo> started;
  engine().Move(caller, To("a", "b"), started.done());
  StopAtCommit(true);
  Kill();
  SeededEntropy chance(4'711);
  for (int death = 0; death < 9; ++death) {
    ReopenFor(20 + chance.Below(90));
    StopAtCommit(chance.OneIn(2));
    Kill();
  }
  Reopen();
  const auto tasks = TryListTasks();
  ASSERT_EQ(tasks->items.size(), 1u);
  EXPECT_EQ(tasks->items[0].state, TaskState::kDone);
  EXPECT_EQ(tasks->items[0].moved, static_cast<std::uint64_t>(kMessages));
  EXPECT_EQ(Counts("a"), "empty");
  std::vector<bool> seen(kMessages, false);
  for (int i = 0; i < kMessages / 1'000; ++i) {
    const auto response = TryReceive({.source = {std::nullopt, "b"}, .max_messages = 1'000});
    ASSERT_TRUE(response.ok());
    std::vector<std::string> receipts;
    for (const auto& delivery : response->deliveries) {
      const auto number = static_cast<std::size_t>(std::stoi(delivery.message->content.body));
      EXPECT_FALSE(seen.at(number)) << number << " came twice";
      seen[number] = true;
      receipts.push_back(delivery.receipt);
    }
    ASSERT_FALSE(receipts.empty());
    TryAck("b", receipts);
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), kMessages);
  EXPECT_EQ(Counts("b"), "empty");
}

}  // namespace
}  // namespace broker::test
