#include "broker/model/decimal.h"

#include <gtest/gtest.h>

#include <vector>

namespace broker::model {
namespace {

Decimal Of(std::string_view text) {
  const auto parsed = Decimal::Parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Decimal());
}

TEST(Decimals, CompareByValue) {
  // Each line's numbers are equal, and less than the next line's.
  const std::vector<std::vector<std::string_view>> lines = {
      {"-1e999999999999", "-10e999999999998"},
      {"-100", "-1e2", "-100.000"},
      {"-99.5"},
      {"-0.5", "-.5", "-5e-1"},
      {"-1e-300"},
      {"0", "-0", "+0", "0.0", "0e7", ".0", "0."},
      {"1e-300"},
      {"0.05", "5e-2", ".050", "0.5E-1"},
      {"0.1", "00.10"},
      {"0.1000000000000000000000000000000000001"},
      {"1", "1.0", "1.", "10e-1", "0.1e1", "+1", "001"},
      {"9.99"},
      {"10", "1e1", "1E+1"},
      {"12345678901234567890123456789012345678", "1234567890123456789012345678901234567.8e1"},
      {"12345678901234567890123456789012345679"},
      {"1e400"},
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t j = 0; j < lines.size(); ++j) {
      for (const auto a : lines[i]) {
        for (const auto b : lines[j]) EXPECT_EQ(Of(a) <=> Of(b), i <=> j) << a << " and " << b;
      }
    }
  }
}

TEST(Decimals, KnowTheirDigitsAndMagnitude) {
  const auto size = [](std::string_view text) { return std::pair(Of(text).digits(), Of(text).magnitude()); };
  using Size = std::pair<std::size_t, std::int64_t>;
  EXPECT_EQ(size("-0.0e5"), Size(0, 0));
  EXPECT_EQ(size("0012.500"), Size(3, 1));
  EXPECT_EQ(size("-0.00700"), Size(1, -3));
  EXPECT_EQ(size("1.05e-3"), Size(3, -3));
}

TEST(Decimals, RefuseWhatIsNoNumber) {
  for (const std::string_view text : {"", "-", "+", ".", "e1", "1e", "1e+", "1.2.3", "1 ", " 1", "0x1", "1,0", "nan", "--1"}) {
    EXPECT_FALSE(Decimal::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace broker::model
