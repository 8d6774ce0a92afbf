#include "broker/native/outstanding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

MonotonicTime At(Nanos time) { return MonotonicTime(time); }

TEST(OutstandingBudget, IsBoundedByMessages) {
  Outstanding outstanding(2, 1'000);
  EXPECT_EQ(outstanding.FreeMessages(), 2u);
  outstanding.Add("a", 10, At(1s));
  EXPECT_EQ(outstanding.FreeMessages(), 1u);
  outstanding.Add("b", 10, At(1s));
  EXPECT_EQ(outstanding.FreeMessages(), 0u);
  outstanding.Remove("a");
  EXPECT_EQ(outstanding.FreeMessages(), 1u);
}

TEST(OutstandingBudget, IsBoundedByBytesWithOneOverhang) {
  Outstanding outstanding(100, 1'000);
  outstanding.Add("a", 999, At(1s));
  EXPECT_EQ(outstanding.FreeBytes(), 1u);
  EXPECT_EQ(outstanding.FreeMessages(), 99u);
  outstanding.Add("b", 5'000, At(1s));
  EXPECT_EQ(outstanding.FreeBytes(), 0u);
  EXPECT_EQ(outstanding.FreeMessages(), 0u);
  outstanding.Remove("b");
  EXPECT_EQ(outstanding.bytes(), 999u);
}

TEST(OutstandingBudget, IgnoresUnknownAndRepeatedReceipts) {
  Outstanding outstanding(10, 1'000);
  outstanding.Add("a", 10, At(1s));
  outstanding.Add("a", 10, At(1s));
  EXPECT_EQ(outstanding.bytes(), 10u);
  outstanding.Remove("x");
  outstanding.Extend("x", At(9s));
  EXPECT_EQ(outstanding.messages(), 1u);
}

TEST(OutstandingBudget, ExpiresByTheLatestKnownDeadline) {
  Outstanding outstanding(10, 1'000);
  outstanding.Add("a", 10, At(1s));
  outstanding.Add("b", 20, At(2s));
  outstanding.Extend("a", At(5s));
  EXPECT_EQ(outstanding.FirstDeadline(), At(2s));
  outstanding.Expire(At(2s));
  EXPECT_EQ(outstanding.messages(), 1u);
  EXPECT_EQ(outstanding.bytes(), 10u);
  EXPECT_EQ(outstanding.FirstDeadline(), At(5s));
  outstanding.Expire(At(5s));
  EXPECT_EQ(outstanding.FirstDeadline(), std::nullopt);
}

TEST(OutstandingReceipts, TellSentFromUnsent) {
  Outstanding outstanding(10, 1'000);
  for (const char* receipt : {"a", "b", "c"}) outstanding.Add(receipt, 1, At(1s));
  outstanding.Sent({"a", "c", "unknown"});
  const auto receipts = outstanding.TakeAll();
  EXPECT_THAT(receipts.sent, UnorderedElementsAre("a", "c"));
  EXPECT_THAT(receipts.unsent, ElementsAre("b"));
  EXPECT_EQ(outstanding.messages(), 0u);
  EXPECT_EQ(outstanding.bytes(), 0u);
  EXPECT_THAT(outstanding.TakeAll().sent, IsEmpty());
}

}  // namespace
}  // namespace broker::native
