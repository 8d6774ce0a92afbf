// Counts and sizes as people write them: in decimal digits, without sign. Errors: kInvalidArgument.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker {

// "1000": a whole number without unit, up to what 64 bits hold.
Result<std::uint64_t> ParseCount(std::string_view text);

// "64MiB", "512KiB", "2GiB", "1000" (bytes), "1000B". Decimal units (MB) are refused, since people mean either.
Result<std::uint64_t> ParseSize(std::string_view text);
std::string FormatSize(std::uint64_t bytes);  // the largest unit that divides it

}  // namespace broker
