#include "broker/server/commit_thread.h"

#include <gtest/gtest.h>

#include <future>

#include "storage/memory_kv.h"
#include "tests/support/memory_marker.h"

namespace broker::server {
namespace {

class CommitThreadTest : public ::testing::Test {
 protected:
  CommitThreadTest() {
    auto opened = storage::Committer::Open(kv_, marker_);
    EXPECT_TRUE(opened.ok());
    committer_ = *std::move(opened);
  }

  engine::PendingGroup Group(const std::string& key) {
    engine::PendingGroup group;
    group.commit.batch = kv_.NewBatch();
    group.commit.batch->Put(storage::Family::kLog, key, "value");
    group.answers.push_back([this, key] { answered_.push_back(key); });
    return group;
  }

  bool Has(const std::string& key) {
    return kv_.Get(storage::Family::kLog, key, storage::ReadMode::kExact).value().has_value();
  }

  storage::MemoryKv kv_;
  storage::MemoryMarker marker_;
  std::unique_ptr<storage::Committer> committer_;
  std::vector<std::string> answered_;
};

TEST_F(CommitThreadTest, GivesTheGroupBackOnceItIsDurable) {
  std::promise<engine::PendingGroup> committed;
  CommitThread thread(
      *committer_, [&](engine::PendingGroup group) { committed.set_value(std::move(group)); },
      [](const Error& error) { FAIL() << error.message; });
  thread.Submit(Group("a"));
  engine::PendingGroup group = committed.get_future().get();
  EXPECT_TRUE(Has("a"));
  EXPECT_EQ(committer_->state().number, 1u);
  EXPECT_TRUE(answered_.empty());
  ASSERT_EQ(group.answers.size(), 1u);
  group.answers[0]();
  EXPECT_EQ(answered_, std::vector<std::string>{"a"});
}

TEST_F(CommitThreadTest, WhatWasSubmittedIsCommittedBeforeItEnds) {
  bool committed = false;
  {
    CommitThread thread(
        *committer_, [&](engine::PendingGroup) { committed = true; }, [](const Error&) {});
    thread.Submit(Group("a"));
  }
  EXPECT_TRUE(committed);
  EXPECT_TRUE(Has("a"));
}

TEST_F(CommitThreadTest, AFailureIsToldAndNothingIsGivenBack) {
  kv_.FailSync(1);
  std::promise<Error> failed;
  CommitThread thread(
      *committer_, [](engine::PendingGroup) { FAIL() << "it was not durable"; },
      [&](const Error& error) { failed.set_value(error); });
  thread.Submit(Group("a"));
  EXPECT_EQ(failed.get_future().get().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace broker::server
