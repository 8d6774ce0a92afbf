#include "broker/net/inflate.h"

#include <gtest/gtest.h>

#include "tests/net/gzip.h"

namespace broker::net {
namespace {

using test::Gzip;

TEST(InflateTest, GivesBackWhatWasCompressed) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(100'000, 'x') + "end"}) {
    std::string out;
    EXPECT_EQ(Inflate(Gzip(text), text.size(), &out), InflateOutcome::kOk);
    EXPECT_EQ(out, text);
  }
}

TEST(InflateTest, SeveralMembersAreJoined) {
  std::string out;
  EXPECT_EQ(Inflate(Gzip("one ") + Gzip("two"), 100, &out), InflateOutcome::kOk);
  EXPECT_EQ(out, "one two");
}

TEST(InflateTest, StopsAtTheLimit) {
  std::string out;
  EXPECT_EQ(Inflate(Gzip(std::string(50'000'000, '\0')), 1'000, &out), InflateOutcome::kTooLarge);
  EXPECT_LE(out.size(), 1'000u);
}

TEST(InflateTest, EveryTruncationAndAlterationIsFound) {
  const std::string whole = Gzip("some text that is long enough to have a middle");
  std::string out;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(Inflate(whole.substr(0, size), 1'000, &out), InflateOutcome::kMalformed) << size;
  }
  // Behind the ten bytes of its header, of which some say nothing.
  for (std::size_t i = 10; i < whole.size(); ++i) {
    std::string altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 0x55);
    EXPECT_NE(Inflate(altered, 1'000, &out), InflateOutcome::kOk) << i;
  }
}

}  // namespace
}  // namespace broker::net
