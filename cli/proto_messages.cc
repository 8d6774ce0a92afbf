// Messages, deliveries and dead letters as trees; see proto_values.h.
#include <algorithm>
#include <map>

#include "broker/base/utf8.h"
#include "cli/base64.h"
#include "cli/proto_values.h"

namespace broker::cli {
namespace {

using ProtoAttributes = google::protobuf::Map<std::string, v1::Attribute>;

std::map<std::string, const v1::Attribute*> Sorted(const ProtoAttributes& attributes) {
  std::map<std::string, const v1::Attribute*> out;
  for (const auto& [name, attribute] : attributes) out.emplace(name, &attribute);
  return out;
}

Value AttributeText(const v1::Attribute& attribute) {
  switch (attribute.value_case()) {
    case v1::Attribute::kText: return attribute.text();
    case v1::Attribute::kNumber: return attribute.number();
    case v1::Attribute::kBytes: return EncodeBase64(attribute.bytes());
    case v1::Attribute::VALUE_NOT_SET: return "";
  }
  return {};
}

// Null for plain text without a label.
Value AttributeType(const v1::Attribute& attribute) {
  const bool number = attribute.value_case() == v1::Attribute::kNumber;
  const bool bytes = attribute.value_case() == v1::Attribute::kBytes;
  if (!number && !bytes && attribute.label().empty()) return {};
  Value out = Value::MakeObject().Set("kind", number ? "number" : bytes ? "bytes" : "text");
  if (!attribute.label().empty()) out.Set("label", attribute.label());
  return out;
}

void SetAttributes(Value& object, const std::string& field, const ProtoAttributes& attributes) {
  Value values = Value::MakeObject();
  Value types = Value::MakeObject();
  for (const auto& [name, attribute] : Sorted(attributes)) {
    values.Set(name, AttributeText(*attribute));
    Value type = AttributeType(*attribute);
    if (!type.is_null()) types.Set(name, std::move(type));
  }
  object.Set(field + "s", std::move(values));
  if (!types.object()->empty()) object.Set(field + "_types", std::move(types));
}

void SetIfAny(Value& object, const std::string& field, const std::string& text) {
  if (!text.empty()) object.Set(field, text);
}

Value FailureValue(const v1::Failure& failure) {
  return Value::MakeObject()
      .Set("source", failure.source())
      .Set("source_namespace", failure.source_namespace())
      .Set("source_message_id", failure.source_message_id())
      .Set("attempts", failure.attempts())
      .Set("reason", failure.reason())
      .Set("first_attempt_time", failure.attempts() > 0 ? TimeValue(failure.first_attempt_time()) : Value())
      .Set("last_attempt_time", failure.attempts() > 0 ? TimeValue(failure.last_attempt_time()) : Value())
      .Set("dead_letter_time", TimeValue(failure.dead_letter_time()));
}

// What follows id, body and attributes.
void SetRest(Value& out, const v1::Message& message) {
  out.Set("publish_time", TimeValue(message.publish_time()));
  SetIfAny(out, "subject", message.subject());
  SetIfAny(out, "ordering_key", message.ordering_key());
  SetIfAny(out, "deduplication_id", message.deduplication_id());
  SetIfAny(out, "publisher", message.publisher());
  SetIfAny(out, "origin_id", message.origin_id());
  SetIfAny(out, "subscription", message.subscription());
  SetIfAny(out, "delivery_format", message.delivery_format());
  if (message.system_attributes_size() > 0) SetAttributes(out, "system_attribute", message.system_attributes());
  if (message.failures_size() > 0) {
    Value failures = Value::MakeArray();
    for (const v1::Failure& failure : message.failures()) failures.Append(FailureValue(failure));
    out.Set("failures", std::move(failures));
  }
}

Value Head(const v1::Message& message) {
  Value out = Value::MakeObject().Set("id", message.id());
  SetBytes(out, "body", message.body());
  SetAttributes(out, "attribute", message.attributes());
  return out;
}

}  // namespace

void SetBytes(Value& object, const std::string& field, const std::string& bytes) {
  if (IsUtf8(bytes)) {
    object.Set(field, bytes);
  } else {
    object.Set(field + "_base64", EncodeBase64(bytes));
  }
}

Value MessageValue(const v1::Message& message) {
  Value out = Head(message);
  SetRest(out, message);
  return out;
}

Value DeliveryValue(const v1::Delivery& delivery) {
  Value out = Head(delivery.message());
  out.Set("attempt", delivery.attempt())
      .Set("receipt", delivery.receipt())
      .Set("first_attempt_time", TimeValue(delivery.first_attempt_time()))
      .Set("lease_deadline", TimeValue(delivery.lease_deadline()));
  SetRest(out, delivery.message());
  return out;
}

Value PeekedValue(const v1::PeekedMessage& peeked) {
  Value out = Head(peeked.message());
  out.Set("state", StateValue(peeked.state()))
      .Set("attempts", peeked.attempts())
      .Set("until", peeked.has_until() ? TimeValue(peeked.until()) : Value())
      .Set("last_reason", peeked.last_reason().empty() ? Value() : Value(peeked.last_reason()));
  SetRest(out, peeked.message());
  return out;
}

Value DeadLetterValue(const v1::DeadLetter& letter) {
  Value out = Value::MakeObject().Set("id", letter.message().id());
  const Value failure = letter.has_failure() ? FailureValue(letter.failure()) : Value();
  for (const char* field :
       {"source", "attempts", "reason", "first_attempt_time", "last_attempt_time", "dead_letter_time"}) {
    out.Set(field, failure.Get(field));  // null for a message that was published here like any other
  }
  out.Set("state", StateValue(letter.state())).Set("attempts_here", letter.attempts_here());
  SetBytes(out, "body", letter.message().body());
  SetAttributes(out, "attribute", letter.message().attributes());
  SetRest(out, letter.message());
  return out;
}

}  // namespace broker::cli
