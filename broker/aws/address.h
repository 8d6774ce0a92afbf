// Where a queue is, as a QueueUrl or a request's path says it:
//   /123456789012/orders
//   /queue/us-east-1/123456789012/orders
//   orders                                 (a bare name, in a QueueUrl only)
// Host and scheme of a QueueUrl do not count: it may have been made for another way to reach the daemon.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws {

struct QueueAddress {
  std::string name;
  std::string account;  // empty for a bare name
  std::string region;   // empty where it is not said

  // nullopt for what is none of the three.
  static std::optional<QueueAddress> FromUrl(std::string_view url);
  static std::optional<QueueAddress> FromPath(std::string_view path);
  bool operator==(const QueueAddress&) const = default;
};

}  // namespace broker::aws
