#include "broker/engine/settings_record.h"

#include "broker/storage/v0/records.pb.h"

namespace broker::engine {

namespace v0 = storage::v0;

void ToRecord(const model::RetryBackoff& backoff, v0::BackoffRecord& out) {
  out.set_minimum_ns(backoff.minimum.count());
  out.set_maximum_ns(backoff.maximum.count());
}

model::RetryBackoff FromRecord(const v0::BackoffRecord& record) {
  return {Nanos(record.minimum_ns()), Nanos(record.maximum_ns())};
}

void ToRecord(const model::Bounds& bounds, v0::BoundsRecord& out) {
  out.set_max_messages(bounds.max_messages);
  out.set_max_bytes(bounds.max_bytes);
  out.set_overflow(static_cast<std::uint32_t>(bounds.overflow));
}

model::Bounds FromRecord(const v0::BoundsRecord& record) {
  return {record.max_messages(), record.max_bytes(), static_cast<model::Overflow>(record.overflow())};
}

void ToRecord(const model::DeadLetterAccess& access, v0::DeadLetterAccessRecord& out) {
  out.set_kind(static_cast<std::uint32_t>(access.kind));
  for (const model::ResourceRef& source : access.sources) {
    v0::DeadLetterAccessRecord::Source* added = out.add_sources();
    added->set_kind(static_cast<std::uint32_t>(source.kind));
    added->set_name(source.name);
  }
}

model::DeadLetterAccess FromRecord(const v0::DeadLetterAccessRecord& record) {
  model::DeadLetterAccess access;
  access.kind = static_cast<model::DeadLetterAccess::Kind>(record.kind());
  for (const auto& source : record.sources()) {
    access.sources.push_back({static_cast<model::ResourceKind>(source.kind()), source.name()});
  }
  return access;
}

void ToRecord(const std::map<std::string, std::string>& texts, google::protobuf::RepeatedPtrField<v0::NoteRecord>& out) {
  for (const auto& [name, text] : texts) {
    v0::NoteRecord& note = *out.Add();
    note.set_name(name);
    note.set_text(text);
  }
}

std::map<std::string, std::string> FromRecord(const google::protobuf::RepeatedPtrField<v0::NoteRecord>& records) {
  std::map<std::string, std::string> texts;
  for (const v0::NoteRecord& note : records) texts.emplace(note.name(), note.text());
  return texts;
}

void ToRecord(const model::Notes& notes, v0::NotesRecord& out) {
  ToRecord(notes.labels, *out.mutable_labels());
  ToRecord(notes.annotations, *out.mutable_annotations());
}

model::Notes FromRecord(const v0::NotesRecord& record) {
  return {FromRecord(record.labels()), FromRecord(record.annotations())};
}

void ToRecord(const model::DeliverySettings& settings, v0::DeliveryRecord& out) {
  out.set_visibility_timeout_ns(settings.visibility_timeout.count());
  out.set_retention_ns(settings.retention.count());
  out.set_ordered(settings.ordered);
  out.set_exactly_once(settings.exactly_once);
  out.set_retain_acknowledged(settings.retain_acknowledged);
  if (settings.redrive) {
    out.mutable_redrive()->set_max_attempts(settings.redrive->max_attempts);
    out.mutable_redrive()->set_target_kind(static_cast<std::uint32_t>(settings.redrive->target.kind));
    out.mutable_redrive()->set_target_name(settings.redrive->target.name);
  }
  if (settings.backoff) ToRecord(*settings.backoff, *out.mutable_backoff());
  out.set_paused(settings.paused);
}

model::DeliverySettings FromRecord(const v0::DeliveryRecord& record) {
  model::DeliverySettings settings;
  settings.visibility_timeout = Nanos(record.visibility_timeout_ns());
  settings.retention = Nanos(record.retention_ns());
  settings.ordered = record.ordered();
  settings.exactly_once = record.exactly_once();
  settings.retain_acknowledged = record.retain_acknowledged();
  if (record.has_redrive()) {
    settings.redrive = model::RedrivePolicy{
        record.redrive().max_attempts(),
        {static_cast<model::ResourceKind>(record.redrive().target_kind()), record.redrive().target_name()}};
  }
  if (record.has_backoff()) settings.backoff = FromRecord(record.backoff());
  settings.paused = record.paused();
  return settings;
}

void ToRecord(const model::Deduplication& deduplication, v0::DeduplicationRecord& out) {
  out.set_by_content(deduplication.by_content);
  out.set_per_group(deduplication.scope == model::DeduplicationScope::kGroup);
}

model::Deduplication FromRecord(const v0::DeduplicationRecord& record) {
  return {record.by_content(),
          record.per_group() ? model::DeduplicationScope::kGroup : model::DeduplicationScope::kLog};
}

}  // namespace broker::engine
