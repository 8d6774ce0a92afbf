#include "broker/base/entropy.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "broker/base/check.h"

namespace broker {
namespace {

// The system is asked for many numbers at a time: one call costs more than what it gives.
struct Stock {
  static constexpr std::size_t kNumbers = 32;  // 256 bytes, which a call always gives whole

  std::array<std::uint64_t, kNumbers> numbers{};
  std::size_t left = 0;
};

void Fill(Stock& stock) {
  ssize_t got = -1;
  do {
    got = ::getrandom(stock.numbers.data(), sizeof(stock.numbers), 0);
  } while (got < 0 && errno == EINTR);
  BROKER_CHECK(got == static_cast<ssize_t>(sizeof(stock.numbers)));
  stock.left = Stock::kNumbers;
}

}  // namespace

std::uint64_t SystemEntropy::Next64() {
  thread_local Stock stock;
  if (stock.left == 0) Fill(stock);
  // What was given is not kept.
  return std::exchange(stock.numbers[--stock.left], 0);
}

}  // namespace broker
