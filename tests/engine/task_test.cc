// What all tasks share: how they are listed, limited, and for how long they are remembered.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::TaskState;

class Tasks : public EngineTest {
 protected:
  explicit Tasks(engine::EngineOptions options = {}) : EngineTest(options) {
    CreateQueue("a");
    CreateQueue("b");
  }

  engine::TaskInfo MoveAll() { return Move({.queue = "a", .destination = model::Target{std::nullopt, "b"}}); }
  std::vector<std::uint64_t> Ids(const engine::ListRequest& request) {
    std::vector<std::uint64_t> ids;
    const auto page = TryListTasks(request);
    EXPECT_TRUE(page.ok());
    for (const auto& task : page->items) ids.push_back(task.id.value());
    return ids;
  }
};

TEST_F(Tasks, AreListedNewestFirstInPages) {
  std::vector<std::uint64_t> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), MoveAll().id.value());
  EXPECT_EQ(Ids({}), newest_first);
  std::vector<std::uint64_t> paged;
  engine::ListRequest request{.page_size = 2};
  do {
    const auto page = TryListTasks(request);
    ASSERT_TRUE(page.ok());
    ASSERT_LE(page->items.size(), 2u);
    for (const auto& task : page->items) paged.push_back(task.id.value());
    request.page_token = page->next_page_token;
  } while (!request.page_token.empty());
  EXPECT_EQ(paged, newest_first);
}

TEST_F(Tasks, AreListedByKind) {
  const auto move = MoveAll().id.value();
  const auto redrive = Redrive("b").id.value();
  EXPECT_EQ(Ids({.prefix = "move"}), std::vector<std::uint64_t>{move});
  EXPECT_EQ(Ids({.prefix = "re"}), std::vector<std::uint64_t>{redrive});
  EXPECT_TRUE(Ids({.prefix = "replay"}).empty());
}

TEST_F(Tasks, AreSeenInTheirNamespaceOnly) {
  const auto task = MoveAll();
  caller.name_space = "other";
  EXPECT_TRUE(Ids({}).empty());
  EXPECT_THAT(GetTask(task.id), Refused(ErrorCode::kNotFound, "other"));
  EXPECT_THAT(TryCancelTask(task.id), Refused(ErrorCode::kNotFound, "other"));
}

TEST_F(Tasks, AreForgottenAWeekAfterTheirEnd) {
  const auto id = MoveAll().id;
  Advance(24h * 7 - 1s);
  EXPECT_TRUE(GetTask(id).ok());
  KillAndReopen();
  EXPECT_TRUE(GetTask(id).ok());
  Advance(2s);
  EXPECT_THAT(GetTask(id), Refused(ErrorCode::kNotFound, "no task"));
  EXPECT_EQ(store().KeyCount(storage::Family::kTasks), 0u);
}

TEST_F(Tasks, AreForgottenByTheThousand) {
  const auto first = MoveAll().id;
  for (int i = 0; i < 1'000; ++i) MoveAll();
  EXPECT_FALSE(GetTask(first).ok());
  EXPECT_EQ(store().KeyCount(storage::Family::kTasks), 1'000u);
}

TEST_F(Tasks, ThatHaveEndedCannotBeCancelled) {
  const auto id = MoveAll().id;
  EXPECT_THAT(TryCancelTask(id), Refused(ErrorCode::kFailedPrecondition, "done"));
  EXPECT_THAT(TryCancelTask(model::TaskId(4'711)), Refused(ErrorCode::kNotFound, "4711"));
}

TEST_F(Tasks, ListedWithBadInputAreRefused) {
  EXPECT_THAT(TryListTasks({.page_size = 0}), Refused(ErrorCode::kInvalidArgument, "page_size"));
  EXPECT_THAT(TryListTasks({.page_size = 1'001}), Refused(ErrorCode::kInvalidArgument, "1001"));
  EXPECT_THAT(TryListTasks({.page_token = "soon"}), Refused(ErrorCode::kInvalidArgument, "soon"));
}

class FewTasks : public Tasks {
 protected:
  FewTasks() : Tasks({.max_running_tasks = 1}) {}
};

TEST_F(FewTasks, RunAtATime) {
  Publish("a", "1,2,3,4,5");
  CreateQueue("c");
  const auto first = TryMove({.queue = "a", .destination = model::Target{std::nullopt, "b"}, .rate = 1});
  ASSERT_TRUE(first.ok());
  const engine::MoveRequest second{.queue = "c", .destination = model::Target{std::nullopt, "b"}};
  const auto refused = TryMove(second);
  EXPECT_THAT(refused, Refused(ErrorCode::kLimitExceeded, "1 tasks"));
  EXPECT_EQ(refused.error().reason, "QUOTA_EXCEEDED");
  KillAndReopen();
  EXPECT_FALSE(TryMove(second).ok());
  Advance(10s);
  EXPECT_TRUE(TryMove(second).ok());
}

}  // namespace
}  // namespace broker::test
