// Space comes back by itself: what the engine says is empty leaves the disk, without anybody asking for a compaction.
#include <gtest/gtest.h>

#include <algorithm>

#include "storage/keys.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace broker::storage {
namespace {

constexpr std::uint64_t kMebibyte = 1u << 20;

class RocksdbReclaimTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    kv_.reset();
    auto opened = RocksdbKv::Open(folder_ / "store", options_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    kv_ = std::move(*opened);
  }
  void Commit(std::unique_ptr<Batch> batch) {
    const Status status = kv_->Write(std::move(batch), Sync::kNo);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  // Values that no compression makes smaller.
  std::string Value(std::size_t bytes) {
    std::string value;
    while (value.size() < bytes) {
      random_ ^= random_ << 13;
      random_ ^= random_ >> 7;
      random_ ^= random_ << 17;
      AppendBigEndian(value, random_);
    }
    return value;
  }
  void Fill(std::uint64_t log, std::uint64_t first, std::uint64_t count, std::size_t bytes = 1024) {
    auto batch = kv_->NewBatch();
    for (std::uint64_t i = first; i < first + count; ++i) batch->Put(Family::kLog, PairKey(log, i), Value(bytes));
    Commit(std::move(batch));
  }
  void Drop(std::uint64_t log, std::uint64_t first, std::uint64_t count, std::size_t bytes = 1024) {
    auto batch = kv_->NewBatch();
    batch->DeleteRange(Family::kLog, PairKey(log, first), PairKey(log, first + count));
    Commit(std::move(batch));
    kv_->Reclaim(Family::kLog, PairKey(log, first), PairKey(log, first + count), count * bytes);
  }
  std::uint64_t TableBytes() const { return test::FolderBytes(folder_.path(), ".log"); }

  test::TempFolder folder_;
  RocksdbOptions options_;
  std::unique_ptr<RocksdbKv> kv_;
  std::uint64_t random_ = 88172645463325252;
};

TEST_F(RocksdbReclaimTest, TenThousandSmallLogsLeaveNearlyNothing) {
  constexpr std::uint64_t kLogs = 10'000;
  for (std::uint64_t log = 1; log <= kLogs; ++log) Fill(log, 0, 100);
  ASSERT_GT(TableBytes(), 800 * kMebibyte);
  for (std::uint64_t log = 1; log <= kLogs; ++log) Drop(log, 0, 100);
  EXPECT_TRUE(test::WaitFor([&] { return TableBytes() < 64 * kMebibyte; })) << TableBytes();
  EXPECT_FALSE(kv_->BackgroundError().has_value());
}

TEST_F(RocksdbReclaimTest, LogsThatWereFilledInTurnsComeBackToo) {
  constexpr std::uint64_t kLogs = 1'000;
  for (std::uint64_t round = 0; round < 10; ++round) {
    for (std::uint64_t log = 1; log <= kLogs; ++log) Fill(log, round * 30, 30);
  }
  ASSERT_GT(TableBytes(), 200 * kMebibyte);
  for (std::uint64_t log = 1; log <= kLogs; ++log) {
    if (log % 10 != 0) Drop(log, 0, 300);
  }
  // A tenth, 29 MiB, lives on.
  EXPECT_TRUE(test::WaitFor([&] { return TableBytes() < 64 * kMebibyte; })) << TableBytes();
  for (std::uint64_t log = 1; log <= kLogs; ++log) {
    std::uint64_t left = 0;
    const auto count = [&](auto, auto) { return ++left > 0; };
    ASSERT_TRUE(kv_->Scan(Family::kLog, PairKey(log, 0), PairKey(log + 1, 0), ReadMode::kLive, count).ok());
    ASSERT_EQ(left, log % 10 == 0 ? 300u : 0u) << "log " << log;
  }
}

TEST_F(RocksdbReclaimTest, ALongLogThatIsDrainedChunkByChunkStaysSmall) {
  std::uint64_t greatest = 0;
  constexpr std::uint64_t kChunk = 16 * 1024;  // 16 MiB
  for (std::uint64_t chunk = 0; chunk < 16; ++chunk) {
    for (std::uint64_t i = 0; i < kChunk; i += 256) Fill(7, chunk * kChunk + i, 256);
    if (chunk > 0) Drop(7, (chunk - 1) * kChunk, kChunk);
    if (chunk % 5 == 4) {
      ASSERT_TRUE(test::WaitFor([&] { return TableBytes() < 128 * kMebibyte; })) << chunk << ": " << TableBytes();
    }
    greatest = std::max(greatest, TableBytes());
  }
  EXPECT_LT(greatest, 200 * kMebibyte);
}

TEST_F(RocksdbReclaimTest, StopsAtOnceInTheMiddleOfItsWork) {
  for (std::uint64_t log = 1; log <= 1'000; ++log) Fill(log, 0, 100);
  for (std::uint64_t log = 1; log <= 1'000; ++log) Drop(log, 0, 100);
  Open();
  EXPECT_FALSE(kv_->Get(Family::kLog, PairKey(500, 50), ReadMode::kExact)->has_value());
}

}  // namespace
}  // namespace broker::storage
