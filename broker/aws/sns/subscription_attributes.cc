#include "broker/aws/sns/subscription_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/delivery_format.h"
#include "broker/aws/sns/delivery_policy.h"
#include "broker/aws/sns/filter_policy.h"
#include "broker/aws/sns/redrive_policy.h"
#include "broker/aws/sns/replay_policy.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kRaw = "RawMessageDelivery";
constexpr std::string_view kFilterPolicy = "FilterPolicy";
constexpr std::string_view kFilterScope = "FilterPolicyScope";
constexpr std::string_view kRedrivePolicy = "RedrivePolicy";
constexpr std::array<std::string_view, 5> kAnnotated{kFilterPolicy, kFilterScope, "DeliveryPolicy", "ReplayPolicy",
                                                     "SubscriptionRoleArn"};

using Why = std::optional<std::string>;  // what is wrong; none: nothing

bool IsKnown(std::string_view name) {
  return name == kRaw || name == kRedrivePolicy ||
         std::find(kAnnotated.begin(), kAnnotated.end(), name) != kAnnotated.end();
}

Why CheckRedrivePolicy(const std::string& value) {
  const auto target = ParseRedrivePolicy(value);
  return target.ok() ? Why() : Why(target.error().message);
}

Why CheckValue(std::string_view name, const std::string& value) {
  if (name == kRaw && value != "true" && value != "false") {
    return fmt::format("Invalid value [{}]. Must be true or false.", Shown(value));
  }
  if (name == kFilterScope && !ParseFilterScope(value)) {
    return fmt::format("Invalid value [{}]. Please use either MessageBody or MessageAttributes", Shown(value));
  }
  if (name == kRedrivePolicy) return CheckRedrivePolicy(value);
  if (name == "DeliveryPolicy") return CheckDeliveryPolicy(value);
  if (name == "ReplayPolicy") return CheckReplayPolicy(value);
  return std::nullopt;
}

}  // namespace

SubscriptionAttributes SubscriptionAttributes::Of(const model::SubscriptionSettings& settings,
                                                  const Identity& identity) {
  SubscriptionAttributes attributes;
  for (const std::string_view name : kAnnotated) {
    if (std::string value = Annotation(settings.notes, name); !value.empty()) {
      attributes.values_.emplace(name, std::move(value));
    }
  }
  if (settings.delivery_format.empty()) attributes.values_.emplace(kRaw, "true");
  if (const auto& redrive = settings.delivery.redrive) {
    attributes.values_.emplace(kRedrivePolicy, WriteRedrivePolicy(identity.ArnOf(redrive->target)));
    attributes.redrive_target_ = redrive->target;
  }
  if (!attributes.Compile(AttributesOf::kOne).ok() || attributes.filter_ != settings.filter) {
    attributes.values_.erase(std::string(kFilterPolicy));  // another face has changed the filter
    attributes.filter_ = settings.filter;
  }
  return attributes;
}

Result<void, Refusal> SubscriptionAttributes::Set(AttributesOf from, const std::string& name,
                                                  const std::string& value) {
  return SetAll(from, {{name, value}});
}

Result<void, Refusal> SubscriptionAttributes::SetAll(AttributesOf from, const Texts& attributes) {
  bool filters = false;
  for (const auto& [name, value] : attributes) {
    if (!IsKnown(name)) {
      return Refuse(SnsFault::kInvalidParameter,
                    from == AttributesOf::kRequest
                        ? fmt::format("Invalid parameter: Attributes Reason: Unknown attribute: {}", Shown(name))
                        : "Invalid parameter: AttributeName");
    }
    // What has its default is not kept.
    const bool away = value.empty() || value == "{}" || (name == kRaw && value == "false") ||
                      (name == kFilterScope && value == "MessageAttributes");
    if (!away) {
      if (const Why why = CheckValue(name, value)) return RefuseAttribute(from, name, *why);
      values_[name] = value;
    } else {
      values_.erase(name);
    }
    if (name == kRedrivePolicy) Redrive(away ? std::string() : value);
    // A scope alone says nothing about a filter that another face set.
    filters = filters || name == kFilterPolicy || !Get(kFilterPolicy).empty();
  }
  return filters ? Compile(from) : Result<void, Refusal>();
}

void SubscriptionAttributes::Redrive(const std::string& policy) {
  redrive_target_.reset();
  if (policy.empty()) return;
  const auto arn = ParseRedrivePolicy(policy);
  values_[std::string(kRedrivePolicy)] = WriteRedrivePolicy(arn->ToString());
  redrive_target_ = model::ResourceRef{model::ResourceKind::kQueue, arn->resource};
}

std::string SubscriptionAttributes::Get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<void, Refusal> SubscriptionAttributes::Compile(AttributesOf from) {
  const auto scope = ParseFilterScope(Get(kFilterScope)).value_or(FilterScope::kAttributes);
  auto filter = CompileFilterPolicy(from == AttributesOf::kRequest ? "Attributes Reason: FilterPolicy" : "FilterPolicy",
                                    Get(kFilterPolicy), scope);
  if (!filter.ok()) return std::move(filter).error();
  filter_ = *std::move(filter);
  return {};
}

void SubscriptionAttributes::Keep(model::SubscriptionSettings& settings) const {
  settings.delivery_format = raw() ? std::string() : DeliveryFormat{settings.topic, {}}.ToString();
  settings.filter = filter_;
  for (const std::string_view name : kAnnotated) SetAnnotation(settings.notes, name, Get(name));
  std::optional<model::RedrivePolicy>& redrive = settings.delivery.redrive;
  const auto present = redrive ? std::optional(redrive->target) : std::nullopt;
  if (present == redrive_target_) return;
  redrive.reset();
  if (redrive_target_) redrive = model::RedrivePolicy{.target = *redrive_target_};
}

}  // namespace broker::aws::sns
