// Known digests: what clients compute from what they sent.
#include "broker/aws/wire/md5.h"

#include <gtest/gtest.h>

namespace broker::aws {
namespace {

TEST(Md5Test, OfBodies) {
  EXPECT_EQ(Md5Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Md5Hex("hello"), "5d41402abc4b2a76b9719d911017c592");
}

TEST(Md5Test, OfAttributesAsTheRealServiceAnsweredThem) {
  EXPECT_EQ(Md5OfAttributes({{"Foo", {"String", "Bar"}}}), "ae7155c6026991b6d54b11589678bf9c");
  EXPECT_EQ(Md5OfAttributes({{"AWSTraceHeader",
                              {"String", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"}}}),
            "5ae4d5d7636402d80f4eb6d213245a88");
}

TEST(Md5Test, TypeNameAndKindOfValueAllCount) {
  const std::string text = Md5OfAttributes({{"a", {"String", "1"}}});
  EXPECT_NE(text, Md5OfAttributes({{"a", {"Number", "1"}}}));
  EXPECT_NE(text, Md5OfAttributes({{"a", {"String.x", "1"}}}));
  EXPECT_NE(text, Md5OfAttributes({{"b", {"String", "1"}}}));
  EXPECT_NE(text, Md5OfAttributes({{"a", {"Binary", "1"}}}));
  EXPECT_NE(text, Md5OfAttributes({{"a", {"String", "1"}}, {"b", {"String", "1"}}}));
}

}  // namespace
}  // namespace broker::aws
