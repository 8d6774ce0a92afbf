#include "storage/record_codec.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <climits>

namespace broker::storage {
namespace {

constexpr std::size_t kChecksumBytes = 8;

std::uint64_t Checksum(std::string_view key, std::string_view record) {
  return XXH3_64bits_withSeed(record.data(), record.size(), XXH3_64bits(key.data(), key.size()));
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

Error Lost(std::string reason, std::string_view key, std::string_view what) {
  return Error(ErrorCode::kDataLoss, std::move(reason),
               fmt::format("the stored value under key {} {}; it was altered on disk and is not used", Hex(key), what));
}

}  // namespace

std::string Seal(std::string_view key, const google::protobuf::MessageLite& record) {
  const std::size_t size = record.ByteSizeLong();
  std::string value(size + kChecksumBytes, '\0');
  auto* const begin = reinterpret_cast<std::uint8_t*>(value.data());
  record.SerializeWithCachedSizesToArray(begin);
  std::uint64_t checksum = Checksum(key, std::string_view(value).substr(0, size));
  for (std::size_t i = 0; i < kChecksumBytes; ++i, checksum >>= 8) begin[size + i] = checksum & 0xff;
  return value;
}

Status Open(std::string_view key, std::string_view value, google::protobuf::MessageLite& record) {
  if (value.size() < kChecksumBytes) {
    return Lost("CHECKSUM_MISMATCH", key, fmt::format("has {} bytes, fewer than its checksum alone", value.size()));
  }
  const std::string_view bytes = value.substr(0, value.size() - kChecksumBytes);
  std::uint64_t stored = 0;
  for (std::size_t i = kChecksumBytes; i-- > 0;) {
    stored = (stored << 8) | static_cast<unsigned char>(value[bytes.size() + i]);
  }
  if (stored != Checksum(key, bytes)) return Lost("CHECKSUM_MISMATCH", key, "does not match its checksum");
  if (bytes.size() > INT_MAX || !record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Lost("MALFORMED_RECORD", key, fmt::format("is not a {}", record.GetTypeName()));
  }
  return {};
}

}  // namespace broker::storage
