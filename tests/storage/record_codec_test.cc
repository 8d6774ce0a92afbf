#include "storage/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/v0/records.pb.h"

namespace broker::storage {
namespace {

using testing::HasSubstr;

v0::GroupRecord Group(std::uint64_t number) {
  v0::GroupRecord record;
  record.set_number(number);
  return record;
}

TEST(RecordCodecTest, OpensWhatItSealed) {
  v0::GroupRecord record;
  ASSERT_TRUE(Open("key", Seal("key", Group(300)), record).ok());
  EXPECT_EQ(record.number(), 300u);
}

TEST(RecordCodecTest, AnEmptyRecordIsARecord) {
  v0::GroupRecord record = Group(5);
  ASSERT_TRUE(Open("key", Seal("key", v0::GroupRecord()), record).ok());
  EXPECT_EQ(record.number(), 0u);
}

TEST(RecordCodecTest, AnyFlippedBitIsNoticed) {
  const std::string sealed = Seal("key", Group(300));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string altered = sealed;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    v0::GroupRecord record;
    const Status status = Open("key", altered, record);
    ASSERT_FALSE(status.ok()) << "bit " << bit;
    EXPECT_EQ(status.error().code, ErrorCode::kDataLoss);
    EXPECT_EQ(status.error().reason, "CHECKSUM_MISMATCH");
  }
}

TEST(RecordCodecTest, AnyLostTailIsNoticed) {
  const std::string sealed = Seal("key", Group(300));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    v0::GroupRecord record;
    EXPECT_FALSE(Open("key", sealed.substr(0, size), record).ok()) << size;
  }
}

TEST(RecordCodecTest, AValueUnderAnotherKeyIsNoticedAndTheKeyNamed) {
  v0::GroupRecord record;
  const Status status = Open(std::string("\x00\xab", 2), Seal("key", Group(1)), record);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("00ab"));
}

TEST(RecordCodecTest, TextThatIsNotUtf8IsMalformed) {
  v0::AliasRecord alias;
  alias.set_subscription("\xff\xfe");  // not UTF-8: the parser refuses it
  v0::AliasRecord record;
  const Status status = Open("key", Seal("key", alias), record);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "MALFORMED_RECORD");
  EXPECT_THAT(status.error().message, HasSubstr("AliasRecord"));
}

}  // namespace
}  // namespace broker::storage
