#include "broker/model/ids.h"

#include <gtest/gtest.h>

namespace broker::model {
namespace {

TEST(MessageId, IsTextOfLogAndSequence) {
  EXPECT_EQ((MessageId{LogId(17), Sequence(42)}).ToString(), "17-42");
}

TEST(MessageId, ReadsBackFromItsText) {
  const MessageId id{LogId(~std::uint64_t{0}), Sequence(1)};
  EXPECT_EQ(MessageId::Parse(id.ToString()), id);
}

TEST(MessageId, OrdersByLogThenSequence) {
  EXPECT_LT((MessageId{LogId(1), Sequence(9)}), (MessageId{LogId(2), Sequence(1)}));
  EXPECT_LT((MessageId{LogId(2), Sequence(1)}), (MessageId{LogId(2), Sequence(2)}));
}

class NoMessageId : public testing::TestWithParam<std::string_view> {};
TEST_P(NoMessageId, IsRefused) { EXPECT_EQ(MessageId::Parse(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Table, NoMessageId,
                         testing::Values("", "-", "17", "17-", "-42", "0-1", "1-0", "17-42-1", "17-42x", " 17-42",
                                         "17 -42", "17--42", "+17-42", "0x1-2", "18446744073709551616-1",
                                         "1-18446744073709551616"));

}  // namespace
}  // namespace broker::model
