#include "broker/model/settings.h"

#include <fmt/format.h>

#include "broker/base/duration.h"
#include "broker/base/utf8.h"
#include "broker/model/limits.h"

namespace broker::model {
namespace {

// Collects every wrong field, so that a caller mends all of them at once.
class Violations {
 public:
  void Range(std::string_view field, Nanos value, Nanos low, Nanos high) {
    if (value >= low && value <= high) return;
    Add(field, fmt::format("{} is outside {} to {}", FormatDuration(value), FormatDuration(low), FormatDuration(high)));
  }
  void Add(std::string_view field, std::string description) {
    error_.violations.push_back({std::string(field), std::move(description)});
  }
  void AddAll(const Status& status) {
    if (status.ok()) return;
    for (const auto& violation : status.error().violations) error_.violations.push_back(violation);
  }
  Status Take() && {
    if (error_.violations.empty()) return {};
    error_.code = ErrorCode::kInvalidArgument;
    error_.reason = "INVALID_FIELD";
    for (const auto& [field, description] : error_.violations) {
      error_.message += fmt::format("{}{}: {}", error_.message.empty() ? "" : "; ", field, description);
    }
    return std::move(error_);
  }

 private:
  Error error_;
};

void CheckRedrive(const std::optional<RedrivePolicy>& redrive, Violations& violations) {
  if (!redrive) return;
  if (redrive->max_attempts < 1 || redrive->max_attempts > kMaxAttempts) {
    violations.Add("redrive.max_attempts", fmt::format("{} is outside 1 to {}", redrive->max_attempts, kMaxAttempts));
  }
  if (redrive->target.kind == ResourceKind::kSubscription) {
    violations.Add("redrive.target", "a dead-letter target is a queue or a topic, not a subscription");
  }
  violations.AddAll(CheckName("redrive.target", redrive->target.name));
}

void CheckDelivery(const DeliverySettings& settings, Violations& violations) {
  violations.Range("delivery.visibility_timeout", settings.visibility_timeout, Nanos{0}, kMaxVisibilityTimeout);
  violations.Range("delivery.retention", settings.retention, kMinRetention, kMaxRetention);
  if (settings.backoff) {
    violations.Range("delivery.backoff.maximum", settings.backoff->maximum, Nanos{0}, kMaxBackoff);
    violations.Range("delivery.backoff.minimum", settings.backoff->minimum, Nanos{0}, settings.backoff->maximum);
  }
  CheckRedrive(settings.redrive, violations);
}

void CheckAccess(const DeadLetterAccess& access, Violations& violations) {
  const std::string_view field = "dead_letter_access.sources";
  const bool listed = access.kind == DeadLetterAccess::Kind::kListed;
  if (!listed && !access.sources.empty()) violations.Add(field, "sources are listed only where access is by list");
  if (listed && (access.sources.empty() || access.sources.size() > kMaxDeadLetterSources)) {
    violations.Add(field, fmt::format("{} sources; a list has 1 to {}", access.sources.size(), kMaxDeadLetterSources));
  }
  for (const ResourceRef& source : access.sources) {
    if (source.kind == ResourceKind::kTopic) {
      violations.Add(field, fmt::format("{}: dead letters come from queues and subscriptions", source.ToString()));
    }
    violations.AddAll(CheckName(field, source.name));
  }
}

void CheckNotes(const Notes& notes, Violations& violations) {
  const auto text = [&](const std::string& field, std::string_view what, const std::string& value, std::size_t most) {
    if (value.size() > most) violations.Add(field, fmt::format("{} of {} bytes; at most {}", what, value.size(), most));
    if (!IsUtf8(value)) violations.Add(field, fmt::format("{} that is not valid UTF-8", what));
  };
  if (notes.labels.size() > kMaxLabels) {
    violations.Add("notes.labels", fmt::format("{} labels; at most {}", notes.labels.size(), kMaxLabels));
  }
  for (const auto& [name, value] : notes.labels) {
    if (name.empty()) violations.Add("notes.labels", "a label's name is empty");
    text("notes.labels", "a name", name, kMaxLabelKeyBytes);
    text("notes.labels", "a value", value, kMaxLabelValueBytes);
  }
  std::size_t bytes = 0;
  for (const auto& [name, value] : notes.annotations) {
    bytes += name.size() + value.size();
    if (name.empty()) violations.Add("notes.annotations", "an annotation's name is empty");
    text("notes.annotations", "a name", name, kMaxAnnotationsBytes);
    text("notes.annotations", "a value", value, kMaxAnnotationsBytes);
  }
  if (bytes > kMaxAnnotationsBytes) {
    violations.Add("notes.annotations", fmt::format("{} bytes in all; at most {}", bytes, kMaxAnnotationsBytes));
  }
}

// A queue subscription has no delivery settings, but for its redrive policy.
void CheckNoDelivery(const DeliverySettings& given, Violations& violations) {
  const DeliverySettings plain{.retention = kDefaultSubscriptionRetention};
  const auto refuse = [&](const char* field, bool differs) {
    if (differs) violations.Add(field, "a subscription to a queue has none of its own: set it on the queue");
  };
  refuse("delivery.visibility_timeout", given.visibility_timeout != plain.visibility_timeout);
  refuse("delivery.retention", given.retention != plain.retention);
  refuse("delivery.ordered", given.ordered);
  refuse("delivery.exactly_once", given.exactly_once);
  refuse("delivery.backoff", given.backoff.has_value());
  refuse("delivery.paused", given.paused);
  refuse("delivery.retain_acknowledged", given.retain_acknowledged);
}

}  // namespace

Status Check(const QueueSettings& settings) {
  Violations violations;
  CheckDelivery(settings.delivery, violations);
  if (settings.delivery.retain_acknowledged) {
    violations.Add("delivery.retain_acknowledged", "only a pull subscription can seek back to what it settled");
  }
  violations.Range("delay", settings.delay, Nanos{0}, settings.delivery.retention);
  violations.Range("message_ttl", settings.message_ttl, Nanos{0}, settings.delivery.retention);
  CheckAccess(settings.dead_letter_access, violations);
  CheckNotes(settings.notes, violations);
  return std::move(violations).Take();
}

Status Check(const TopicSettings& settings) {
  Violations violations;
  CheckNotes(settings.notes, violations);
  if (settings.retention != Nanos{0}) {
    violations.Range("retention", settings.retention, kMinTopicRetention, kMaxRetention);
  }
  return std::move(violations).Take();
}

Status Check(const SubscriptionSettings& settings) {
  Violations violations;
  violations.AddAll(CheckName("topic", settings.topic));
  if (settings.queue) {
    violations.AddAll(CheckName("queue", *settings.queue));
    const std::optional<RedrivePolicy>& redrive = settings.delivery.redrive;
    CheckNoDelivery(settings.delivery, violations);
    CheckRedrive(redrive, violations);
    if (redrive && redrive->target == ResourceRef{ResourceKind::kQueue, *settings.queue}) {
      violations.Add("redrive.target",
                     fmt::format("{} cannot take what it has no room for", redrive->target.ToString()));
    }
    if (settings.expire_unused) violations.Add("expire_unused", "only a pull subscription expires unused");
  } else {
    CheckDelivery(settings.delivery, violations);
    if (!settings.delivery_format.empty()) {
      violations.Add("delivery_format", "only a subscription to a queue has a delivery format");
    }
    if (settings.expire_unused) {
      violations.Range("expire_unused", *settings.expire_unused, kMinUnusedExpiry, kMaxUnusedExpiry);
    }
    if (settings.paused) violations.Add("paused", "of a pull subscription it is delivery.paused");
  }
  CheckNotes(settings.notes, violations);
  if (settings.delivery_format.size() > kMaxDeliveryFormatBytes) {
    violations.Add("delivery_format",
                   fmt::format("{} bytes; at most {}", settings.delivery_format.size(), kMaxDeliveryFormatBytes));
  }
  if (!IsUtf8(settings.delivery_format)) violations.Add("delivery_format", "not valid UTF-8");
  return std::move(violations).Take();
}

}  // namespace broker::model
