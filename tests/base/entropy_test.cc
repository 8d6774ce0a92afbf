#include "broker/base/entropy.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace broker {
namespace {

TEST(SystemEntropyTest, NeverRepeatsItselfWithinOrBetweenThreads) {
  SystemEntropy entropy;
  std::mutex mutex;
  std::set<std::uint64_t> seen;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1'000; ++k) {
        const std::uint64_t number = entropy.Next64();
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(seen.insert(number).second);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen.size(), 4'000u);
}

}  // namespace
}  // namespace broker
