// Pages of lists, a hundred entries each, and the tokens between them: where the last page ended, in base64. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "broker/aws/sns_fault.h"
#include "broker/base/hash.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

inline constexpr std::size_t kPage = 100;

// Empty for a first page. Errors: InvalidParameter.
inline Result<std::string, Refusal> ReadToken(const std::optional<std::string>& token) {
  if (!token || token->empty()) return std::string();
  auto place = Base64UrlDecode(*token);
  if (!place) return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: NextToken");
  return *std::move(place);
}
// None where there is no next page.
inline std::optional<std::string> WriteToken(const std::string& place) {
  return place.empty() ? std::nullopt : std::optional(Base64UrlEncode(place));
}

}  // namespace broker::aws::sns
