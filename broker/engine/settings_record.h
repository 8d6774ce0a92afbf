// Settings that topics, queues and subscriptions share, in their durable form and back.
#pragma once

#include <google/protobuf/repeated_field.h>

#include "broker/model/settings.h"

namespace broker::storage::v0 {
class BackoffRecord;
class BoundsRecord;
class DeadLetterAccessRecord;
class DeduplicationRecord;
class DeliveryRecord;
class NoteRecord;
class NotesRecord;
}  // namespace broker::storage::v0

namespace broker::engine {

void ToRecord(const model::DeliverySettings& settings, storage::v0::DeliveryRecord& out);
void ToRecord(const model::Deduplication& deduplication, storage::v0::DeduplicationRecord& out);
void ToRecord(const model::RetryBackoff& backoff, storage::v0::BackoffRecord& out);
void ToRecord(const model::Bounds& bounds, storage::v0::BoundsRecord& out);
void ToRecord(const model::DeadLetterAccess& access, storage::v0::DeadLetterAccessRecord& out);
void ToRecord(const std::map<std::string, std::string>& texts,
              google::protobuf::RepeatedPtrField<storage::v0::NoteRecord>& out);
void ToRecord(const model::Notes& notes, storage::v0::NotesRecord& out);

model::DeliverySettings FromRecord(const storage::v0::DeliveryRecord& record);
model::Deduplication FromRecord(const storage::v0::DeduplicationRecord& record);
model::RetryBackoff FromRecord(const storage::v0::BackoffRecord& record);
model::Bounds FromRecord(const storage::v0::BoundsRecord& record);
model::DeadLetterAccess FromRecord(const storage::v0::DeadLetterAccessRecord& record);
std::map<std::string, std::string> FromRecord(
    const google::protobuf::RepeatedPtrField<storage::v0::NoteRecord>& records);
model::Notes FromRecord(const storage::v0::NotesRecord& record);

}  // namespace broker::engine
