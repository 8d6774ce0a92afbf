#include "broker/base/entropy.h"

#include <random>

namespace broker {

std::uint64_t SystemEntropy::Next64() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace broker
