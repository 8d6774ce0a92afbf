#include "broker/base/duration.h"

#include <gmock/gmock.h>

namespace broker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Parsed {
  std::string_view text;
  Nanos value;
};

class ParsesDuration : public testing::TestWithParam<Parsed> {};

TEST_P(ParsesDuration, ToItsValue) {
  const auto result = ParseDuration(GetParam().text);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(*result, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Table, ParsesDuration,
                         testing::Values(Parsed{"0", 0ns}, Parsed{"0s", 0ns}, Parsed{"1ns", 1ns}, Parsed{"7us", 7us},
                                         Parsed{"250ms", 250ms}, Parsed{"30s", 30s}, Parsed{"5m", 5min},
                                         Parsed{"12h", 12h}, Parsed{"7d", 168h}, Parsed{"1h30m", 90min},
                                         Parsed{"1d2h3m4s5ms6us7ns", 26h + 3min + 4s + 5ms + 6us + 7ns},
                                         Parsed{"90s", 90s}, Parsed{"007s", 7s},
                                         Parsed{"9223372036854775807ns", Nanos::max()}));

struct Refused {
  std::string_view text;
  std::string_view why;  // a part of the message
};

class RefusesDuration : public testing::TestWithParam<Refused> {};

TEST_P(RefusesDuration, SayingTheTextAndWhy) {
  const auto result = ParseDuration(GetParam().text);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(result.error().reason, "INVALID_DURATION");
  EXPECT_THAT(result.error().message, HasSubstr(std::string(GetParam().text)));
  EXPECT_THAT(result.error().message, HasSubstr(std::string(GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusesDuration,
    testing::Values(Refused{"", "empty"}, Refused{"5", "unit is missing"}, Refused{"-5s", "negative"},
                    Refused{"5x", "unit is unknown"}, Refused{"s", "number is missing"}, Refused{"5s ", "unknown"},
                    Refused{" 5s", "number is missing"}, Refused{"1.5s", "unit is unknown"},
                    Refused{"5S", "unit is unknown"}, Refused{"+5s", "number is missing"},
                    Refused{"1h30", "unit is missing"}, Refused{"5s-1s", "unknown"}, Refused{"00", "unit is missing"},
                    Refused{"9223372036854775808ns", "too long"}, Refused{"106752d", "too long"},
                    Refused{"99999999999999999999s", "too long"}, Refused{"106751d24h", "too long"},
                    Refused{"soon", "number is missing"}));

TEST(FormatDuration, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(FormatDuration(0ns), "0s");
  EXPECT_EQ(FormatDuration(1ns), "1ns");
  EXPECT_EQ(FormatDuration(1500ms), "1s500ms");
  EXPECT_EQ(FormatDuration(90min), "1h30m");
  EXPECT_EQ(FormatDuration(48h), "2d");
  EXPECT_EQ(FormatDuration(-90s), "-1m30s");
}

TEST(FormatDuration, ReadsBackToTheSameValue) {
  for (const Nanos value : {Nanos{1}, Nanos{999}, Nanos{1s} + 1ns, Nanos{25h}, Nanos{31 * 24h}, Nanos::max()}) {
    const auto back = ParseDuration(FormatDuration(value));
    ASSERT_TRUE(back.ok()) << FormatDuration(value);
    EXPECT_EQ(*back, value);
  }
}

TEST(FormatDuration, OfTheMostNegativeValueIsText) { EXPECT_EQ(FormatDuration(Nanos::min()).front(), '-'); }

TEST(FormatTime, IsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(FormatTime(Time{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(Time{1767323045s + 678ms + 999us}), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(FormatTime(Time{951782400s}), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(FormatTime(Time{-1ns}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace broker
