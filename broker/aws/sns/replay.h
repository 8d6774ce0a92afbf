// Replay of a topic's archive into the queue of one of its subscriptions, by its filter and in its format. Of the strand.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "broker/aws/backend.h"
#include "broker/aws/fault.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscription_attributes.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

// Whether there can be one. Errors: InvalidParameter for a topic without an archive, or a start that is to come.
Result<void, Refusal> CheckReplay(const SubscriptionAttributes& attributes, const model::TopicSettings& topic,
                                  Time now);

// Starts what the attribute ReplayPolicy says, but of nothing published after `latest`, if given, or after now; `started` gets the name of the
// task. Errors: what the engine refuses.
void StartReplay(const Backend& backend, const SubscriptionPlace& place, const std::string& queue,
                 const SubscriptionAttributes& attributes, std::optional<Time> latest,
                 std::function<void(Result<std::string, Refusal>)> started);

void CancelReplay(const Backend& backend, const engine::Caller& caller, const std::string& task);

// "Pending", "In progress", "Completed" or "Failed".
void AskReplayStatus(const Backend& backend, const engine::Caller& caller, const std::string& task,
                     std::function<void(std::string)> tell);

}  // namespace broker::aws::sns
