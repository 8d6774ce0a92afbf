#include "broker/engine/receipt.h"

#include "broker/base/hash.h"

namespace broker::engine {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kChecksumBytes = 4;

void AppendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

bool TakeVarint(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (in.empty()) return false;
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

std::string Checksum(std::string_view bytes) {
  const std::uint64_t hash = Hash64(bytes);
  std::string out;
  for (std::size_t i = 0; i < kChecksumBytes; ++i) out += static_cast<char>((hash >> (8 * i)) & 0xff);
  return out;
}

}  // namespace

std::string Receipt::Encode() const {
  std::string bytes(1, kVersion);
  for (const std::uint64_t field : {folder, cursor, epoch, sequence, nonce.boot, nonce.counter}) {
    AppendVarint(bytes, field);
  }
  bytes += Checksum(bytes);
  return Base64UrlEncode(bytes);
}

std::optional<Receipt> Receipt::Decode(std::string_view text) {
  if (text.empty() || text.size() > 100) return std::nullopt;
  const auto bytes = Base64UrlDecode(text);
  if (!bytes || bytes->size() <= 1 + kChecksumBytes || bytes->front() != kVersion) return std::nullopt;
  std::string_view rest(*bytes);
  const std::string_view checksum = rest.substr(rest.size() - kChecksumBytes);
  rest.remove_suffix(kChecksumBytes);
  if (Checksum(rest) != checksum) return std::nullopt;
  rest.remove_prefix(1);
  Receipt receipt;
  for (std::uint64_t* field : {&receipt.folder, &receipt.cursor, &receipt.epoch, &receipt.sequence, &receipt.nonce.boot,
                               &receipt.nonce.counter}) {
    if (!TakeVarint(rest, *field)) return std::nullopt;
  }
  return rest.empty() ? std::optional(receipt) : std::nullopt;
}

}  // namespace broker::engine
