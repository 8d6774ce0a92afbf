// What a backlog costs in memory, and what drained queues leave on disk, over RocksDB.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/disk_broker.h"
#include "tests/support/wait.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1u << 20;

TEST(Footprint, MemoryDoesNotFollowTheBacklog) {
  DiskBroker broker;
  broker.CreateQueue("orders");
  broker.Publish("orders", 300'000, 200);
  const std::uint64_t at_300k = DiskBroker::ResidentBytes();
  broker.Publish("orders", 1'700'000, 200);
  const std::uint64_t at_2m = DiskBroker::ResidentBytes();
  EXPECT_EQ(broker.ReceiveAndAckAll("orders"), 2'000'000u);
  const std::uint64_t drained = DiskBroker::ResidentBytes();
  fmt::print("resident: {} MiB at 300,000, {} MiB at 2,000,000, {} MiB drained\n", at_300k / kMiB, at_2m / kMiB,
             drained / kMiB);
  EXPECT_LT(at_2m, at_300k + 64 * kMiB);
  EXPECT_LT(drained, at_300k + 64 * kMiB);
}

TEST(Footprint, DrainedQueuesGiveTheirSpaceBack) {
  constexpr int kQueues = 10'000;
  DiskBroker broker;
  for (int i = 0; i < kQueues; ++i) broker.CreateQueue(fmt::format("q{}", i));
  for (int i = 0; i < kQueues; ++i) broker.Publish(fmt::format("q{}", i), 100, 1'000);
  const std::uint64_t filled = broker.FolderBytes();
  for (int i = 0; i < kQueues; ++i) ASSERT_EQ(broker.ReceiveAndAckAll(fmt::format("q{}", i)), 100u);
  broker.Advance(61min);
  // Compactions run in their own time.
  const bool small = WaitFor([&] { return broker.FolderBytes() < 64 * kMiB; }, 120s);
  fmt::print("folder: {} MiB filled, {} MiB an hour after the drain\n", filled / kMiB, broker.FolderBytes() / kMiB);
  EXPECT_TRUE(small);
}

}  // namespace
}  // namespace broker::test
