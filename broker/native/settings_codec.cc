#include "broker/native/settings_codec.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "broker/native/field_mask.h"
#include "broker/native/policy_codec.h"
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
  if (from.has_retry_backoff()) {
    auto backoff = ToBackoff(prefix + "retry_backoff", from.retry_backoff());
    if (!backoff.ok()) return std::move(backoff).error();
    settings.backoff = *backoff;
  }
  settings.paused = from.paused();
  return {};
}

template <class Proto>
model::Notes ReadNotes(const Proto& from) {
  return {.labels = ToTexts(from.labels()), .annotations = ToTexts(from.annotations())};
}

using Fields = std::set<std::string, std::less<>>;

engine::DeliveryPatch PickDelivery(const Fields& fields, const model::DeliverySettings& settings) {
  engine::DeliveryPatch patch;
  if (fields.contains("visibility_timeout")) patch.visibility_timeout = settings.visibility_timeout;
  if (fields.contains("retention")) patch.retention = settings.retention;
  if (fields.contains("exactly_once")) patch.exactly_once = settings.exactly_once;
  if (fields.contains("dead_letter")) patch.redrive = settings.redrive;
  if (fields.contains("retry_backoff")) patch.backoff = settings.backoff;
  if (fields.contains("paused")) patch.paused = settings.paused;
  if (fields.contains("retain_acknowledged")) patch.retain_acknowledged = settings.retain_acknowledged;
  return patch;
}

engine::NotesPatch PickNotes(const Fields& fields, model::Notes notes) {
  engine::NotesPatch patch;
  if (fields.contains("labels")) patch.labels = std::move(notes.labels);
  if (fields.contains("annotations")) patch.annotations = std::move(notes.annotations);
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
  if (settings.backoff) ToProto(*settings.backoff, out->mutable_retry_backoff());
  out->set_paused(settings.paused);
}

template <class Proto>
void WriteNotes(const model::Notes& notes, Proto* out) {
  ToProto(notes.labels, out->mutable_labels());
  ToProto(notes.annotations, out->mutable_annotations());
}

}  // namespace

Result<model::TopicSettings> ToSettings(const v1::Topic& topic) {
  auto deduplication = ToDeduplication("topic.", topic.deduplication());
  if (!deduplication.ok()) return std::move(deduplication).error();
  auto retention = FromProto("topic.retention", topic.retention());
  if (!retention.ok()) return std::move(retention).error();
  return model::TopicSettings{.deduplication = *deduplication, .retention = *retention, .notes = ReadNotes(topic)};
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
  auto ttl = FromProto("queue.message_ttl", queue.message_ttl());
  if (!ttl.ok()) return std::move(ttl).error();
  settings.message_ttl = *ttl;
  auto bounds = ToBounds("queue.bounds", queue.bounds());
  if (!bounds.ok()) return std::move(bounds).error();
  settings.bounds = *bounds;
  auto access = ToAccess("queue.dead_letter_access", queue.dead_letter_access());
  if (!access.ok()) return std::move(access).error();
  settings.dead_letter_access = *std::move(access);
  settings.notes = ReadNotes(queue);
  return settings;
}

namespace {
Status CheckNoAttempts(const v1::Subscription& subscription) {
  if (subscription.dead_letter().max_attempts() == 0) return {};
  return InvalidField("subscription.dead_letter.max_attempts",
                      "a subscription to a queue counts no attempts: set them on the queue");
}
}  // namespace

Result<model::SubscriptionSettings> ToSettings(const v1::Subscription& subscription) {
  model::SubscriptionSettings settings;
  settings.topic = subscription.topic();
  if (!subscription.queue().empty()) {
    settings.queue = subscription.queue();
    BROKER_RETURN_IF_ERROR(CheckNoAttempts(subscription));
  }
  settings.delivery_format = subscription.delivery_format();
  BROKER_RETURN_IF_ERROR(ReadDelivery("subscription.", subscription, settings.delivery));
  settings.delivery.retain_acknowledged = subscription.retain_acknowledged();
  // What the request calls `paused` is a setting of the delivery for those who pull, of the subscription for a queue.
  if (settings.queue) settings.paused = std::exchange(settings.delivery.paused, false);
  auto filter = ToFilter("subscription.filter", subscription.filter());
  if (!filter.ok()) return std::move(filter).error();
  settings.filter = *std::move(filter);
  auto unused = FromProto("subscription.expire_unused", subscription.has_expire_unused(), subscription.expire_unused());
  if (!unused.ok()) return std::move(unused).error();
  settings.expire_unused = *unused;
  settings.notes = ReadNotes(subscription);
  return settings;
}

