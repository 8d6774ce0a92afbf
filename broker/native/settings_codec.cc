#include "broker/native/settings_codec.h"

#include <fmt/format.h>

#include <string>

#include "broker/native/field_mask.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

Result<model::DeduplicationScope> ToScope(const std::string& field, v1::Deduplication::Scope scope) {
  switch (scope) {
    case v1::Deduplication::SCOPE_UNSPECIFIED:
    case v1::Deduplication::LOG: return model::DeduplicationScope::kLog;
    case v1::Deduplication::GROUP: return model::DeduplicationScope::kGroup;
    default: break;  // proto3 keeps numbers that it does not know
  }
  return InvalidField(field, fmt::format("{} is no scope; there are LOG (1) and GROUP (2)", static_cast<int>(scope)));
}

Result<model::Deduplication> ToDeduplication(const std::string& prefix, const v1::Deduplication& from) {
  auto scope = ToScope(prefix + "deduplication.scope", from.scope());
  if (!scope.ok()) return std::move(scope).error();
  return model::Deduplication{.by_content = from.by_content(), .scope = *scope};
}

Result<model::RedrivePolicy> ToRedrive(const std::string& prefix, const v1::DeadLetterPolicy& from) {
  auto target = model::Target::Parse(prefix + "dead_letter.target", from.target());
  if (!target.ok()) return std::move(target).error();
  model::RedrivePolicy redrive;
  if (from.max_attempts() != 0) redrive.max_attempts = from.max_attempts();
  redrive.target = {target->kind.value_or(model::ResourceKind::kQueue), target->name};
  return redrive;
}

// What queues and pull subscriptions have in common, into `settings`, which holds the defaults.
template <class Proto>
Status ReadDelivery(const std::string& prefix, const Proto& from, model::DeliverySettings& settings) {
  if (from.has_visibility_timeout()) {
    auto timeout = FromProto(prefix + "visibility_timeout", from.visibility_timeout());
    if (!timeout.ok()) return std::move(timeout).error();
    settings.visibility_timeout = *timeout;
  }
  if (from.has_retention()) {
    auto retention = FromProto(prefix + "retention", from.retention());
    if (!retention.ok()) return std::move(retention).error();
    settings.retention = *retention;
  }
  settings.ordered = from.ordered();
  settings.exactly_once = from.exactly_once();
  if (from.has_dead_letter()) {
    auto redrive = ToRedrive(prefix, from.dead_letter());
    if (!redrive.ok()) return std::move(redrive).error();
    settings.redrive = *std::move(redrive);
  }
  return {};
}

using Fields = std::set<std::string, std::less<>>;

engine::DeliveryPatch PickDelivery(const Fields& fields, const model::DeliverySettings& settings) {
  engine::DeliveryPatch patch;
  if (fields.contains("visibility_timeout")) patch.visibility_timeout = settings.visibility_timeout;
  if (fields.contains("retention")) patch.retention = settings.retention;
  if (fields.contains("exactly_once")) patch.exactly_once = settings.exactly_once;
  if (fields.contains("dead_letter")) patch.redrive = settings.redrive;
  return patch;
}

template <class Patch>
void PickDeduplication(const Fields& fields, const model::Deduplication& from, Patch& patch) {
  if (fields.contains("deduplication.by_content")) patch.deduplicate_by_content = from.by_content;
  if (fields.contains("deduplication.scope")) patch.deduplication_scope = from.scope;
}

void WriteDeduplication(const model::Deduplication& from, v1::Deduplication* out) {
  out->set_by_content(from.by_content);
  out->set_scope(from.scope == model::DeduplicationScope::kGroup ? v1::Deduplication::GROUP : v1::Deduplication::LOG);
}

template <class Proto>
void WriteDelivery(const model::DeliverySettings& settings, Proto* out) {
  ToProto(settings.visibility_timeout, out->mutable_visibility_timeout());
  ToProto(settings.retention, out->mutable_retention());
  out->set_ordered(settings.ordered);
  out->set_exactly_once(settings.exactly_once);
  if (settings.redrive) {
    out->mutable_dead_letter()->set_max_attempts(settings.redrive->max_attempts);
    out->mutable_dead_letter()->set_target(settings.redrive->target.ToString());
  }
}

}  // namespace

Result<model::TopicSettings> ToSettings(const v1::Topic& topic) {
  auto deduplication = ToDeduplication("topic.", topic.deduplication());
  if (!deduplication.ok()) return std::move(deduplication).error();
  return model::TopicSettings{.deduplication = *deduplication};
}

