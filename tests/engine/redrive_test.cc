// Redrive: dead letters go back to the one queue or subscription they came from.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::TaskState;

class Redrives : public EngineTest {
 protected:
  Redrives() {
    CreateQueue("dead");
    model::QueueSettings settings;
    settings.delivery.redrive = DeadLetterTo("dead", 1);
    CreateQueue("orders", settings);
  }

  void CreateFailingPull(const std::string& name) {
    model::DeliverySettings pull{.retention = 24h};
    pull.redrive = DeadLetterTo("dead", 1);
    CreatePull(name, "events", pull);
  }
  void Fail(const std::string& source, const std::string& bodies) {
    ASSERT_EQ(Receive(source), bodies);
    Nack(source, bodies, "failed");
  }
};

TEST_F(Redrives, BringDeadLettersBackToTheirQueue) {
  Publish("orders", "a,b");
  Fail("orders", "a,b");
  EXPECT_EQ(Counts("dead"), "2 ready");
  const auto task = Redrive("dead");
  EXPECT_EQ(task.kind, "redrive");
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.moved, 2u);
  EXPECT_EQ(task.left, 0u);
  EXPECT_EQ(Counts("dead"), "empty");
  EXPECT_EQ(Receive("orders"), "a,b");
  EXPECT_EQ(Last("orders", "a").attempt, 1u) << "a fresh count";
}

TEST_F(Redrives, KeepTheStoryAndTheOrigin) {
  const auto id = Publish("orders", "a")[0];
  Fail("orders", "a");
  Redrive("dead");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_NE(Last("orders", "a").id, id);
  EXPECT_EQ(Last("orders", "a").origin, id);
  ASSERT_EQ(Last("orders", "a").message->dead_letter.size(), 1u);
  EXPECT_EQ(Last("orders", "a").message->dead_letter[0].reason, "failed");
}

TEST_F(Redrives, OfAPullSubscriptionsDeadLetterReachOnlyThatOne) {
  CreateTopic("events");
  CreateFailingPull("mail");
  CreateFailingPull("audit");
  CreateQueue("copy");
  SubscribeQueue("copy-events", "events", "copy");
  Publish("events", "a");
  Fail("mail", "a");
  EXPECT_EQ(Receive("audit"), "a");
  Ack("audit", "a");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  EXPECT_EQ(Counts("mail"), "1 ready");
  EXPECT_EQ(Counts("audit"), "empty");
  EXPECT_EQ(Counts("copy"), "1 ready");
  KillAndReopen();
  EXPECT_EQ(Counts("mail"), "1 ready");
  EXPECT_EQ(Counts("audit"), "empty");
  EXPECT_EQ(Receive("audit"), "");
  EXPECT_EQ(Receive("mail"), "a");
  Ack("mail", "a");
  EXPECT_EQ(Counts("mail"), "empty");
}

TEST_F(Redrives, OfAPullSubscriptionsDeadLetterAreNotSeenByLaterSubscriptions) {
  CreateTopic("events");
  CreateFailingPull("mail");
  Publish("events", "a");
  Fail("mail", "a");
  Redrive("dead");
  CreatePullAtEarliest("late", "events");
  Publish("events", "b");
  EXPECT_EQ(Receive("mail"), "a,b");
  const std::string late = Receive("late");
  EXPECT_TRUE(late == "b" || late == "a,b") << late;
  EXPECT_LE(Last("late", "b").attempt, 1u);
}

TEST_F(Redrives, CanFailAgain) {
  Publish("orders", "a");
  Fail("orders", "a");
  Redrive("dead");
  Fail("orders", "a");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").message->dead_letter.size(), 2u);
}

TEST_F(Redrives, ASubscriptionsDeadLetterCanFailAgain) {
  CreateTopic("events");
  CreateFailingPull("mail");
  Publish("events", "a");
  Fail("mail", "a");
  Redrive("dead");
  Fail("mail", "a");
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  EXPECT_EQ(Receive("mail"), "a");
}

