// Names of namespaces, topics, queues and subscriptions. The engine takes 1-255 bytes of [A-Za-z0-9._~+%-]; protocol
// faces restrict further. Topics, queues and subscriptions have separate name spaces.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::model {

inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::string_view kDefaultNamespace = "default";

enum class ResourceKind { kTopic, kQueue, kSubscription };
// "topic", "queue", "subscription"
std::string_view ToString(ResourceKind kind);

// Errors: kInvalidArgument, one violation of `field`, naming the value and the rule.
Status CheckName(std::string_view field, std::string_view name);

// A name as a person gives it: "billing", or "queue/billing" where "billing" alone would be ambiguous.
struct Target {
  std::optional<ResourceKind> kind;
  std::string name;

  // Errors: kInvalidArgument for an unknown kind word or a malformed name.
  static Result<Target> Parse(std::string_view field, std::string_view text);
};

// A resource by kind and name; its namespace is the caller's.
struct ResourceRef {
  ResourceKind kind = ResourceKind::kQueue;
  std::string name;

  std::string ToString() const;  // "queue/billing"
  auto operator<=>(const ResourceRef&) const = default;
};

}  // namespace broker::model
