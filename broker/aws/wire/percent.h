// Percent-encoding of forms and URLs. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws {

// "%41" is "A"; with `plus_is_space` as forms have it. nullopt for a '%' without two hexadecimal digits behind it.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// Everything but [A-Za-z0-9-_.~] as %XX.
std::string PercentEncode(std::string_view bytes);

}  // namespace broker::aws
