#include "broker/native/message_codec.h"

#include <fmt/format.h>

#include <utility>

#include "broker/model/validation.h"
#include "broker/native/errors.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

Result<model::Attribute> TakeAttribute(const std::string& field, const std::string& name, v1::Attribute& from) {
  model::Attribute attribute;
  switch (from.value_case()) {
    case v1::Attribute::kText:
      attribute.kind = model::AttributeKind::kText;
      attribute.value = std::move(*from.mutable_text());
      break;
    case v1::Attribute::kNumber:
      attribute.kind = model::AttributeKind::kNumber;
      attribute.value = std::move(*from.mutable_number());
      break;
    case v1::Attribute::kBytes:
      attribute.kind = model::AttributeKind::kBytes;
      attribute.value = std::move(*from.mutable_bytes());
      break;
    case v1::Attribute::VALUE_NOT_SET:
      return InvalidField(fmt::format("{}.attributes[\"{}\"]", field, name),
                          "it has no value: set one of text, number and bytes");
  }
  attribute.label = std::move(*from.mutable_label());
  return attribute;
}

void WriteAttribute(const model::Attribute& from, v1::Attribute& out) {
  switch (from.kind) {
    case model::AttributeKind::kText: out.set_text(from.value); break;
    case model::AttributeKind::kNumber: out.set_number(from.value); break;
    case model::AttributeKind::kBytes: out.set_bytes(from.value); break;
  }
  out.set_label(from.label);
}

void WriteFailure(const model::DeadLetterEntry& from, v1::Failure* out) {
  out->set_source(from.source.ToString());
  out->set_source_namespace(from.source_namespace);
  out->set_source_message_id(from.source_id.ToString());
  out->set_attempts(from.attempts);
  if (from.attempts > 0) {
    ToProto(from.first_attempt, out->mutable_first_attempt_time());
    ToProto(from.last_attempt, out->mutable_last_attempt_time());
  }
  ToProto(from.dead_lettered, out->mutable_dead_letter_time());
  out->set_reason(from.reason);
}

void WriteMessage(const model::Message& from, const model::MessageId& id, const model::MessageId& origin,
                  v1::Message* out) {
  out->set_id(id.ToString());
  if (origin != model::MessageId{} && origin != id) out->set_origin_id(origin.ToString());
  const model::MessageContent& content = from.content;
  out->set_body(content.body);
  for (const auto& [name, attribute] : content.attributes)
    WriteAttribute(attribute, (*out->mutable_attributes())[name]);
  for (const auto& [name, attribute] : content.system_attributes) {
    WriteAttribute(attribute, (*out->mutable_system_attributes())[name]);
  }
  out->set_subject(content.subject);
  out->set_ordering_key(content.ordering_key);
  out->set_deduplication_id(content.deduplication_id);
  ToProto(from.publish_time, out->mutable_publish_time());
  out->set_publisher(from.publisher);
  for (const auto& entry : from.dead_letter) WriteFailure(entry, out->add_failures());
}

void WriteMessage(const engine::PeekedMessage& peeked, v1::Message* out) {
  WriteMessage(*peeked.message, peeked.id, peeked.origin, out);
  out->set_subscription(peeked.subscription);
  out->set_delivery_format(peeked.delivery_format);
}

v1::MessageState ToProto(engine::MessageState state) {
  switch (state) {
    case engine::MessageState::kReady: return v1::READY;
    case engine::MessageState::kLeased: return v1::LEASED;
    case engine::MessageState::kRetrying: return v1::RETRYING;
    case engine::MessageState::kDelayed: return v1::DELAYED;
  }
  return v1::MESSAGE_STATE_UNSPECIFIED;
}

}  // namespace

Result<engine::PublishEntry> TakeEntry(const std::string& field, v1::PublishMessage& message) {
  engine::PublishEntry entry;
  if (message.has_delay()) {
    auto delay = FromProto(field + ".delay", message.delay());
    if (!delay.ok()) return std::move(delay).error();
    entry.delay = *delay;
  }
  auto ttl = FromProto(field + ".ttl", message.has_ttl(), message.ttl());
  if (!ttl.ok()) return std::move(ttl).error();
  entry.ttl = *ttl;
  for (auto& [name, from] : *message.mutable_attributes()) {
    auto attribute = TakeAttribute(field, name, from);
    if (!attribute.ok()) return std::move(attribute).error();
    entry.content.attributes.emplace(name, *std::move(attribute));
  }
  entry.content.body = std::move(*message.mutable_body());
  entry.content.subject = std::move(*message.mutable_subject());
  entry.content.ordering_key = std::move(*message.mutable_ordering_key());
  entry.content.deduplication_id = std::move(*message.mutable_deduplication_id());
  return entry;
}

Result<engine::MessageState> ToState(v1::MessageState state) {
  switch (state) {
    case v1::MESSAGE_STATE_UNSPECIFIED:
    case v1::READY: return engine::MessageState::kReady;
    case v1::LEASED: return engine::MessageState::kLeased;
    case v1::RETRYING: return engine::MessageState::kRetrying;
    case v1::DELAYED: return engine::MessageState::kDelayed;
    default: break;  // proto3 keeps numbers that it does not know
  }
  return InvalidField("state", fmt::format("{} is no state; there are READY (1), LEASED (2), RETRYING (3) and "
                                           "DELAYED (4)",
                                           static_cast<int>(state)));
}

Result<model::MessageId> ToMessageId(const std::string& text) {
  if (const auto id = model::MessageId::Parse(text)) return *id;
  return InvalidField("id", fmt::format("\"{}\" is no message's id", model::CutText(text, 64)));
}

void ToProto(const engine::Delivery& delivery, v1::Delivery* out) {
  v1::Message* message = out->mutable_message();
  WriteMessage(*delivery.message, delivery.id, delivery.origin, message);
  message->set_subscription(delivery.subscription);
  message->set_delivery_format(delivery.delivery_format);
  out->set_receipt(delivery.receipt);
  out->set_attempt(delivery.attempt);
  ToProto(delivery.first_attempt, out->mutable_first_attempt_time());
  ToProto(delivery.lease_deadline, out->mutable_lease_deadline());
}

void ToProto(const engine::PeekedMessage& peeked, v1::PeekedMessage* out) {
  WriteMessage(peeked, out->mutable_message());
  out->set_state(ToProto(peeked.state));
  out->set_attempts(peeked.attempts);
  if (peeked.until) ToProto(*peeked.until, out->mutable_until());
  out->set_last_reason(peeked.last_reason);
}

void ToProto(const engine::PeekedMessage& peeked, v1::DeadLetter* out) {
  WriteMessage(peeked, out->mutable_message());
  out->set_state(ToProto(peeked.state));
  out->set_attempts_here(peeked.attempts);
  if (!peeked.message->dead_letter.empty()) WriteFailure(peeked.message->dead_letter.back(), out->mutable_failure());
}

void ToProto(const Result<engine::Published>& published, v1::PublishResult* out) {
  if (!published.ok()) {
    ToEntryError(published.error(), out->mutable_error());
    return;
  }
  out->set_id(published->id.ToString());
  out->set_duplicate(published->duplicate);
}

}  // namespace broker::native
