#include "broker/server/thread_executor.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace broker::server {
namespace {

TEST(ThreadExecutorTest, OneThreadRunsInTheOrderOfPosting) {
  ThreadExecutor executor(1);
  std::vector<int> seen;
  std::promise<void> last;
  for (int i = 0; i < 100; ++i) executor.Post([&, i] { seen.push_back(i); });
  executor.Post([&] { last.set_value(); });
  last.get_future().wait();
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(ThreadExecutorTest, ABlockedReadDoesNotHoldUpTheOtherThread) {
  ThreadExecutor executor(2);
  std::promise<void> release, other;
  executor.Post([held = release.get_future().share()] { held.wait(); });
  executor.Post([&] { other.set_value(); });
  other.get_future().wait();
  release.set_value();
}

TEST(ThreadExecutorTest, StopEndsWhatRunsAndDropsWhatWaits) {
  ThreadExecutor executor(1);
  std::promise<void> begun, release;
  bool ended = false, dropped_ran = false;
  auto token = std::make_shared<int>(0);
  executor.Post([&, held = release.get_future().share()] {
    begun.set_value();
    held.wait();
    ended = true;
  });
  begun.get_future().wait();
  executor.Post([&, token] { dropped_ran = true; });
  std::thread stopper([&] { executor.Stop(); });
  release.set_value();
  stopper.join();
  EXPECT_TRUE(ended);
  // What waited may have begun before Stop came; either way it is gone now.
  EXPECT_EQ(token.use_count(), 1) << dropped_ran;
}

TEST(ThreadExecutorTest, PostsAfterStopAreDropped) {
  ThreadExecutor executor(2);
  executor.Stop();
  auto token = std::make_shared<int>(0);
  executor.Post([token] {});
  EXPECT_EQ(token.use_count(), 1);
  executor.Stop();  // again: no effect
}

TEST(ThreadExecutorTest, WorkMayPostMore) {
  ThreadExecutor executor(1);
  std::promise<void> done;
  executor.Post([&] { executor.Post([&] { done.set_value(); }); });
  done.get_future().wait();
}

}  // namespace
}  // namespace broker::server
