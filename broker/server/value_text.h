// The text forms of settings that are neither durations, numbers nor plain words.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::server {

using TextMap = std::map<std::string, std::string, std::less<>>;

// "true" or "false".
Result<bool> ParseBool(std::string_view text);

// `a=b,c=d`, or `{"a"="b", "c"="d"}` with `=` or `:`, quotes and spaces at will; empty is the empty map.
// Errors: kInvalidArgument for an entry without a value, or a key that comes twice.
Result<TextMap> ParseMap(std::string_view text);
std::string FormatMap(const TextMap& map);  // {"a" = "b", "c" = "d"}

// `text` as a TOML string, quotes included.
std::string Quoted(std::string_view text);

}  // namespace broker::server
