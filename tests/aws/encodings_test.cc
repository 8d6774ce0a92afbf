// Percent-encoding and base64.
#include <gtest/gtest.h>

#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/percent.h"

namespace broker::aws {
namespace {

TEST(PercentTest, Decodes) {
  EXPECT_EQ(PercentDecode("a%20b+c%2B%c3%A4", true), "a b c+\xC3\xA4");
  EXPECT_EQ(PercentDecode("a+b", false), "a+b");
  EXPECT_EQ(PercentDecode("", true), "");
  EXPECT_EQ(PercentDecode("%00", true), std::string(1, '\0'));
}

TEST(PercentTest, RefusesWhatIsNotWhole) {
  for (const char* const text : {"%", "%4", "a%", "%zz", "%4g", "%%41", "% 41"}) {
    EXPECT_EQ(PercentDecode(text, true), std::nullopt) << text;
  }
}

TEST(PercentTest, EncodesAllButTheUnreserved) {
  EXPECT_EQ(PercentEncode("az-AZ_09.~"), "az-AZ_09.~");
  EXPECT_EQ(PercentEncode(" /+%\xC3"), "%20%2F%2B%25%C3");
}

struct Pair {
  std::string_view bytes;
  std::string_view text;
};

TEST(Base64Test, GoesBothWays) {
  using namespace std::string_view_literals;
  for (const auto& [bytes, text] : {Pair{""sv, ""}, Pair{"f"sv, "Zg=="}, Pair{"fo"sv, "Zm8="}, Pair{"foo"sv, "Zm9v"},
                                    Pair{"foobar"sv, "Zm9vYmFy"}, Pair{"\0\xff\xfe"sv, "AP/+"}}) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
}

TEST(Base64Test, IsStrict) {
  for (const char* const text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v\n", " Zm9", "Zm9-", "Zm=v", "Zg==Zg=="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace broker::aws
