#include "storage/memory_kv.h"

#include <gtest/gtest.h>

namespace broker::storage {
namespace {

class MemoryKvTest : public testing::Test {
 protected:
  Status Put(std::string_view key, std::string_view value, Sync sync) {
    auto batch = kv_.NewBatch();
    batch->Put(Family::kLog, key, value);
    return kv_.Write(std::move(batch), sync);
  }
  std::string All() {
    std::string pairs;
    EXPECT_TRUE(kv_.Scan(Family::kLog, "", "~", ReadMode::kExact, [&](std::string_view key, std::string_view value) {
                     pairs += std::string(key) + "=" + std::string(value) + " ";
                     return true;
                   }).ok());
    return pairs;
  }

  MemoryKv kv_;
};

TEST_F(MemoryKvTest, APowerCutLeavesAPrefixOfTheUnsyncedBatches) {
  ASSERT_TRUE(Put("a", "1", Sync::kNo).ok());
  ASSERT_TRUE(Put("b", "1", Sync::kYes).ok());
  EXPECT_EQ(kv_.unsynced_batches(), 0u);
  ASSERT_TRUE(Put("a", "2", Sync::kNo).ok());
  ASSERT_TRUE(Put("c", "1", Sync::kNo).ok());
  auto batch = kv_.NewBatch();
  batch->Delete(Family::kLog, "a");
  batch->DeleteRange(Family::kLog, "b", "d");
  batch->Put(Family::kLog, "b", "9");
  ASSERT_TRUE(kv_.Write(std::move(batch), Sync::kNo).ok());
  EXPECT_EQ(All(), "b=9 ");
  ASSERT_EQ(kv_.unsynced_batches(), 3u);
  kv_.CrashLosingUnsynced(2);
  EXPECT_EQ(All(), "a=2 b=1 c=1 ");
  EXPECT_EQ(kv_.unsynced_batches(), 0u);
}

TEST_F(MemoryKvTest, APowerCutMayTakeAllThatWasNotSynced) {
  ASSERT_TRUE(Put("a", "1", Sync::kYes).ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Put("a", std::to_string(i), Sync::kNo).ok());
  kv_.CrashLosingUnsynced(0);
  EXPECT_EQ(All(), "a=1 ");
}

TEST_F(MemoryKvTest, ReadsOfAFamilyFailAsOftenAsTold) {
  ASSERT_TRUE(Put("a", "1", Sync::kYes).ok());
  kv_.FailReads(Family::kLog, 2, MemoryKv::Fault::kDamaged);
  EXPECT_TRUE(kv_.Get(Family::kMeta, "a", ReadMode::kExact).ok());
  EXPECT_EQ(kv_.Get(Family::kLog, "a", ReadMode::kExact).error().code, ErrorCode::kDataLoss);
  EXPECT_FALSE(kv_.NewSnapshot()->Get(Family::kLog, "a", ReadMode::kExact).ok());
  EXPECT_EQ(All(), "a=1 ");
}

TEST_F(MemoryKvTest, TheEndOfTheProcessTakesNothingButDoesNotSync) {
  ASSERT_TRUE(Put("a", "1", Sync::kNo).ok());
  kv_.CrashKeepingAll();
  EXPECT_EQ(All(), "a=1 ");
  EXPECT_EQ(kv_.unsynced_batches(), 1u);
  kv_.CrashLosingUnsynced(0);
  EXPECT_EQ(All(), "");
}

TEST_F(MemoryKvTest, AfterAFailedWriteEveryLaterWriteFails) {
  kv_.FailWrite(2);
  ASSERT_TRUE(Put("a", "1", Sync::kYes).ok());
  EXPECT_EQ(Put("b", "1", Sync::kNo).error().code, ErrorCode::kInternal);
  EXPECT_EQ(Put("c", "1", Sync::kYes).error().code, ErrorCode::kInternal);
  EXPECT_TRUE(kv_.BackgroundError().has_value());
  EXPECT_EQ(kv_.unsynced_batches(), 0u);
  kv_.CrashLosingUnsynced(0);
  EXPECT_FALSE(kv_.BackgroundError().has_value());
  ASSERT_TRUE(Put("d", "1", Sync::kNo).ok());
  EXPECT_EQ(All(), "a=1 d=1 ");
}

TEST_F(MemoryKvTest, ABatchWhoseSyncFailedIsUnseenAndMaySurvive) {
  for (const std::size_t keep : {0u, 1u}) {
    ASSERT_TRUE(Put("a", "1", Sync::kYes).ok());
    kv_.FailSync(1, MemoryKv::Fault::kNoSpace);
    EXPECT_EQ(Put("a", "2", Sync::kYes).error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(All(), "a=1 ");
    ASSERT_EQ(kv_.unsynced_batches(), 1u);
    kv_.CrashLosingUnsynced(keep);
    EXPECT_EQ(All(), keep == 0 ? "a=1 " : "a=2 ");
  }
}

TEST_F(MemoryKvTest, ReclaimedValuesAreGoneForLiveReadsToo) {
  ASSERT_TRUE(Put("a", "1", Sync::kYes).ok());
  auto batch = kv_.NewBatch();
  batch->DeleteRange(Family::kLog, "a", "b");
  ASSERT_TRUE(kv_.Write(std::move(batch), Sync::kYes).ok());
  EXPECT_EQ(kv_.KeyCount(Family::kLog), 0u);
  EXPECT_EQ(**kv_.Get(Family::kLog, "a", ReadMode::kLive), "1");
  kv_.Reclaim(Family::kLog, "a", "b", 1);
  EXPECT_FALSE(kv_.Get(Family::kLog, "a", ReadMode::kLive)->has_value());
}

TEST_F(MemoryKvTest, CountsKeysAndBytes) {
  ASSERT_TRUE(Put("a", "123", Sync::kYes).ok());
  ASSERT_TRUE(Put("bb", "", Sync::kYes).ok());
  EXPECT_EQ(kv_.KeyCount(Family::kLog), 2u);
  EXPECT_EQ(kv_.ValueBytes(Family::kLog), 6u);
  EXPECT_EQ(kv_.KeyCount(Family::kMeta), 0u);
}

}  // namespace
}  // namespace broker::storage
