#include "broker/server/storage_watch.h"

#include <gmock/gmock.h>

#include <vector>

#include "storage/memory_kv.h"

namespace broker::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kGib = 1u << 30;

class StorageWatchTest : public ::testing::Test {
 protected:
  void Look(std::uint64_t free_bytes) {
    free_bytes_ = free_bytes;
    watch_.Look();
  }

  std::uint64_t free_bytes_ = 10 * kGib;
  std::vector<std::string> told_;  // "room" or why not
  storage::MemoryKv kv_;
  storage::FreeSpace space_{"/data", [this]() -> Result<storage::FileSystemSpace> {
                              return storage::FileSystemSpace{.free_bytes = free_bytes_, .total_bytes = 100 * kGib};
                            }};
  StorageWatch watch_{space_, kv_, [this](std::optional<std::string> why) { told_.push_back(why.value_or("room")); },
                      [this](const Error& error) { told_.push_back("failed: " + error.reason); }};
};

TEST_F(StorageWatchTest, TellsOnlyChanges) {
  Look(10 * kGib);
  EXPECT_TRUE(told_.empty());
  Look(1 * kGib);  // below 2 %
  Look(1 * kGib);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("/data")));
  Look(10 * kGib);
  Look(10 * kGib);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("/data"), "room"));
}

TEST_F(StorageWatchTest, LooksAgainWhenMuchWasWrittenWithoutWaitingForItsTurn) {
  Look(10 * kGib);
  free_bytes_ = 1 * kGib;
  watch_.Wrote(3u << 20);
  EXPECT_TRUE(told_.empty());
  watch_.Wrote(1u << 20);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("/data")));
}

TEST_F(StorageWatchTest, DamageIsNotToldAsLackOfSpace) {
  kv_.FailWrite(1, storage::MemoryKv::Fault::kDamaged);
  EXPECT_FALSE(kv_.Write(kv_.NewBatch(), storage::Sync::kYes).ok());
  Look(10 * kGib);
  Look(10 * kGib);
  EXPECT_THAT(told_, ElementsAre("failed: STORE_DAMAGED"));
  Look(1 * kGib);
  EXPECT_THAT(told_, ElementsAre("failed: STORE_DAMAGED", HasSubstr("/data")));
}

TEST_F(StorageWatchTest, NoSpaceForTheStoresOwnThreadsCountsTheSame) {
  kv_.FailWrite(1, storage::MemoryKv::Fault::kNoSpace);
  EXPECT_FALSE(kv_.Write(kv_.NewBatch(), storage::Sync::kYes).ok());
  ASSERT_TRUE(kv_.BackgroundError().has_value());
  Look(10 * kGib);
  EXPECT_THAT(told_, ElementsAre(kv_.BackgroundError()->message));
}

}  // namespace
}  // namespace broker::server
