#include "broker/base/number.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace broker {
namespace {

TEST(Count, IsReadInDecimal) {
  EXPECT_EQ(*ParseCount("0"), 0u);
  EXPECT_EQ(*ParseCount("010"), 10u);
  EXPECT_EQ(*ParseCount("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}

class BadCounts : public testing::TestWithParam<const char*> {};
TEST_P(BadCounts, AreRefusedWithTheirText) {
  const auto count = ParseCount(GetParam());
  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(count.error().message.find(std::string("\"") + GetParam() + "\""), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Table, BadCounts,
                         testing::Values("", "-1", "+1", " 5", "5 ", "0x10", "1.5", "1e3", "1_000", "ten",
                                         "18446744073709551616"));

TEST(Size, IsReadWithItsUnitAndWrittenBack) {
  EXPECT_EQ(*ParseSize("512"), 512u);
  EXPECT_EQ(*ParseSize("512B"), 512u);
  EXPECT_EQ(*ParseSize("64MiB"), 64u << 20);
  EXPECT_EQ(FormatSize(0), "0B");
  EXPECT_EQ(FormatSize(1'000), "1000B");
  EXPECT_EQ(FormatSize(64u << 20), "64MiB");
}

class BadSizes : public testing::TestWithParam<const char*> {};
TEST_P(BadSizes, AreRefusedWithTheirText) {
  const auto size = ParseSize(GetParam());
  ASSERT_FALSE(size.ok());
  EXPECT_EQ(size.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(size.error().message.find(std::string("\"") + GetParam() + "\""), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Table, BadSizes,
                         testing::Values("", "MiB", "-1", "-1MiB", "1.5MiB", "64 MiB", "64mib", "64MB", "much",
                                         "99999999999GiB"));

}  // namespace
}  // namespace broker
