// Where a queue is, as a QueueUrl or a request's path says it:
//   /123456789012/orders
//   /queue/us-east-1/123456789012/orders
//   orders                                 (a bare name, in a QueueUrl only)
// Host and scheme of a QueueUrl do not count: it may have been made for another way to reach the daemon. Where the daemon's
// own URL has a path, each may stand below it: /sqs/123456789012/orders.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws {

// "/sqs" of "https://broker.example/sqs"; empty for a URL without a path.
std::string_view PathOf(std::string_view url);
// A path as it is seen from below `base`: "/sqs/orders" is "/orders" below "/sqs", which itself is "/". One that is not
// below it stays as it is.
std::string_view Below(std::string_view base, std::string_view path);

struct QueueAddress {
  std::string name;
  std::string account;  // empty for a bare name
  std::string region;   // empty where it is not said

  // nullopt for what is none of the three. `base`: the path of the daemon's own URL.
  static std::optional<QueueAddress> FromUrl(std::string_view url, std::string_view base = {});
  static std::optional<QueueAddress> FromPath(std::string_view path);
  bool operator==(const QueueAddress&) const = default;
};

}  // namespace broker::aws
