#include "broker/aws/wire/md5.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "broker/base/check.h"

namespace broker::aws {
namespace {

void AppendSized(std::string_view bytes, std::string& out) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift & 0xff);
  out += bytes;
}

}  // namespace

std::string Md5Hex(std::string_view bytes) {
  std::array<unsigned char, 16> digest;
  unsigned int size = 0;
  BROKER_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(32);
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0xf];
  }
  return hex;
}

std::string Md5OfAttributes(const MessageAttributes& attributes) {
  std::string encoded;
  for (const auto& [name, attribute] : attributes) {
    AppendSized(name, encoded);
    AppendSized(attribute.type, encoded);
    encoded += attribute.is_binary() ? '\2' : '\1';
    AppendSized(attribute.value, encoded);
  }
  return Md5Hex(encoded);
}

}  // namespace broker::aws
