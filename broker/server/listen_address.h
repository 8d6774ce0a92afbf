// Where a face listens: an IP address and a port, as text "127.0.0.1:8085" or "[::1]:8085". "localhost" is taken as
// 127.0.0.1: no other name is, because what a name means may change between two starts.
// Immutable values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::server {

struct ListenAddress {
  std::string host;         // "127.0.0.1" or "::1", without brackets
  std::uint16_t port = 0;   // 0: any free one

  // Errors: kInvalidArgument naming the text and what is wrong with it.
  static Result<ListenAddress> Parse(std::string_view text);

  bool IsLoopback() const;
  std::string ToString() const;
  bool operator==(const ListenAddress&) const = default;
};

}  // namespace broker::server
