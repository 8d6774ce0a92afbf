#include "cli/point_in_time.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "broker/base/duration.h"

namespace broker::cli {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow{std::chrono::seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z

struct Good {
  const char* text;
  Time expected;
};
class GoodPoint : public testing::TestWithParam<Good> {};
TEST_P(GoodPoint, IsRead) {
  const auto time = ParsePointInTime("--time", GetParam().text, kNow);
  ASSERT_TRUE(time.ok()) << time.error().message;
  EXPECT_EQ(*time, GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    All, GoodPoint,
    testing::Values(Good{"now", kNow}, Good{"-1h", kNow - 1h}, Good{"+1h30m", kNow + 90min}, Good{"-0", kNow},
                    Good{"2023-11-14T22:13:20Z", kNow}, Good{"2023-11-14 22:13:20z", kNow},
                    Good{"2023-11-14T23:13:20+01:00", kNow}, Good{"2023-11-14T12:43:20-09:30", kNow},
                    Good{"2023-11-14T22:13:20.5Z", kNow + 500ms}, Good{"2023-11-14T22:13:20.0000000019Z", kNow + 1ns},
                    Good{"1969-12-31T23:59:59Z", Time(-1s)}, Good{"2262-04-11T23:47:15.9Z", Time(9'223'372'035'900ms)},
                    Good{"1677-09-21T00:12:44Z", Time(-9'223'372'036s)}, Good{"+2089825h", kNow + 2'089'825h}));

class BadPoint : public testing::TestWithParam<const char*> {};
TEST_P(BadPoint, IsRefusedWithItsFlag) {
  const auto time = ParsePointInTime("--from", GetParam(), kNow);
  ASSERT_FALSE(time.ok());
  EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(time.error().violations.at(0).field, "--from");
}
INSTANTIATE_TEST_SUITE_P(All, BadPoint,
                         testing::Values("", "-", "yesterday", "-1", "-1x", "--1h", "2023-11-14", "2023-11-14T22:13:20",
                                         "2023-02-30T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z",
                                         "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", "0001-01-01T00:00:00Z",
                                         "9999-01-01T00:00:00Z", "2023-11-14T22:13:20+1:00"));

class FarPoint : public testing::TestWithParam<const char*> {};
TEST_P(FarPoint, IsRefusedWithTheLimits) {
  const auto time = ParsePointInTime("--time", GetParam(), kNow);
  ASSERT_FALSE(time.ok()) << FormatTime(*time);
  EXPECT_EQ(time.error().message, fmt::format("--time: \"{}\" is outside 1677-09-21T00:12:44.000Z to "
                                              "2262-04-11T23:47:16.000Z",
                                              GetParam()));
}
INSTANTIATE_TEST_SUITE_P(All, FarPoint,
                         testing::Values("+2500000h", "+2089826h", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                                         "2262-04-11T23:47:16Z", "1677-09-21T00:12:43Z"));

TEST(Moved, StaysWithinTheLimits) {
  EXPECT_EQ(*Moved("--for", "7d", kNow, 168h), kNow + 168h);
  EXPECT_FALSE(Moved("--for", "", Time(-9'223'372'036s), -1ns).ok());
  EXPECT_FALSE(Moved("--for", "", Time::max(), Nanos::max()).ok());
}

}  // namespace
}  // namespace broker::cli
