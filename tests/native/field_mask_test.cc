#include "broker/native/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace broker::native {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const MaskRules kRules{.resource = "queue",
                       .changeable = {"delay", "deduplication.by_content", "deduplication.scope", "retention"},
                       .fixed = {"name", "ordered"}};

google::protobuf::FieldMask Mask(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const auto& path : paths) mask.add_paths(path);
  return mask;
}

TEST(FieldMask, NamesLeaves) {
  const auto fields = ResolveMask(Mask({"retention", "delay", "delay"}), kRules);
  ASSERT_TRUE(fields.ok());
  EXPECT_THAT(*fields, ElementsAre("delay", "retention"));
}

TEST(FieldMask, AParentStandsForItsLeaves) {
  const auto fields = ResolveMask(Mask({"deduplication"}), kRules);
  ASSERT_TRUE(fields.ok());
  EXPECT_THAT(*fields, ElementsAre("deduplication.by_content", "deduplication.scope"));
}

TEST(FieldMask, AStarStandsForAll) {
  const auto fields = ResolveMask(Mask({"*"}), kRules);
  ASSERT_TRUE(fields.ok());
  EXPECT_THAT(*fields, ElementsAre("deduplication.by_content", "deduplication.scope", "delay", "retention"));
}

struct Wrong {
  std::vector<std::string> paths;
  std::size_t violations;
  const char* why;
};
class WrongMask : public testing::TestWithParam<Wrong> {};
TEST_P(WrongMask, IsRefusedWithEachPath) {
  const auto fields = ResolveMask(Mask(GetParam().paths), kRules);
  ASSERT_FALSE(fields.ok());
  EXPECT_EQ(fields.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(fields.error().violations.size(), GetParam().violations);
  EXPECT_EQ(fields.error().violations[0].field, "update_mask");
  EXPECT_THAT(fields.error().violations[0].description, HasSubstr(GetParam().why));
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongMask,
    testing::Values(Wrong{{}, 1, "empty"}, Wrong{{"colour"}, 1, "\"colour\" is no field"},
                    Wrong{{"name"}, 1, "cannot be changed"}, Wrong{{"delay", "ordered"}, 1, "cannot be changed"},
                    Wrong{{""}, 1, "\"\" is no field"}, Wrong{{"dedup", "delay.x"}, 2, "\"dedup\""},
                    Wrong{{"deduplication."}, 1, "\"deduplication.\""}, Wrong{{"Delay"}, 1, "\"Delay\""}));

TEST(FieldMask, AStarIsRefusedWhereItHasNoMeaning) {
  MaskRules rules = kRules;
  rules.star = false;
  EXPECT_FALSE(ResolveMask(Mask({"*"}), rules).ok());
}

}  // namespace
}  // namespace broker::native
