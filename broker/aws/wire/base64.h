// Standard base64 (RFC 4648, 4) with padding. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws {

std::string Base64Encode(std::string_view bytes);
// Strict: padding is required, and nothing else may be in it.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace broker::aws
