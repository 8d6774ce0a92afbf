// Settings of topics, queues and subscriptions, with their defaults and checks. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/model/filter.h"
#include "broker/model/names.h"

namespace broker::model {

// After `max_attempts` attempts that ended unsettled a message moves to `target` (a queue or a topic of the same
// namespace). Of a queue subscription there are no attempts: see SubscriptionSettings.
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

// How long a message waits after an attempt that ended unsettled, if the consumer names no backoff of its own: `minimum`
// after the first, doubled with each further one up to `maximum`, and up to a tenth less by chance.
struct RetryBackoff {
  Nanos minimum{0};  // 0 to maximum
  Nanos maximum{0};  // up to kMaxBackoff

  bool operator==(const RetryBackoff&) const = default;
};

// What a queue may hold, ready, leased, retrying and delayed together; 0: no bound. Judged when something is
// published: dead letters, redriven and replayed messages, what a topic had delayed, and what waited for a paused
// subscription go beyond it rather than be lost. A bound below what is stored drops nothing: it
// holds for the next publish.
enum class Overflow {
  kRefuse,      // the publish; of a topic's message, the copy goes to a dead-letter target if there is one: first the
                // subscription's, then the queue's
  // That is neither leased nor delayed (the delay of an ordered queue as a whole protects nothing): to the queue's
  // dead-letter target if there is one. Else as kRefuse.
  kDropOldest,
};
struct Bounds {
  std::uint64_t max_messages = 0;
  std::uint64_t max_bytes = 0;
  Overflow overflow = Overflow::kRefuse;

  bool operator==(const Bounds&) const = default;
};

// Which queues and subscriptions may name a queue in their redrive policy. Asked when a policy is set; policies that
// stand already go on.
struct DeadLetterAccess {
  enum class Kind { kAll, kNone, kListed };
  Kind kind = Kind::kAll;
  std::vector<ResourceRef> sources;  // kListed: 1 to kMaxDeadLetterSources

  bool operator==(const DeadLetterAccess&) const = default;
};

// What people and faces write on a thing. The engine only carries it. Labels are for people (at most kMaxLabels); an
// annotation belongs to the face that wrote it ("FACE.NAME"), at most kMaxAnnotationsBytes together.
struct Notes {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;

  bool operator==(const Notes&) const = default;
};

// Settings of a cursor: what a queue and a pull subscription have in common.
struct DeliverySettings {
  Nanos visibility_timeout = std::chrono::seconds(30);  // of a lease; 0 to 12 h
  Nanos retention = std::chrono::hours(24 * 4);         // 60 s to 31 d; bounds what can still be received
  bool ordered = false;                                 // fixed at creation: one at a time per ordering key
  bool exactly_once = false;                            // leases are synced; an expired or replaced lease is refused
  std::optional<RedrivePolicy> redrive;
  std::optional<RetryBackoff> backoff;                  // none: at once
  bool paused = false;                                  // nothing is handed out; publishes, acks and expiry go on
  bool retain_acknowledged = false;                     // pull subscriptions: settled messages stay for a seek, within retention

  bool operator==(const DeliverySettings&) const = default;
};

struct QueueSettings {
  DeliverySettings delivery;
  Nanos delay{0};  // default delay of its messages; on an ordered queue, of the whole queue. 0 to retention
  Deduplication deduplication;
  Nanos message_ttl{0};  // of messages that come without their own, from when they are due; 0: none; at most the retention
  Bounds bounds;
  DeadLetterAccess dead_letter_access;
  Notes notes;

  bool operator==(const QueueSettings&) const = default;
};

struct TopicSettings {
  Deduplication deduplication;
  Nanos retention{0};  // for replay: 0: off, only what somebody needs is kept; else 10 min to 31 d
  Notes notes;

  bool operator==(const TopicSettings&) const = default;
};

inline constexpr Nanos kDefaultSubscriptionRetention = std::chrono::hours(24 * 7);

struct SubscriptionSettings {
  std::string topic;
  // Where matching messages go: to the clients that pull from the subscription itself, or into `queue`.
  std::optional<std::string> queue;
  // For queue subscriptions: opaque name under which a face renders the message on receive; empty is the message itself.
  std::string delivery_format;
  // Only matching messages; none: all. Of a pull subscription fixed at creation; of a queue subscription it holds from
  // the next publish on.
  std::optional<Filter> filter;
  // The subscription goes when nobody received from it or changed it for so long; none: never. Pull subscriptions only.
  std::optional<Nanos> expire_unused;
  // Queue subscriptions: paused, what is published stays in the topic, and follows in order when it goes on. (That of a
  // pull subscription is delivery.paused.)
  bool paused = false;
  // Of a queue subscription only `redrive`: its target takes the copies that the queue has no room for, before the
  // queue's own dead-letter target is asked; max_attempts means nothing.
  DeliverySettings delivery{.retention = kDefaultSubscriptionRetention};
  Notes notes;

  bool operator==(const SubscriptionSettings&) const = default;
};

// Errors: kInvalidArgument with one violation per wrong field; field paths are those of the structs above
// ("delivery.visibility_timeout", "redrive.max_attempts", "delay").
Status Check(const QueueSettings& settings);
Status Check(const TopicSettings& settings);
Status Check(const SubscriptionSettings& settings);

}  // namespace broker::model
