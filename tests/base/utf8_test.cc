#include "broker/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace broker {
namespace {

using namespace std::string_view_literals;

class WellFormed : public testing::TestWithParam<std::string_view> {};
TEST_P(WellFormed, IsUtf8) { EXPECT_TRUE(IsUtf8(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Table, WellFormed,
                         testing::Values(""sv, "plain"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv,
                                         "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv,  // the last before the surrogates
                                         "\xee\x80\x80"sv, "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv,
                                         "\xf4\x8f\xbf\xbf"sv,  // U+10FFFF
                                         "a\xc3\xa9z"sv));

class Malformed : public testing::TestWithParam<std::string_view> {};
TEST_P(Malformed, IsNotUtf8) {
  EXPECT_FALSE(IsUtf8(GetParam()));
  EXPECT_FALSE(IsUtf8("before" + std::string(GetParam())));
  EXPECT_FALSE(IsUtf8(std::string(GetParam()) + "after"));
}

INSTANTIATE_TEST_SUITE_P(Table, Malformed,
                         testing::Values("\x80"sv, "\xbf"sv, "\xff"sv, "\xfe"sv,
                                         "\xc0\x80"sv, "\xc1\xbf"sv,  // overlong in two bytes
                                         "\xe0\x80\x80"sv, "\xe0\x9f\xbf"sv, "\xf0\x80\x80\x80"sv,
                                         "\xf0\x8f\xbf\xbf"sv,                          // overlong in three and four
                                         "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv,           // surrogates
                                         "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv,  // past U+10FFFF
                                         "\xc3"sv, "\xe2\x82"sv, "\xf0\x9f\x98"sv,     // cut
                                         "\xe2\x28\xa1"sv, "\xe2\x82\x28"sv, "\xf0\x9f\x28\x80"sv));

}  // namespace
}  // namespace broker
