#include "broker/model/names.h"

#include <gmock/gmock.h>

namespace broker::model {
namespace {

using testing::HasSubstr;
using testing::Not;

class GoodName : public testing::TestWithParam<std::string> {};
TEST_P(GoodName, IsTaken) { EXPECT_TRUE(CheckName("name", GetParam()).ok()); }
INSTANTIATE_TEST_SUITE_P(Table, GoodName,
                         testing::Values("a", "orders", "Orders-2026.eu_west~1+2%20", std::string(255, 'x'), ".", "-"));

struct Bad {
  std::string name;
  std::string why;
};
class BadName : public testing::TestWithParam<Bad> {};
TEST_P(BadName, IsRefusedNamingFieldAndRule) {
  const Status status = CheckName("queue", GetParam().name);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(status.error().violations.size(), 1u);
  EXPECT_EQ(status.error().violations[0].field, "queue");
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().why));
}
INSTANTIATE_TEST_SUITE_P(Table, BadName,
                         testing::Values(Bad{"", "empty"}, Bad{std::string(256, 'x'), "255"}, Bad{"a b", "character"},
                                         Bad{"a/b", "character"}, Bad{"caf\xc3\xa9", "character"},
                                         Bad{std::string("a\0b", 3), "character"}, Bad{"a\n", "character"},
                                         Bad{"{}", "character"}, Bad{"a:b", "character"}));

TEST(CheckName, ShowsNoControlBytesOfABadName) {
  const Status status = CheckName("name", "evil\x1b[2J\xff");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("evil?[2J?"));
}

TEST(CheckName, ShowsOnlyTheBeginningOfALongName) {
  const Status status = CheckName("name", std::string(10'000, 'x'));
  ASSERT_FALSE(status.ok());
  EXPECT_LT(status.error().message.size(), 300u);
  EXPECT_THAT(status.error().message, HasSubstr("10000"));
}

TEST(Target, IsANameOrAKindAndAName) {
  const auto bare = Target::Parse("source", "billing");
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->kind, std::nullopt);
  EXPECT_EQ(bare->name, "billing");
  const auto queue = Target::Parse("source", "queue/billing");
  ASSERT_TRUE(queue.ok());
  EXPECT_EQ(queue->kind, ResourceKind::kQueue);
  EXPECT_EQ(Target::Parse("source", "topic/t")->kind, ResourceKind::kTopic);
  EXPECT_EQ(Target::Parse("source", "subscription/s")->kind, ResourceKind::kSubscription);
}

class BadTarget : public testing::TestWithParam<std::string> {};
TEST_P(BadTarget, IsRefusedNamingTheField) {
  const auto result = Target::Parse("source", GetParam());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message, HasSubstr("source"));
}
INSTANTIATE_TEST_SUITE_P(Table, BadTarget,
                         testing::Values("", "queue/", "/billing", "table/billing", "queue/a/b", "Queue/a", "queue/a b"));

TEST(ResourceRef, IsTextOfKindAndName) {
  EXPECT_EQ((ResourceRef{ResourceKind::kQueue, "billing"}).ToString(), "queue/billing");
  EXPECT_EQ((ResourceRef{ResourceKind::kTopic, "orders"}).ToString(), "topic/orders");
  EXPECT_EQ((ResourceRef{ResourceKind::kSubscription, "s"}).ToString(), "subscription/s");
}

}  // namespace
}  // namespace broker::model
