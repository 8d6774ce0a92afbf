#include "storage/keys.h"

#include <gtest/gtest.h>

namespace broker::storage {
namespace {

constexpr std::uint64_t kMax = ~std::uint64_t{0};

TEST(KeysTest, ByteOrderIsNumberOrder) {
  const std::uint64_t numbers[] = {0, 1, 127, 128, 255, 256, 65'535, 65'536, std::uint64_t{1} << 63, kMax};
  for (const auto a : numbers) {
    for (const auto b : numbers) {
      EXPECT_EQ(PairKey(a, 0) < PairKey(b, 0), a < b) << a << " " << b;
      EXPECT_EQ(PairKey(7, a) < PairKey(7, b), a < b) << a << " " << b;
      EXPECT_EQ(TripleKey(7, 7, a) < TripleKey(7, 7, b), a < b) << a << " " << b;
      EXPECT_EQ(KindKey('q', a) < KindKey('q', b), a < b) << a << " " << b;
    }
  }
}

TEST(KeysTest, PartsReadBack) {
  const std::string key = TripleKey(1, kMax, 0x0102030405060708);
  ASSERT_EQ(key.size(), 24u);
  EXPECT_EQ(ReadBigEndian(key, 0), 1u);
  EXPECT_EQ(ReadBigEndian(key, 8), kMax);
  EXPECT_EQ(ReadBigEndian(key, 16), 0x0102030405060708u);
  EXPECT_EQ(key.substr(16), "\1\2\3\4\5\6\7\10");
  EXPECT_EQ(ReadBigEndian(KindKey('q', 9), 1), 9u);
}

TEST(KeysTest, DeduplicationKeysHoldTheWholeHash) {
  const std::string hash = "0123456789abcdef";
  const std::string key = DedupKey(3, 4, hash);
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key.substr(16), hash);
  EXPECT_EQ(ReadBigEndian(key, 0), 3u);
  EXPECT_EQ(ReadBigEndian(key, 8), 4u);
}

}  // namespace
}  // namespace broker::storage
