// Settings of topics, queues and subscriptions, with their defaults and checks. Pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/model/names.h"

namespace broker::model {

// After `max_attempts` attempts that ended unsettled a message moves to `target` (a queue or a topic of the same
// namespace).
struct RedrivePolicy {
  std::uint32_t max_attempts = 5;  // 1 to kMaxAttempts
  ResourceRef target;

  bool operator==(const RedrivePolicy&) const = default;
};

enum class DeduplicationScope { kLog, kGroup };  // one window for the whole topic or queue, or one per ordering key

struct Deduplication {
  bool by_content = false;  // without an id, the SHA-256 of the body serves as one
  DeduplicationScope scope = DeduplicationScope::kLog;

  bool operator==(const Deduplication&) const = default;
};

// Settings of a cursor: what a queue and a pull subscription have in common.
struct DeliverySettings {
  Nanos visibility_timeout = std::chrono::seconds(30);  // of a lease; 0 to 12 h
  Nanos retention = std::chrono::hours(24 * 4);         // 60 s to 31 d; bounds what can still be received
  bool ordered = false;                                 // fixed at creation: one at a time per ordering key
  bool exactly_once = false;                            // leases are synced; an expired or replaced lease is refused
  std::optional<RedrivePolicy> redrive;

  bool operator==(const DeliverySettings&) const = default;
};

struct QueueSettings {
  DeliverySettings delivery;
  Nanos delay{0};  // default delay of its messages; on an ordered queue, of the whole queue. 0 to retention
  Deduplication deduplication;

  bool operator==(const QueueSettings&) const = default;
};

struct TopicSettings {
  Deduplication deduplication;

  bool operator==(const TopicSettings&) const = default;
};

inline constexpr Nanos kDefaultSubscriptionRetention = std::chrono::hours(24 * 7);

struct SubscriptionSettings {
  std::string topic;
  // Where matching messages go: to the clients that pull from the subscription itself, or into `queue`.
  std::optional<std::string> queue;
  // For queue subscriptions: opaque name under which a face renders the message on receive; empty is the message itself.
  std::string delivery_format;
  DeliverySettings delivery{.retention = kDefaultSubscriptionRetention};  // pull subscriptions only

  bool operator==(const SubscriptionSettings&) const = default;
};

// Errors: kInvalidArgument with one violation per wrong field; field paths are those of the structs above
// ("delivery.visibility_timeout", "redrive.max_attempts", "delay").
Status Check(const QueueSettings& settings);
Status Check(const TopicSettings& settings);
Status Check(const SubscriptionSettings& settings);

}  // namespace broker::model
