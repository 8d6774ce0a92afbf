#include "broker/aws/uuid.h"

#include <fmt/format.h>

namespace broker::aws {

std::string NewUuid(Entropy& entropy) {
  const std::uint64_t a = entropy.Next64();
  const std::uint64_t b = entropy.Next64();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff,
                     (b >> 48 & 0x3fff) | 0x8000, b & 0xffff'ffff'ffff);
}

}  // namespace broker::aws
