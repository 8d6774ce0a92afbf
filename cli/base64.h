// RFC 4648 base64 with padding. Decoding takes the standard and the URL alphabet, padding optional.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::cli {

std::string EncodeBase64(std::string_view bytes);
// nullopt if a character or the length is wrong.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace broker::cli