Result<engine::TopicPatch> ToPatch(const v1::UpdateTopicRequest& request) {
  auto fields = ResolveMask(request.update_mask(), {.resource = "topic",
                                                    .changeable = {"deduplication.by_content", "deduplication.scope",
                                                                   "retention", "labels", "annotations"},
                                                    .fixed = {"name", "create_time"}});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.topic());
  if (!settings.ok()) return std::move(settings).error();
  engine::TopicPatch patch{.notes = PickNotes(*fields, std::move(settings->notes))};
  PickDeduplication(*fields, settings->deduplication, patch);
  if (fields->contains("retention")) patch.retention = settings->retention;
  return patch;
}

Result<engine::QueuePatch> ToPatch(const v1::UpdateQueueRequest& request) {
  auto fields =
      ResolveMask(request.update_mask(),
                  {.resource = "queue",
                   .changeable = {"visibility_timeout", "retention", "exactly_once", "dead_letter", "retry_backoff",
                                  "paused", "delay", "deduplication.by_content", "deduplication.scope", "message_ttl",
                                  "bounds", "dead_letter_access", "labels", "annotations"},
                   .fixed = {"name", "ordered", "create_time"}});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.queue());
  if (!settings.ok()) return std::move(settings).error();
  engine::QueuePatch patch{.delivery = PickDelivery(*fields, settings->delivery),
                           .notes = PickNotes(*fields, std::move(settings->notes))};
  if (fields->contains("delay")) patch.delay = settings->delay;
  if (fields->contains("message_ttl")) patch.message_ttl = settings->message_ttl;
  if (fields->contains("bounds")) patch.bounds = settings->bounds;
  if (fields->contains("dead_letter_access")) patch.dead_letter_access = settings->dead_letter_access;
  PickDeduplication(*fields, settings->deduplication, patch);
  return patch;
}

Result<engine::SubscriptionPatch> ToPatch(const v1::UpdateSubscriptionRequest& request, bool into_queue) {
  auto fields = ResolveMask(request.update_mask(),
                            {.resource = "subscription",
                             .changeable = {"visibility_timeout", "retention", "exactly_once", "dead_letter",
                                            "retry_backoff", "retain_acknowledged", "expire_unused", "delivery_format",
                                            "filter", "paused", "labels", "annotations"},
                             .fixed = {"name", "topic", "queue", "ordered", "create_time"},
                             .star = false});
  if (!fields.ok()) return std::move(fields).error();
  auto settings = ToSettings(request.subscription());
  if (!settings.ok()) return std::move(settings).error();
  if (into_queue && fields->contains("dead_letter")) BROKER_RETURN_IF_ERROR(CheckNoAttempts(request.subscription()));
  engine::SubscriptionPatch patch{.delivery = PickDelivery(*fields, settings->delivery),
                                  .notes = PickNotes(*fields, std::move(settings->notes))};
  if (fields->contains("delivery_format")) patch.delivery_format = settings->delivery_format;
  if (fields->contains("filter")) patch.filter = settings->filter;
  if (fields->contains("expire_unused")) patch.expire_unused = settings->expire_unused;
  if (fields->contains("paused")) {
    patch.delivery.paused.reset();
    (into_queue ? patch.paused : patch.delivery.paused) = request.subscription().paused();
  }
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
  if (info.settings.retention > Nanos{0}) ToProto(info.settings.retention, out->mutable_retention());
  WriteNotes(info.settings.notes, out);
  ToProto(info.created, out->mutable_create_time());
}

void ToProto(const engine::QueueInfo& info, v1::Queue* out) {
  out->set_name(info.name);
  WriteDelivery(info.settings.delivery, out);
  ToProto(info.settings.delay, out->mutable_delay());
  if (info.settings.message_ttl > Nanos{0}) ToProto(info.settings.message_ttl, out->mutable_message_ttl());
  if (info.settings.bounds != model::Bounds()) ToProto(info.settings.bounds, out->mutable_bounds());
  if (info.settings.dead_letter_access != model::DeadLetterAccess()) {
    ToProto(info.settings.dead_letter_access, out->mutable_dead_letter_access());
  }
  WriteNotes(info.settings.notes, out);
  WriteDeduplication(info.settings.deduplication, out->mutable_deduplication());
  ToProto(info.created, out->mutable_create_time());
}

void ToProto(const engine::SubscriptionInfo& info, v1::Subscription* out) {
  out->set_name(info.name);
  out->set_topic(info.settings.topic);
  if (info.settings.queue) {
    out->set_queue(*info.settings.queue);
    out->set_delivery_format(info.settings.delivery_format);
    out->set_paused(info.settings.paused);
    if (const auto& redrive = info.settings.delivery.redrive) {
      out->mutable_dead_letter()->set_target(redrive->target.ToString());
    }
  } else {
    WriteDelivery(info.settings.delivery, out);
    out->set_retain_acknowledged(info.settings.delivery.retain_acknowledged);
  }
  if (info.settings.filter) out->set_filter(info.settings.filter->text());
  if (info.settings.expire_unused) ToProto(*info.settings.expire_unused, out->mutable_expire_unused());
  WriteNotes(info.settings.notes, out);
  ToProto(info.created, out->mutable_create_time());
}

}  // namespace broker::native
