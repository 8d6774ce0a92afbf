// Hashes. Hash64 is fast and not for adversaries (checksums, shards of keys); Sha256 is collision-resistant.
// HexEncode and Base64Url turn bytes into text that survives URLs and headers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace broker {

std::uint64_t Hash64(std::string_view bytes);  // XXH3-64
std::string Sha256(std::string_view bytes);    // 32 raw bytes

std::string HexEncode(std::string_view bytes);        // lower case
std::string Base64UrlEncode(std::string_view bytes);  // without padding
std::optional<std::string> Base64UrlDecode(std::string_view text);  // only what Base64UrlEncode writes

}  // namespace broker
