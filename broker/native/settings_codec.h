// Settings of topics, queues and subscriptions between the wire and the broker: what is absent becomes the default,
// and what cannot be said in the model is refused by field ("queue.visibility_timeout"). Ranges are checked by the
// engine. Pure functions.
#pragma once

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/queues.pb.h"
#include "broker/v1/subscriptions.pb.h"
#include "broker/v1/topics.pb.h"

namespace broker::native {

Result<model::TopicSettings> ToSettings(const v1::Topic& topic);
Result<model::QueueSettings> ToSettings(const v1::Queue& queue);
Result<model::SubscriptionSettings> ToSettings(const v1::Subscription& subscription);

// The fields that the mask names; errors also for a wrong mask.
Result<engine::TopicPatch> ToPatch(const v1::UpdateTopicRequest& request);
Result<engine::QueuePatch> ToPatch(const v1::UpdateQueueRequest& request);
// `into_queue`: the subscription that is there is one into a queue; asked only for the path "paused".
Result<engine::SubscriptionPatch> ToPatch(const v1::UpdateSubscriptionRequest& request, bool into_queue);

Result<engine::StartAt> ToStart(v1::CreateSubscriptionRequest::Start start);

void ToProto(const engine::TopicInfo& info, v1::Topic* out);
void ToProto(const engine::QueueInfo& info, v1::Queue* out);
void ToProto(const engine::SubscriptionInfo& info, v1::Subscription* out);

}  // namespace broker::native
