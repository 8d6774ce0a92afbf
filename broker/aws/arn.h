// Names of resources as this wire has them: "arn:aws:sqs:us-east-1:123456789012:orders". Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;
  std::string account;
  std::string resource;  // all that follows, colons too: a topic's subscription is "orders:UUID"

  // nullopt for what has not six parts, an empty service or an empty resource.
  static std::optional<Arn> Parse(std::string_view text);
  std::string ToString() const;
  bool operator==(const Arn&) const = default;
};

// Twelve digits.
bool IsAccount(std::string_view text);
// Letters, digits, - and _, at most 63: regions of the real service and made-up ones.
bool IsRegion(std::string_view text);

}  // namespace broker::aws
