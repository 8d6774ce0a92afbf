// What descriptions, consumers, tasks, idempotency records and clocks look like on the wire. Pure functions.
#pragma once

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/admin.pb.h"
#include "broker/v1/idempotency.pb.h"
#include "broker/v1/messages.pb.h"
#include "broker/v1/queues.pb.h"
#include "broker/v1/subscriptions.pb.h"
#include "broker/v1/tasks.pb.h"
#include "broker/v1/topics.pb.h"

namespace broker::native {

void ToProto(const engine::TopicDescription& description, v1::TopicDescription* out);
void ToProto(const engine::QueueDescription& description, v1::QueueDescription* out);
void ToProto(const engine::SubscriptionDescription& description, v1::SubscriptionDescription* out);
void ToProto(const engine::TaskInfo& task, v1::Task* out);
void ToProto(const engine::ConsumerInfo& consumer, v1::Consumer* out);
void ToProto(const engine::IdempotencyClaim& claim, v1::IdempotencyRecord* out);
void ToProto(const engine::ClockInfo& clock, v1::ClockStatus* out);

// Errors: kInvalidArgument for text that is no task's id.
Result<model::TaskId> ToTaskId(const std::string& text);

}  // namespace broker::native
