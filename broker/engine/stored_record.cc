#include "broker/engine/stored_record.h"

#include <algorithm>
#include <utility>

#include "broker/base/hash.h"
#include "broker/storage/v0/records.pb.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;

void ToRecord(const model::MessageId& id, v0::MessageIdRecord* out) {
  out->set_log(id.log.value());
  out->set_sequence(id.sequence.value());
}

model::MessageId FromRecord(const v0::MessageIdRecord& record) {
  return {model::LogId(record.log()), model::Sequence(record.sequence())};
}

v0::AttributeRecord::Kind ToRecord(model::AttributeKind kind) {
  switch (kind) {
    case model::AttributeKind::kText: return v0::AttributeRecord::TEXT;
    case model::AttributeKind::kNumber: return v0::AttributeRecord::NUMBER;
    case model::AttributeKind::kBytes: return v0::AttributeRecord::BYTES;
  }
  return v0::AttributeRecord::TEXT;
}

model::AttributeKind FromRecord(v0::AttributeRecord::Kind kind) {
  if (kind == v0::AttributeRecord::NUMBER) return model::AttributeKind::kNumber;
  if (kind == v0::AttributeRecord::BYTES) return model::AttributeKind::kBytes;
  return model::AttributeKind::kText;
}

void ToRecord(const model::Attributes& attributes, google::protobuf::RepeatedPtrField<v0::AttributeRecord>* out) {
  for (const auto& [name, attribute] : attributes) {
    v0::AttributeRecord* record = out->Add();
    record->set_name(name);
    record->set_kind(ToRecord(attribute.kind));
    record->set_label(attribute.label);
    record->set_value(attribute.value);
  }
}

model::Attributes FromRecord(const google::protobuf::RepeatedPtrField<v0::AttributeRecord>& records) {
  model::Attributes attributes;
  for (const v0::AttributeRecord& record : records) {
    attributes[record.name()] = {FromRecord(record.kind()), record.value(), record.label()};
  }
  return attributes;
}

void ToRecord(const model::DeadLetterEntry& entry, v0::DeadLetterRecord* out) {
  out->set_source_kind(static_cast<std::uint32_t>(entry.source.kind));
  out->set_source_name(entry.source.name);
  out->set_source_namespace(entry.source_namespace);
  out->set_source_cursor(entry.source_cursor.value());
  ToRecord(entry.source_id, out->mutable_source_id());
  out->set_attempts(entry.attempts);
  out->set_first_attempt_ns(ToNanos(entry.first_attempt));
  out->set_last_attempt_ns(ToNanos(entry.last_attempt));
  out->set_dead_lettered_ns(ToNanos(entry.dead_lettered));
  out->set_reason(entry.reason);
  if (entry.moved != Time{}) out->set_moved_ns(ToNanos(entry.moved));
}

model::DeadLetterEntry FromRecord(const v0::DeadLetterRecord& record) {
  model::DeadLetterEntry entry;
  entry.source = {static_cast<model::ResourceKind>(record.source_kind()), record.source_name()};
  entry.source_namespace = record.source_namespace();
  entry.source_cursor = model::CursorId(record.source_cursor());
  entry.source_id = FromRecord(record.source_id());
  entry.attempts = record.attempts();
  entry.first_attempt = FromNanos(record.first_attempt_ns());
  entry.last_attempt = FromNanos(record.last_attempt_ns());
  entry.dead_lettered = FromNanos(record.dead_lettered_ns());
  entry.reason = record.reason();
  entry.moved = FromNanos(record.moved_ns());
  return entry;
}

