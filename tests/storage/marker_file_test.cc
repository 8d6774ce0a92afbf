#include "storage/marker_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace broker::storage {
namespace {

class MarkerFileTest : public testing::Test {
 protected:
  void Open() {
    marker_.reset();
    auto opened = MarkerFile::Open(path_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    marker_ = std::move(*opened);
  }
  std::optional<std::uint64_t> Load() { return *marker_->Load(); }
  void FlipByte(std::streamoff offset) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const int byte = file.get();
    file.seekp(offset);
    file.put(static_cast<char>(byte ^ 0x10));
    ASSERT_TRUE(file.good());
  }

  test::TempFolder folder_;
  const std::string path_ = folder_ / "marker";
  std::unique_ptr<MarkerFile> marker_;
};

TEST_F(MarkerFileTest, ANewMarkerHoldsNothing) {
  Open();
  EXPECT_EQ(Load(), std::nullopt);
}

TEST_F(MarkerFileTest, HoldsTheLastNumberAlsoWhenOpenedAgain) {
  Open();
  for (const std::uint64_t group : {1u, 2u, 4u, 6u, 9u}) {
    ASSERT_TRUE(marker_->Store(group).ok());
    EXPECT_EQ(Load(), group);
    Open();
    EXPECT_EQ(Load(), group);
  }
  EXPECT_LE(std::filesystem::file_size(path_), 1024u);
}

TEST_F(MarkerFileTest, ATornWriteLeavesTheNumberBefore) {
  Open();
  ASSERT_TRUE(marker_->Store(7).ok());
  ASSERT_TRUE(marker_->Store(8).ok());
  FlipByte(512 + 15);
  EXPECT_EQ(Load(), 7u);
  Open();
  ASSERT_TRUE(marker_->Store(9).ok());
  EXPECT_EQ(Load(), 9u);
  FlipByte(512 + 15);
  EXPECT_EQ(Load(), 7u) << "9 must not have replaced the one slot that held";
}

TEST_F(MarkerFileTest, WithoutAnyGoodSlotItHoldsNothing) {
  Open();
  ASSERT_TRUE(marker_->Store(7).ok());
  FlipByte(3);
  EXPECT_EQ(Load(), std::nullopt);
  std::filesystem::resize_file(path_, 5);
  EXPECT_EQ(Load(), std::nullopt);
}

TEST_F(MarkerFileTest, AMissingFolderIsNamed) {
  const auto opened = MarkerFile::Open(folder_ / "absent/marker");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, testing::HasSubstr("absent/marker"));
}

}  // namespace
}  // namespace broker::storage
