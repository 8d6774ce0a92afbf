// The native API's messages as trees: the field names of -o json are fixed here. Pure.
#pragma once

#include <string>

#include "broker/base/clock.h"
#include "broker/v1/common.pb.h"
#include "broker/v1/dead_letters.pb.h"
#include "broker/v1/idempotency.pb.h"
#include "broker/v1/messages.pb.h"
#include "broker/v1/queues.pb.h"
#include "broker/v1/snapshots.pb.h"
#include "broker/v1/subscriptions.pb.h"
#include "broker/v1/tasks.pb.h"
#include "broker/v1/topics.pb.h"
#include "cli/value.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace broker::cli {

Nanos FromProto(const google::protobuf::Duration& duration);
Time FromProto(const google::protobuf::Timestamp& time);
google::protobuf::Duration ToProto(Nanos duration);
google::protobuf::Timestamp ToProto(Time time);

// "30s", "1h30m": what flags take.
Value DurationValue(const google::protobuf::Duration& duration);
// RFC 3339.
Value TimeValue(const google::protobuf::Timestamp& time);
// The enumerator in lower case: "ready"; "unspecified" shows as null.
Value StateValue(v1::MessageState state);

// Text that is UTF-8 goes to `field`, other bytes go base64 to `field`_base64.
void SetBytes(Value& object, const std::string& field, const std::string& bytes);

// id, body (or body_base64), attributes {name: text}; attribute_types for what is no plain text; then the rest.
Value MessageValue(const v1::Message& message);
// The same with attempt, receipt, lease_deadline, first_attempt_time.
Value DeliveryValue(const v1::Delivery& delivery);
Value PeekedValue(const v1::PeekedMessage& peeked);
// With source, attempts, reason of the last failure at the top, before the message's own fields.
Value DeadLetterValue(const v1::DeadLetter& letter);

// Settings; descriptions add stats at the top level.
Value TopicValue(const v1::Topic& topic);
Value QueueValue(const v1::Queue& queue);
Value SubscriptionValue(const v1::Subscription& subscription);
Value TopicDescriptionValue(const v1::TopicDescription& description);
Value QueueDescriptionValue(const v1::QueueDescription& description);
Value SubscriptionDescriptionValue(const v1::SubscriptionDescription& description);
Value TaskValue(const v1::Task& task);
Value SnapshotValue(const v1::Snapshot& snapshot);
Value ConsumerValue(const v1::Consumer& consumer);
// state, token (of a new claim), result or result_base64 (of what is done), expire_time.
Value IdempotencyValue(const std::string& key, const v1::IdempotencyRecord& record);

}  // namespace broker::cli
