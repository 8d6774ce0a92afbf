#include "broker/aws/message_id.h"

#include <gmock/gmock.h>

#include "broker/aws/uuid.h"
#include "tests/support/seeded_entropy.h"

namespace broker::aws {
namespace {

constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

model::MessageId Id(std::uint64_t log, std::uint64_t sequence) { return {model::LogId(log), model::Sequence(sequence)}; }

TEST(MessageUuid, BelongsToOneMessageOfOneFolder) {
  EXPECT_THAT(MessageUuid(1, Id(2, 3)), ::testing::MatchesRegex(kUuid));
  EXPECT_EQ(MessageUuid(1, Id(2, 3)), MessageUuid(1, Id(2, 3)));
  EXPECT_NE(MessageUuid(1, Id(2, 3)), MessageUuid(1, Id(2, 4)));
  EXPECT_NE(MessageUuid(1, Id(2, 3)), MessageUuid(1, Id(3, 3)));
  EXPECT_NE(MessageUuid(1, Id(2, 3)), MessageUuid(2, Id(2, 3)));
}

TEST(SequenceNumber, SortsAsTextAsItDoesAsNumber) {
  EXPECT_EQ(SequenceNumber(model::Sequence(7)), "00000000000000000007");
  EXPECT_LT(SequenceNumber(model::Sequence(9)), SequenceNumber(model::Sequence(10)));
}

TEST(NewUuid, IsRandom) {
  test::SeededEntropy entropy{1};
  const std::string first = NewUuid(entropy);
  EXPECT_THAT(first, ::testing::MatchesRegex(kUuid));
  EXPECT_NE(NewUuid(entropy), first);
}

}  // namespace
}  // namespace broker::aws