Result<model::QueueSettings> ToSettings(const v1::Queue& queue) {
  model::QueueSettings settings;
  BROKER_RETURN_IF_ERROR(ReadDelivery("queue.", queue, settings.delivery));
  auto delay = FromProto("queue.delay", queue.delay());
  if (!delay.ok()) return std::move(delay).error();
  settings.delay = *delay;
  auto deduplication = ToDeduplication("queue.", queue.deduplication());
  if (!deduplication.ok()) return std::move(deduplication).error();
  settings.deduplication = *deduplication;
  return settings;
}

Result<model::SubscriptionSettings> ToSettings(const v1::Subscription& subscription) {
  model::SubscriptionSettings settings;
  settings.topic = subscription.topic();
  if (!subscription.queue().empty()) settings.queue = subscription.queue();
  settings.delivery_format = subscription.delivery_format();
  BROKER_RETURN_IF_ERROR(ReadDelivery("subscription.", subscription, settings.delivery));
  return settings;
}

Result<engine::TopicPatch> ToPatch(const v1::UpdateTopicRequest& request) {
  auto fields = ResolveMask(request.update_mask(), {.resource = "topic",
                                                    .changeable = {"deduplication.by_content", "deduplication.scope"},
                                                    .fixed = {"name", "create_time"}});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.topic());
  if (!settings.ok()) return std::move(settings).error();
  engine::TopicPatch patch;
  PickDeduplication(*fields, settings->deduplication, patch);
  return patch;
}

Result<engine::QueuePatch> ToPatch(const v1::UpdateQueueRequest& request) {
  auto fields = ResolveMask(request.update_mask(),
                            {.resource = "queue",
                             .changeable = {"visibility_timeout", "retention", "exactly_once", "dead_letter", "delay",
                                            "deduplication.by_content", "deduplication.scope"},
                             .fixed = {"name", "ordered", "create_time"}});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.queue());
  if (!settings.ok()) return std::move(settings).error();
  engine::QueuePatch patch{.delivery = PickDelivery(*fields, settings->delivery)};
  if (fields->contains("delay")) patch.delay = settings->delay;
  PickDeduplication(*fields, settings->deduplication, patch);
  return patch;
}

Result<engine::SubscriptionPatch> ToPatch(const v1::UpdateSubscriptionRequest& request) {
  auto fields =
      ResolveMask(request.update_mask(),
                  {.resource = "subscription",
                   .changeable = {"visibility_timeout", "retention", "exactly_once", "dead_letter", "delivery_format"},
                   .fixed = {"name", "topic", "queue", "ordered", "create_time"},
                   .star = false});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.subscription());
  if (!settings.ok()) return std::move(settings).error();
  engine::SubscriptionPatch patch{.delivery = PickDelivery(*fields, settings->delivery)};
  if (fields->contains("delivery_format")) patch.delivery_format = settings->delivery_format;
  return patch;
}

Result<engine::StartAt> ToStart(v1::CreateSubscriptionRequest::Start start) {
  switch (start) {
    case v1::CreateSubscriptionRequest::START_UNSPECIFIED:
    case v1::CreateSubscriptionRequest::END: return engine::StartAt::kEnd;
    case v1::CreateSubscriptionRequest::EARLIEST: return engine::StartAt::kEarliest;
    default: break;
  }
  return InvalidField("start",
                      fmt::format("{} is no start; there are END (1) and EARLIEST (2)", static_cast<int>(start)));
}

void ToProto(const engine::TopicInfo& info, v1::Topic* out) {
  out->set_name(info.name);
  WriteDeduplication(info.settings.deduplication, out->mutable_deduplication());
  ToProto(info.created, out->mutable_create_time());
}

void ToProto(const engine::QueueInfo& info, v1::Queue* out) {
  out->set_name(info.name);
  WriteDelivery(info.settings.delivery, out);
  ToProto(info.settings.delay, out->mutable_delay());
  WriteDeduplication(info.settings.deduplication, out->mutable_deduplication());
  ToProto(info.created, out->mutable_create_time());
}

void ToProto(const engine::SubscriptionInfo& info, v1::Subscription* out) {
  out->set_name(info.name);
  out->set_topic(info.settings.topic);
  if (info.settings.queue) {
    out->set_queue(*info.settings.queue);
    out->set_delivery_format(info.settings.delivery_format);
  } else {
    WriteDelivery(info.settings.delivery, out);
  }
  ToProto(info.created, out->mutable_create_time());
}

}  // namespace broker::native
