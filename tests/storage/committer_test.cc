#include "storage/committer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/memory_kv.h"
#include "tests/support/memory_marker.h"

namespace broker::storage {
namespace {

using testing::HasSubstr;

class CommitterTest : public testing::Test {
 protected:
  void Open() {
    auto opened = Committer::Open(kv_, marker_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    committer_ = std::move(*opened);
  }
  Status Commit(std::string_view key, Sync sync, std::int64_t time_ns = 0) {
    CommitGroup group;
    group.batch = kv_.NewBatch();
    group.batch->Put(Family::kLog, key, "value");
    group.sync = sync;
    group.engine_time = Time(Nanos(time_ns));
    return committer_->Commit(std::move(group));
  }
  std::optional<std::uint64_t> Marked() { return *marker_.Load(); }

  MemoryKv kv_;
  test::MemoryMarker marker_;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, ANewStoreIsAtGroupZero) {
  Open();
  EXPECT_EQ(committer_->state().number, 0u);
  EXPECT_EQ(committer_->state().engine_time, Time{});
}

TEST_F(CommitterTest, GroupsAreNumberedAndFoundAgainWithTheirTime) {
  Open();
  ASSERT_TRUE(Commit("a", Sync::kYes, 10).ok());
  ASSERT_TRUE(Commit("b", Sync::kNo, 20).ok());
  EXPECT_EQ(committer_->state().number, 2u);
  kv_.CrashKeepingAll();
  Open();
  EXPECT_EQ(committer_->state().number, 2u);
  EXPECT_EQ(committer_->state().engine_time, Time(Nanos(20)));
  kv_.CrashLosingUnsynced(0);
  Open();
  EXPECT_EQ(committer_->state().number, 1u);
  EXPECT_EQ(committer_->state().engine_time, Time(Nanos(10)));
}

TEST_F(CommitterTest, AGroupWithoutABatchWritesNothing) {
  Open();
  ASSERT_TRUE(committer_->Commit(CommitGroup{}).ok());
  EXPECT_EQ(committer_->state().number, 0u);
  EXPECT_EQ(Marked(), std::nullopt);
  ASSERT_TRUE(Commit("a", Sync::kYes).ok());
  EXPECT_EQ(committer_->state().number, 1u);
}

TEST_F(CommitterTest, TheMarkerFollowsSyncedGroupsOnly) {
  Open();
  ASSERT_TRUE(Commit("a", Sync::kNo).ok());
  EXPECT_EQ(Marked(), std::nullopt);
  ASSERT_TRUE(Commit("b", Sync::kYes).ok());
  EXPECT_EQ(Marked(), 2u);
  ASSERT_TRUE(Commit("c", Sync::kNo).ok());
  EXPECT_EQ(Marked(), 2u);
}

TEST_F(CommitterTest, AStoreThatLostSyncedGroupsIsRefusedByNumber) {
  Open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Commit("a", Sync::kYes).ok());
  ASSERT_TRUE(marker_.Store(9).ok());
  const auto opened = Committer::Open(kv_, marker_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(opened.error().reason, "MISSING_COMMIT_GROUPS");
  EXPECT_THAT(opened.error().message, HasSubstr("groups 6 to 9 are missing"));
}

TEST_F(CommitterTest, AnEmptyStoreBesideAMarkerIsRefused) {
  ASSERT_TRUE(marker_.Store(3).ok());
  const auto opened = Committer::Open(kv_, marker_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "MISSING_COMMIT_GROUPS");
}

TEST_F(CommitterTest, AnAlteredGroupRecordIsRefused) {
  Open();
  ASSERT_TRUE(Commit("a", Sync::kYes).ok());
  auto batch = kv_.NewBatch();
  batch->Put(Family::kMeta, "group", "not a sealed record");
  ASSERT_TRUE(kv_.Write(std::move(batch), Sync::kYes).ok());
  EXPECT_EQ(Committer::Open(kv_, marker_).error().reason, "CHECKSUM_MISMATCH");
}

TEST_F(CommitterTest, AFailedSyncEndsAllCommitsAndLeavesTheMarker) {
  Open();
  ASSERT_TRUE(Commit("a", Sync::kYes).ok());
  kv_.FailSync(1);
  EXPECT_FALSE(Commit("b", Sync::kYes).ok());
  EXPECT_FALSE(Commit("c", Sync::kNo).ok());
  EXPECT_EQ(Marked(), 1u);
  EXPECT_EQ(committer_->state().number, 1u);
}

TEST_F(CommitterTest, AFailedMarkerEndsAllCommits) {
  class BrokenMarker final : public Marker {
   public:
    Status Store(std::uint64_t) override { return Error(ErrorCode::kInternal, "FILE_ERROR", "broken"); }
    Result<std::optional<std::uint64_t>> Load() const override { return std::optional<std::uint64_t>(); }
  };
  BrokenMarker marker;
  committer_ = std::move(*Committer::Open(kv_, marker));
  ASSERT_TRUE(Commit("a", Sync::kNo).ok());
  EXPECT_FALSE(Commit("b", Sync::kYes).ok());
  EXPECT_FALSE(Commit("c", Sync::kNo).ok());
  EXPECT_FALSE(kv_.Get(Family::kLog, "c", ReadMode::kExact)->has_value());
}

}  // namespace
}  // namespace broker::storage
