#include "broker/native/time_codec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

namespace broker::native {
namespace {

using namespace std::chrono_literals;

google::protobuf::Duration Of(std::int64_t seconds, std::int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

struct Good {
  std::int64_t seconds;
  std::int32_t nanos;
  Nanos expected;
};
class GoodDuration : public testing::TestWithParam<Good> {};
TEST_P(GoodDuration, IsRead) {
  const auto read = FromProto("delay", Of(GetParam().seconds, GetParam().nanos));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, GetParam().expected);
}
TEST_P(GoodDuration, IsWrittenAsItWasRead) {
  google::protobuf::Duration out;
  ToProto(GetParam().expected, &out);
  EXPECT_EQ(out.seconds(), GetParam().seconds);
  EXPECT_EQ(out.nanos(), GetParam().nanos);
}
INSTANTIATE_TEST_SUITE_P(All, GoodDuration,
                         testing::Values(Good{0, 0, 0ns}, Good{0, 1, 1ns}, Good{30, 0, 30s},
                                         Good{1, 500'000'000, 1500ms}, Good{43'200, 0, 12h},
                                         Good{9'223'372'036, 854'775'807, Nanos::max()}));

TEST(Times, AreRead) {
  google::protobuf::Timestamp time;
  time.set_seconds(-1);
  time.set_nanos(5);
  const auto read = FromProto("from", time);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, Time(-1s + 5ns));
  for (const auto& [seconds, nanos] : {std::pair<std::int64_t, std::int32_t>{0, -1},
                                       {0, 1'000'000'000},
                                       {9'223'372'037, 0},
                                       {std::numeric_limits<std::int64_t>::min(), 0}}) {
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    const auto wrong = FromProto("from", time);
    ASSERT_FALSE(wrong.ok()) << seconds << " " << nanos;
    EXPECT_EQ(wrong.error().violations.at(0).field, "from");
  }
}

TEST(Durations, MayBeAbsent) {
  EXPECT_EQ(*FromProto("ttl", false, Of(-1, 0)), std::nullopt);
  EXPECT_EQ(*FromProto("ttl", true, Of(0, 0)), 0s);
  EXPECT_FALSE(FromProto("ttl", true, Of(-1, 0)).ok());
}

struct Bad {
  std::int64_t seconds;
  std::int32_t nanos;
  const char* why;
};
class BadDuration : public testing::TestWithParam<Bad> {};
TEST_P(BadDuration, IsRefusedByField) {
  const auto read = FromProto("messages[3].delay", Of(GetParam().seconds, GetParam().nanos));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(read.error().violations.size(), 1u);
  EXPECT_EQ(read.error().violations[0].field, "messages[3].delay");
  EXPECT_NE(read.error().violations[0].description.find(GetParam().why), std::string::npos)
      << read.error().violations[0].description;
}
INSTANTIATE_TEST_SUITE_P(All, BadDuration,
                         testing::Values(Bad{-1, 0, "negative"}, Bad{0, -1, "negative"}, Bad{5, -1, "negative"},
                                         Bad{-1, 5, "negative"}, Bad{0, 1'000'000'000, "well-formed"},
                                         Bad{0, std::numeric_limits<std::int32_t>::max(), "well-formed"},
                                         Bad{9'223'372'036, 854'775'808, "too long"}, Bad{9'223'372'037, 0, "too long"},
                                         Bad{315'576'000'000, 0, "too long"},
                                         Bad{std::numeric_limits<std::int64_t>::max(), 0, "too long"},
                                         Bad{std::numeric_limits<std::int64_t>::min(), 0, "negative"}));

struct Moment {
  Nanos since_epoch;
  std::int64_t seconds;
  std::int32_t nanos;
};
class Moments : public testing::TestWithParam<Moment> {};
TEST_P(Moments, HaveNanosForwardOfTheSecond) {
  google::protobuf::Timestamp out;
  ToProto(Time(GetParam().since_epoch), &out);
  EXPECT_EQ(out.seconds(), GetParam().seconds);
  EXPECT_EQ(out.nanos(), GetParam().nanos);
}
INSTANTIATE_TEST_SUITE_P(All, Moments,
                         testing::Values(Moment{0ns, 0, 0}, Moment{1'700'000'000s + 5ns, 1'700'000'000, 5},
                                         Moment{-1ns, -1, 999'999'999}));

}  // namespace
}  // namespace broker::native
