// Moves that are refused: that go round in circles, make no sense, or have lost their destination.
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using model::ResourceKind;

class MoveRefusals : public EngineTest {
 protected:
  MoveRefusals() {
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
  void PublishMany(const std::string& target, int count) {
    std::vector<std::string> bodies;
    for (int i = 0; i < count; ++i) bodies.push_back(std::to_string(i));
    Publish(target, Join(bodies));
  }
  // Two dead letters of "a" in "b".
  void FailInA(const model::ResourceRef& target) {
    UpdateQueue("a", {.delivery = {.redrive = model::RedrivePolicy{1, target}}});
    Publish("a", "1,2");
    ASSERT_EQ(Receive("a"), "1,2");
    Nack("a", "1,2");
    ASSERT_EQ(Counts("b"), "2 ready");
  }
};

TEST_F(MoveRefusals, OneAtATimeOfAQueue) {
  PublishMany("a", 5);
  CreateQueue("c");
  ASSERT_TRUE(TryMove(Slow(To("a", "b"))).ok());
  EXPECT_THAT(TryMove(To("a", "c")), Refused(ErrorCode::kFailedPrecondition, "already"));
  EXPECT_TRUE(TryMove(Slow(To("c", "b"))).ok()) << "another queue is free to go";
}

TEST_F(MoveRefusals, ThatChaseEachOtherAreRefused) {
  CreateQueue("c");
  CreateQueue("d");
  for (const char* queue : {"a", "b", "c", "d"}) PublishMany(queue, 5);
  ASSERT_TRUE(TryMove(Slow(To("a", "b"))).ok());
  EXPECT_THAT(TryMove(To("b", "a")), Refused(ErrorCode::kFailedPrecondition, "queue/b to queue/a"));
  EXPECT_THAT(TryMove(To("b", "a")), Refused(ErrorCode::kFailedPrecondition, "queue/a to queue/b"));
  ASSERT_TRUE(TryMove(Slow(To("b", "c"))).ok());
  EXPECT_THAT(TryMove(To("c", "a")), Refused(ErrorCode::kFailedPrecondition, "queue/b to queue/c"));
  EXPECT_TRUE(TryMove(To("c", "d")).ok()) << "a chain is no circle";
}

TEST_F(MoveRefusals, AreNotChasedByRehearsals) {
  PublishMany("a", 5);
  PublishMany("b", 500);
  auto rehearsal = To("b", "a");
  rehearsal.dry_run = true;
  Pending<engine::TaskInfo> first;
  Pending<engine::TaskInfo> second;
  engine().Move(caller, rehearsal, first.done());
  engine().Move(caller, To("a", "b"), second.done());
  Drain();
  EXPECT_TRUE(first.result().ok());
  EXPECT_TRUE(second.result().ok());
}

TEST_F(MoveRefusals, AgainstARunningRedriveAreRefused) {
  FailInA({ResourceKind::kQueue, "b"});
  ASSERT_TRUE(TryMove(Slow({.queue = "b"})).ok());
  EXPECT_THAT(TryMove(To("a", "b")), Refused(ErrorCode::kFailedPrecondition, "dead letters"));
}

TEST_F(MoveRefusals, AgainstARunningRedriveByATopicAreMadeToo) {
  CreateTopic("letters");
  SubscribeQueue("feed", "letters", "b");
  FailInA({ResourceKind::kTopic, "letters"});
  ASSERT_TRUE(TryMove(Slow({.queue = "b"})).ok());
  EXPECT_THAT(TryMove(To("a", "b")), Refused(ErrorCode::kFailedPrecondition, "dead letters"));
}

TEST_F(MoveRefusals, RoundByATopicAreRefused) {
  CreateTopic("events");
  SubscribeQueue("copy", "events", "a");
  EXPECT_THAT(TryMove(To("a", "events")), Refused(ErrorCode::kInvalidArgument, "come back"));
  PublishMany("b", 3);
  ASSERT_TRUE(TryMove(Slow(To("b", "events"))).ok());
  EXPECT_THAT(TryMove(To("a", "b")), Refused(ErrorCode::kFailedPrecondition, "topic/events"));
}

TEST_F(MoveRefusals, ByADestinationThatIsMadeAnew) {
  PublishMany("a", 5);
  const auto task = TryMove(Slow(To("a", "b")));
  ASSERT_TRUE(task.ok());
  DeleteQueue("b");
  CreateQueue("b");
  Advance(5s);
  const auto failed = GetTask(task->id);
  EXPECT_EQ(failed->state, engine::TaskState::kFailed);
  EXPECT_EQ(failed->reason, "queue/b was deleted");
  EXPECT_EQ(Counts("b"), "empty");
  EXPECT_EQ(Receive("a"), "1,2,3,4");
}

TEST_F(MoveRefusals, WithBadInputAreRefused) {
  EXPECT_THAT(TryMove(To("a", "a")), Refused(ErrorCode::kInvalidArgument, "itself"));
  EXPECT_THAT(TryMove(To("a", "nowhere")), Refused(ErrorCode::kNotFound, "nowhere"));
  EXPECT_THAT(TryMove(To("nowhere", "a")), Refused(ErrorCode::kNotFound, "nowhere"));
  auto request = To("a", "b");
  request.rate = 0;
  EXPECT_THAT(TryMove(request), Refused(ErrorCode::kInvalidArgument, "0 messages a second"));
  request.rate = model::kMaxTaskRate + 1;
  EXPECT_THAT(TryMove(request), Refused(ErrorCode::kInvalidArgument, "100001"));
  request.rate = model::kMaxTaskRate;
  EXPECT_TRUE(TryMove(request).ok());
  engine::MoveRequest into_subscription{.queue = "a", .destination = model::Target{ResourceKind::kSubscription, "x"}};
  EXPECT_THAT(TryMove(into_subscription), Refused(ErrorCode::kInvalidArgument, "subscription/x"));
}

}  // namespace
}  // namespace broker::test
