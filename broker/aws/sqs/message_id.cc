#include "broker/aws/sqs/message_id.h"

#include <fmt/format.h>

#include <string_view>

#include "broker/base/hash.h"

namespace broker::aws::sqs {

std::string MessageIdText(std::uint64_t folder_id, model::MessageId id) {
  const std::string digest = Sha256(fmt::format("message {} {}", folder_id, id.ToString()));
  const auto take = [&digest](std::size_t from, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < from + bytes; ++i) value = value << 8 | static_cast<unsigned char>(digest[i]);
    return value;
  };
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", take(0, 4), take(4, 2), take(6, 2) & 0xfff,
                     (take(8, 2) & 0x3fff) | 0x8000, take(10, 6));
}

std::string SequenceText(model::Sequence sequence) { return fmt::format("{:020}", sequence.value()); }

}  // namespace broker::aws::sqs
