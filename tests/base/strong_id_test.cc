#include "broker/base/strong_id.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace broker {
namespace {

using Apple = StrongId<struct AppleTag>;
using Pear = StrongId<struct PearTag>;

static_assert(!std::is_convertible_v<Apple, Pear>);
static_assert(!std::is_constructible_v<Apple, Pear>);
static_assert(!std::is_convertible_v<std::uint64_t, Apple>);
static_assert(!std::is_convertible_v<Apple, std::uint64_t>);

TEST(StrongId, ComparesAndHashesByValue) {
  EXPECT_LT(Apple(1), Apple(2));
  EXPECT_EQ(Apple(), Apple(0));
  const std::unordered_set<Apple> set{Apple(1), Apple(1), Apple(2)};
  EXPECT_EQ(set.size(), 2u);
}

}  // namespace
}  // namespace broker
