#include "broker/aws/sns/topic_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/delivery_policy.h"
#include "broker/aws/sns/permissions.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/shown.h"
#include "broker/aws/wire/whole_number.h"
#include "broker/base/duration.h"
#include "broker/model/limits.h"

namespace broker::aws::sns {
namespace {

constexpr std::size_t kMaxDisplayNameBytes = 100;
constexpr std::int64_t kLeastMessageSize = 1'024;
constexpr std::int64_t kMostMessageSize = 1'048'576;
constexpr Nanos kDay = std::chrono::hours(24);
constexpr std::int64_t kMostArchiveDays = 365;  // that the real service takes

using Why = std::optional<std::string>;  // what is wrong; none: nothing

Why CheckRange(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto value = ParseWhole<std::int64_t>(text);
  if (value && *value >= least && *value <= most) return std::nullopt;
  return fmt::format("\"{}\" is not a number from {} to {}", Shown(text), least, most);
}

Why CheckObject(const std::string& value) {
  const auto json = ReadJson(value);
  if (!json.ok()) return "failed to parse JSON: " + json.error().message;
  if (json->kind != Value::Kind::kObject) return "it is not a JSON object";
  return std::nullopt;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// {"MessageRetentionPeriod": "30"}, in days.
Why SetArchivePolicy(std::string_view value, model::TopicSettings& settings) {
  if (value.empty()) {
    settings.retention = Nanos{0};
    return std::nullopt;
  }
  const auto policy = ReadJson(value);
  if (!policy.ok()) return "failed to parse JSON: " + policy.error().message;
  const Value* const period = policy->Find("MessageRetentionPeriod");
  if (period == nullptr) return "it has no MessageRetentionPeriod";
  if (Why why = CheckRange(period->text, 1, kMostArchiveDays)) return "MessageRetentionPeriod: " + *why;
  const Nanos retention = kDay * *ParseWhole<std::int64_t>(period->text);
  if (retention > model::kMaxRetention) {
    return fmt::format("MessageRetentionPeriod: {} days; this broker keeps a topic's messages for at most {}",
                       period->text, model::kMaxRetention / kDay);
  }
  settings.retention = retention;
  return std::nullopt;
}

// "SQSSuccessFeedbackRoleArn" and its like: kept, and told.
bool IsFeedback(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEndpoints{"Application", "Firehose", "HTTP", "Lambda", "SQS"};
  constexpr std::array<std::string_view, 3> kKinds{"FailureFeedbackRoleArn", "SuccessFeedbackRoleArn",
                                                   "SuccessFeedbackSampleRate"};
  return std::any_of(kEndpoints.begin(), kEndpoints.end(), [&](std::string_view endpoint) {
    return name.starts_with(endpoint) &&
           std::find(kKinds.begin(), kKinds.end(), name.substr(endpoint.size())) != kKinds.end();
  });
}

bool IsOfFifoOnly(std::string_view name) {
  return name == "ArchivePolicy" || name == "ContentBasedDeduplication" || name == "FifoThroughputScope";
}

// What is kept as it is. nullopt: no attribute has this name; else what is wrong with the value, if anything.
std::optional<Why> CheckKept(std::string_view name, const std::string& value) {
  if (name == "DisplayName") {
    if (value.size() <= kMaxDisplayNameBytes) return Why();
    return fmt::format("{} bytes; at most {}", value.size(), kMaxDisplayNameBytes);
  }
  if (name == "Policy" || name == "DataProtectionPolicy") return CheckObject(value);
  if (name == "DeliveryPolicy") return CheckDeliveryPolicy(value);
  if (name == "KmsMasterKeyId") return Why();
  if (name == "MaximumMessageSize") return CheckRange(value, kLeastMessageSize, kMostMessageSize);
  if (name == "SignatureVersion") {
    if (value == "1" || value == "2") return Why();
    return "it is 1 or 2";
  }
  if (name == "TracingConfig") {
    if (value == "PassThrough" || value == "Active") return Why();
    return "it is PassThrough or Active";
  }
  if (!IsFeedback(name)) return std::nullopt;
  if (name.ends_with("SampleRate")) return CheckRange(value, 0, 100);
  return Why();
}

bool IsDefault(std::string_view name, std::string_view value) {
  return (name == "SignatureVersion" && value == "1") || (name == "TracingConfig" && value == "PassThrough");
}

}  // namespace

bool IsFifo(std::string_view topic) { return topic.ends_with(".fifo"); }

Refusal RefuseAttribute(AttributesOf from, std::string_view name, std::string_view why) {
  const std::string message = from == AttributesOf::kRequest
                                  ? fmt::format("Invalid parameter: Attributes Reason: {}: {}", name, why)
                                  : fmt::format("Invalid parameter: {} Reason: {}", name, why);
  return Refuse(SnsFault::kInvalidParameter, message);
}

Result<void, Refusal> SetAttribute(AttributesOf from, std::string_view topic, const std::string& name,
                                   const std::string& value, model::TopicSettings& settings) {
  if (IsOfFifoOnly(name) && !IsFifo(topic)) return RefuseAttribute(from, name, "it is only supported for FIFO topics");
  if (name == "TracingConfig" && IsFifo(topic) && value == "Active") {
    return RefuseAttribute(from, name, "it is only supported for standard topics");
  }
  if (name == "ContentBasedDeduplication") {
    const auto on = ParseBoolean(value);
    if (!on)
      return RefuseAttribute(from, name, fmt::format("Invalid value [{}]. Must be true or false.", Shown(value)));
    settings.deduplication.by_content = *on;
    return {};
  }
  if (name == "FifoThroughputScope") {
    if (value != "Topic" && value != "MessageGroup") return RefuseAttribute(from, name, "it is Topic or MessageGroup");
    settings.deduplication.scope =
        value == "Topic" ? model::DeduplicationScope::kLog : model::DeduplicationScope::kGroup;
    return {};
  }
  if (name == "ArchivePolicy") {
    const std::string kept = value == "{}" ? std::string() : value;
    if (Why why = SetArchivePolicy(kept, settings)) return RefuseAttribute(from, name, *why);
    SetAnnotation(settings.notes, name, kept);
    return {};
  }
  const std::optional<Why> known = CheckKept(name, value);
  if (!known) {
    return Refuse(SnsFault::kInvalidParameter,
                  from == AttributesOf::kRequest
                      ? fmt::format("Invalid parameter: Attributes Reason: Unknown attribute: {}", Shown(name))
                      : "Invalid parameter: AttributeName");
  }
  if (*known && !value.empty()) return RefuseAttribute(from, name, **known);
  SetAnnotation(settings.notes, name, IsDefault(name, value) ? std::string() : value);
  return {};
}

engine::TopicPatch PatchOf(const model::TopicSettings& old, const model::TopicSettings& changed) {
  engine::TopicPatch patch;
  patch.deduplicate_by_content = changed.deduplication.by_content;
  patch.deduplication_scope = changed.deduplication.scope;
  patch.retention = changed.retention;
  patch.notes = Difference(old.notes, changed.notes);
  return patch;
}

std::string SignatureVersion(const model::TopicSettings& settings) {
  const std::string version = Annotation(settings.notes, "SignatureVersion");
  return version.empty() ? "1" : version;
}

std::optional<std::uint64_t> MaximumMessageSize(const model::TopicSettings& settings) {
  const auto size = ParseWhole<std::uint64_t>(Annotation(settings.notes, "MaximumMessageSize"));
  return size && *size > 0 ? size : std::nullopt;
}

Texts AttributesOfTopic(const engine::TopicInfo& topic, const SubscriptionCounts& counts, const Identity& identity,
                        Time now) {
  const std::string arn = identity.TopicArn(topic.name);
  const model::TopicSettings& settings = topic.settings;
  std::map<std::string, std::string> all;
  for (const auto& [key, value] : settings.notes.annotations) {
    if (!key.starts_with(kAnnotationPrefix)) continue;
    const std::string name = key.substr(kAnnotationPrefix.size());
    if (name != "DataProtectionPolicy" && CheckKept(name, value)) all[name] = value;
  }
  all["TopicArn"] = arn;
  all["Owner"] = identity.account;
  all.try_emplace("DisplayName", "");
  all.try_emplace("Policy", DefaultPolicy(arn, identity.account));
  all["EffectiveDeliveryPolicy"] = EffectiveDeliveryPolicy(all["DeliveryPolicy"]);
  if (all["DeliveryPolicy"].empty()) all.erase("DeliveryPolicy");
  all["SubscriptionsConfirmed"] = std::to_string(counts.confirmed);
  all["SubscriptionsPending"] = std::to_string(counts.pending);
  all["SubscriptionsDeleted"] = "0";
  if (IsFifo(topic.name)) {
    all["FifoTopic"] = "true";
    all["ContentBasedDeduplication"] = settings.deduplication.by_content ? "true" : "false";
    all["FifoThroughputScope"] =
        settings.deduplication.scope == model::DeduplicationScope::kGroup ? "MessageGroup" : "Topic";
    if (const std::string archive = Annotation(settings.notes, "ArchivePolicy"); !archive.empty()) {
      all["ArchivePolicy"] = archive;
      all["BeginningArchiveTime"] = FormatTime(std::max(topic.created, now - settings.retention));
    }
  }
  return {all.begin(), all.end()};
}

}  // namespace broker::aws::sns