void ToRecord(const model::Message& message, v0::MessageRecord* out) {
  const model::MessageContent& content = message.content;
  out->set_body(content.body);
  ToRecord(content.attributes, out->mutable_attributes());
  ToRecord(content.system_attributes, out->mutable_system_attributes());
  out->set_subject(content.subject);
  out->set_ordering_key(content.ordering_key);
  out->set_deduplication_id(content.deduplication_id);
  out->set_publish_time_ns(ToNanos(message.publish_time));
  out->set_publisher(message.publisher);
  if (message.origin != model::MessageId{}) ToRecord(message.origin, out->mutable_origin());
  for (const auto& entry : message.dead_letter) ToRecord(entry, out->add_dead_letter());
}

model::MessagePtr FromRecord(const v0::MessageRecord& record) {
  auto message = std::make_shared<model::Message>();
  message->content.body = record.body();
  message->content.attributes = FromRecord(record.attributes());
  message->content.system_attributes = FromRecord(record.system_attributes());
  message->content.subject = record.subject();
  message->content.ordering_key = record.ordering_key();
  message->content.deduplication_id = record.deduplication_id();
  message->publish_time = FromNanos(record.publish_time_ns());
  message->publisher = record.publisher();
  message->origin = FromRecord(record.origin());
  for (const auto& entry : record.dead_letter()) message->dead_letter.push_back(FromRecord(entry));
  return message;
}

}  // namespace

model::MessageId StoredRecord::IdIn(model::LogId log) const {
  if (alias != nullptr && alias->id != model::MessageId{}) return alias->id;
  return {log, model::Sequence(sequence)};
}

model::MessageId StoredRecord::OriginIn(model::LogId log) const {
  if (message != nullptr && message->origin != model::MessageId{}) return message->origin;
  if (stands_elsewhere() && alias->target != IdIn(log)) return alias->target;
  return {};
}

void ToRecord(const Alias& alias, v0::AliasRecord& out) {
  ToRecord(alias.target, out.mutable_target());
  if (alias.id != model::MessageId{}) ToRecord(alias.id, out.mutable_id());
  out.set_subscription(alias.subscription);
  out.set_delivery_format(alias.delivery_format);
}

Alias FromRecord(const v0::AliasRecord& record) {
  return {FromRecord(record.target()), FromRecord(record.id()), record.subscription(), record.delivery_format()};
}

void ToRecord(const StoredRecord& record, bool with_copy, v0::LogRecord& out) {
  out.set_held(record.held);
  out.set_append_time_ns(ToNanos(record.append_time));
  out.set_size_bytes(record.size_bytes);
  out.set_total_messages(record.totals.messages);
  out.set_total_bytes(record.totals.bytes);
  out.set_key_hash(record.key_hash);
  out.set_due_ns(ToNanos(record.due));
  out.set_expires_ns(ToNanos(record.expires));
  if (record.alias != nullptr) ToRecord(*record.alias, *out.mutable_alias());
  if (record.stands_elsewhere() && !with_copy) return;
  ToRecord(*record.message, out.mutable_message());
  // A copy that outlives what it was an alias of still says where that was.
  if (record.stands_elsewhere() && record.alias->target != record.alias->id && !out.message().has_origin()) {
    ToRecord(record.alias->target, out.mutable_message()->mutable_origin());
  }
}

StoredRecord FromRecord(std::uint64_t sequence, const v0::LogRecord& record) {
  StoredRecord out;
  out.sequence = sequence;
  out.held = record.held();
  out.append_time = FromNanos(record.append_time_ns());
  out.due = FromNanos(record.due_ns());
  out.expires = FromNanos(record.expires_ns());
  out.size_bytes = record.size_bytes();
  out.totals = {record.total_messages(), record.total_bytes()};
  out.key_hash = record.key_hash();
  if (record.has_alias()) out.alias = std::make_shared<const Alias>(FromRecord(record.alias()));
  if (record.has_message()) out.message = FromRecord(record.message());
  return out;
}

std::uint64_t KeyHash(const std::string& ordering_key) {
  if (ordering_key.empty()) return 0;
  const std::uint64_t hash = Hash64(ordering_key);
  return hash == 0 ? 1 : hash;
}

}  // namespace broker::engine
