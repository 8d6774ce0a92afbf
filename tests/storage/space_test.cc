#include "storage/space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace broker::storage {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kMebibyte = 1u << 20;
constexpr std::uint64_t kGibibyte = 1u << 30;

class FreeSpaceTest : public testing::Test {
 protected:
  std::optional<std::string> CheckWith(std::uint64_t free_bytes) {
    free_bytes_ = free_bytes;
    return space_.Check();
  }

  std::uint64_t free_bytes_ = 0;
  std::uint64_t log_bytes_ = 0;
  bool broken_ = false;
  FreeSpace space_{"/data", [this]() -> Result<FileSystemSpace> {
                     if (broken_) return Error(ErrorCode::kInternal, "FILE_ERROR", "cannot ask /data");
                     return FileSystemSpace{
                         .free_bytes = free_bytes_, .total_bytes = 10 * kGibibyte, .log_bytes = log_bytes_};
                   }};
};

TEST(ReserveTest, IsTwoPerCentButAtLeastTwoHundredFiftySixMebibytes) {
  EXPECT_EQ(ReserveBytes(10 * kGibibyte), 256 * kMebibyte);
  EXPECT_EQ(ReserveBytes(1000 * kGibibyte), 20 * kGibibyte);
}

TEST(ReserveTest, IsNoMoreThanAQuarterOfASmallVolume) {
  EXPECT_EQ(ReserveBytes(kGibibyte), 256 * kMebibyte);
  EXPECT_EQ(ReserveBytes(400 * kMebibyte), 100 * kMebibyte);
  EXPECT_EQ(ReserveBytes(0), 0u);
}

TEST_F(FreeSpaceTest, IsFullBelowTheReserveOnly) {
  EXPECT_EQ(CheckWith(256 * kMebibyte), std::nullopt);
  EXPECT_NE(CheckWith(256 * kMebibyte - 1), std::nullopt);
}

TEST_F(FreeSpaceTest, DoesNotCountAsFreeWhatTheLogHasStillToTake) {
  log_bytes_ = 100 * kMebibyte;
  EXPECT_EQ(CheckWith(356 * kMebibyte), std::nullopt);
  EXPECT_THAT(CheckWith(356 * kMebibyte - 1).value_or("not full"), HasSubstr("100 MiB for what the store's log holds"));
}

TEST_F(FreeSpaceTest, StaysFullUntilHalfAReserveMoreIsFree) {
  EXPECT_NE(CheckWith(100 * kMebibyte), std::nullopt);
  EXPECT_NE(CheckWith(300 * kMebibyte), std::nullopt);
  EXPECT_EQ(CheckWith(384 * kMebibyte), std::nullopt);
  EXPECT_EQ(CheckWith(300 * kMebibyte), std::nullopt);
}

TEST_F(FreeSpaceTest, SaysWhereHowMuchAndWhatToDo) {
  const auto why = CheckWith(100 * kMebibyte);
  ASSERT_TRUE(why.has_value());
  EXPECT_THAT(*why, HasSubstr("/data has 100 MiB free of 10240 MiB; 256 MiB are kept in reserve"));
  EXPECT_THAT(*why, HasSubstr("from 384 MiB free on"));
}

TEST_F(FreeSpaceTest, WhatCannotBeAskedCountsAsFull) {
  broken_ = true;
  EXPECT_EQ(CheckWith(kGibibyte), "cannot ask /data");
  broken_ = false;
  EXPECT_EQ(CheckWith(kGibibyte), std::nullopt);
}

TEST(ProbeTest, ReadsARealFileSystemAndNamesAMissingOne) {
  const auto found = ProbeFileSystem("/")();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_GT(found->total_bytes, 0u);
  EXPECT_LE(found->free_bytes, found->total_bytes);
  const auto missing = ProbeFileSystem("/absent/folder")();
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("/absent/folder"));
}

}  // namespace
}  // namespace broker::storage
