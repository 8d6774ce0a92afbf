#include <gtest/gtest.h>

#include "broker/base/utf8.h"
#include "broker/model/validation.h"

namespace broker::model {
namespace {

TEST(CutText, KeepsShortTextAsItIs) {
  EXPECT_EQ(CutText("card declined", 256), "card declined");
  EXPECT_EQ(CutText("", 4), "");
  EXPECT_EQ(CutText("1234", 4), "1234");
}

TEST(CutText, CutsAtACharactersEdge) {
  EXPECT_EQ(CutText("12345", 4), "1234");
  EXPECT_EQ(CutText("abc\xc3\xa9", 4), "abc");
  EXPECT_EQ(CutText("\xf0\x9f\x98\x80", 3), "");
  EXPECT_EQ(CutText("a\xf0\x9f\x98\x80z", 5), "a\xf0\x9f\x98\x80");
}

TEST(CutText, ReplacesBytesThatAreNotText) {
  EXPECT_EQ(CutText("a\xff\x80z", 10), "a??z");
  EXPECT_TRUE(IsUtf8(CutText("caf\xc3\xa9 \xff", 6)));
}

}  // namespace
}  // namespace broker::model
