#include "broker/aws/message_id.h"

#include <fmt/format.h>

#include "broker/base/hash.h"

namespace broker::aws {

std::string MessageUuid(std::uint64_t folder_id, model::MessageId id) {
  const std::string hash = Sha256(fmt::format("{:016x}/{}", folder_id, id.ToString()));
  const auto bytes = [&](std::size_t from, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < from + count; ++i) value = value << 8 | static_cast<unsigned char>(hash[i]);
    return value;
  };
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", bytes(0, 4), bytes(4, 2), bytes(6, 2) & 0xFFF,
                     (bytes(8, 2) & 0x3FFF) | 0x8000, bytes(10, 6));
}

std::string SequenceNumber(model::Sequence sequence) { return fmt::format("{:020}", sequence.value()); }

}  // namespace broker::aws