TEST_F(Redrives, LeaveDeadLettersWhoseSourceIsGoneWithANote) {
  Publish("orders", "a,b");
  Fail("orders", "a,b");
  DeleteQueue("orders");
  const auto task = Redrive("dead");
  EXPECT_EQ(task.moved, 0u);
  EXPECT_EQ(task.left, 2u);
  ASSERT_EQ(task.notes.size(), 1u) << "one line per source";
  EXPECT_NE(task.notes[0].find("queue/orders"), std::string::npos) << task.notes[0];
  EXPECT_EQ(Receive("dead"), "a,b");
}

TEST_F(Redrives, DoNotTakeANewQueueOfTheSameNameForTheSource) {
  Publish("orders", "a");
  Fail("orders", "a");
  DeleteQueue("orders");
  CreateQueue("orders");
  const auto task = Redrive("dead");
  EXPECT_EQ(task.moved, 0u);
  EXPECT_EQ(task.left, 1u);
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(Redrives, LeaveWhatIsNoDeadLetterAndWhatIsLeased) {
  Publish("orders", "a,b");
  Fail("orders", "a,b");
  EXPECT_EQ(Receive("dead", 1), "a");
  Publish("dead", "visitor");
  const auto task = Redrive("dead");
  EXPECT_EQ(task.moved, 1u);
  EXPECT_EQ(task.left, 2u);
  EXPECT_EQ(Counts("dead"), "1 ready, 1 leased");
  EXPECT_EQ(Receive("orders"), "b");
  Ack("dead", "a");
  EXPECT_EQ(Receive("dead"), "visitor");
}

TEST_F(Redrives, OfAnEmptyQueueAreDoneAtOnce) {
  const auto task = Redrive("dead");
  EXPECT_EQ(task.state, TaskState::kDone);
  EXPECT_EQ(task.moved + task.left, 0u);
  EXPECT_TRUE(task.finished.has_value());
}

TEST_F(Redrives, OfManyMoveAll) {
  for (int batch = 0; batch < 3; ++batch) {
    std::vector<std::string> bodies;
    for (int i = 0; i < 1'000; ++i) bodies.push_back(std::to_string(batch * 1'000 + i));
    Publish("orders", Join(bodies));
    std::vector<engine::NackEntry> entries;
    for (const auto& delivery : Deliveries("orders", 1'000)) entries.push_back({delivery.receipt, "failed"});
    ASSERT_EQ(entries.size(), 1'000u);
    TryNack("orders", entries);
  }
  EXPECT_EQ(Counts("dead"), "3000 ready");
  EXPECT_EQ(Redrive("dead").moved, 3'000u);
  EXPECT_EQ(Counts("orders"), "3000 ready");
  EXPECT_EQ(Counts("dead"), "empty");
}

TEST_F(Redrives, GoOnAfterAKill) {
  std::vector<std::string> bodies;
  for (int i = 0; i < 500; ++i) bodies.push_back(std::to_string(i));
  Publish("orders", Join(bodies));
  std::vector<engine::NackEntry> entries;
  for (const auto& delivery : Deliveries("orders", 1'000)) entries.push_back({delivery.receipt, "failed"});
  TryNack("orders", entries);
  ASSERT_EQ(Counts("dead"), "500 ready");
  Pending<engine::TaskInfo> started;
  engine().Move(caller, {.queue = "dead"}, started.done());
  StopAtCommit(true);  // the task is on disk, its steps are not
  Kill();
  Reopen();
  Advance(1min);
  EXPECT_EQ(Counts("dead"), "empty");
  EXPECT_EQ(Counts("orders"), "500 ready");
  const auto tasks = TryListTasks();
  ASSERT_TRUE(tasks.ok());
  ASSERT_EQ(tasks->items.size(), 1u);
  EXPECT_EQ(tasks->items[0].state, TaskState::kDone);
  EXPECT_EQ(tasks->items[0].moved, 500u);
}

TEST_F(Redrives, AreListedNewestFirstInPages) {
  std::vector<std::uint64_t> expected;
  for (int i = 0; i < 5; ++i) expected.insert(expected.begin(), Redrive("dead").id.value());
  std::vector<std::uint64_t> listed;
  engine::ListRequest request{.page_size = 2};
  do {
    const auto page =
        Call<engine::ListPage<engine::TaskInfo>>([&](auto done) { engine().ListTasks(caller, request, done); });
    ASSERT_TRUE(page.ok());
    ASSERT_LE(page->items.size(), 2u);
    for (const auto& task : page->items) listed.push_back(task.id.value());
    request.page_token = page->next_page_token;
  } while (!request.page_token.empty());
  EXPECT_EQ(listed, expected);
  for (const engine::ListRequest& wrong :
       {engine::ListRequest{.page_size = 0}, engine::ListRequest{.page_token = "x1"}}) {
    EXPECT_THAT(Call<engine::ListPage<engine::TaskInfo>>([&](auto done) { engine().ListTasks(caller, wrong, done); }),
                Refused(ErrorCode::kInvalidArgument, "page_"));
  }
}

TEST_F(Redrives, ThatAreUnknownAreNamed) {
  EXPECT_THAT(Call<engine::TaskInfo>([&](auto done) { engine().GetTask(caller, model::TaskId(4'711), done); }),
              Refused(ErrorCode::kNotFound, "4711"));
}

TEST_F(Redrives, OfASubscriptionShowOnceInPages) {
  CreateTopic("events");
  CreateFailingPull("mail");
  Publish("events", "a");
  Fail("mail", "a");
  Publish("events", "b,c");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  Publish("events", "d");
  std::string token;
  std::vector<std::string> shown;
  do {
    const auto page = Call<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
      engine().Peek(caller, {.source = {std::nullopt, "mail"}, .page_size = 1, .page_token = token}, done);
    });
    ASSERT_TRUE(page.ok());
    for (const auto& message : page->items) shown.push_back(message.message->content.body);
    token = page->next_page_token;
    ASSERT_LT(shown.size(), 10u);
  } while (!token.empty());
  EXPECT_EQ(Join(shown), "b,c,a,d");
}

TEST_F(Redrives, LeaveWhatAnOrderedQueuesDelayHoldsBack) {
  model::QueueSettings settings;
  settings.delivery.ordered = true;
  settings.delay = 10s;
  CreateQueue("slow", settings);
  PublishKeyed("slow", "k", "a,b");
  const auto task = Redrive("slow");
  EXPECT_EQ(task.moved, 0u);
  EXPECT_EQ(task.left, 2u);
  EXPECT_EQ(Counts("slow"), "2 delayed");
  EXPECT_EQ(Receive("slow"), "");
  Advance(10s);
  EXPECT_EQ(Receive("slow"), "a,b");
}

TEST_F(Redrives, LaterDeadLettersStayWhereTheyAre) {
  Publish("orders", "a");
  Fail("orders", "a");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  Fail("orders", "a");
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(Redrives, TellWhenTheyMovedAMessageOn) {
  Publish("orders", "a");
  Fail("orders", "a");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").message->dead_letter[0].moved, Time{});
  Nack("dead", "a");
  Advance(5s);
  Redrive("dead");
  const Time moved = now();
  KillAndReopen();
  Fail("orders", "a");
  EXPECT_EQ(Receive("dead"), "a");
  const auto& stories = Last("dead", "a").message->dead_letter;
  ASSERT_EQ(stories.size(), 2u);
  EXPECT_EQ(stories[0].moved, moved);
  EXPECT_EQ(stories[1].moved, Time{});
  Nack("dead", "a");
  CreateQueue("elsewhere");
  Move({.queue = "dead", .destination = model::Target{{}, "elsewhere"}});
  EXPECT_EQ(Receive("elsewhere"), "a");
  EXPECT_EQ(Last("elsewhere", "a").message->dead_letter[1].moved, now());
}

}  // namespace
}  // namespace broker::test
