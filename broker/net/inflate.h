// Undoes gzip (RFC 1952), with a bound on what comes out: a small body can inflate a thousandfold.
// Pure function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace broker::net {

enum class InflateOutcome { kOk, kMalformed, kTooLarge };

// All of `bytes`, which may be several members one after the other, into `*out`. On another outcome than kOk `*out` is
// unspecified, but never holds more than `limit` bytes.
InflateOutcome Inflate(std::string_view bytes, std::size_t limit, std::string* out);

}  // namespace broker::net
