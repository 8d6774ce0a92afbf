// A subscription's redrive policy: the queue that takes what could not be delivered to it.
//   {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:undelivered"}
// It is the engine's own redrive policy of a queue subscription, which has no attempts to count.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/arn.h"
#include "broker/aws/backend.h"
#include "broker/aws/fault.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscription_attributes.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

// Whose ARN the policy gives. Pure. Errors: kInvalidArgument, saying what is wrong.
Result<Arn> ParseRedrivePolicy(std::string_view policy);
std::string WriteRedrivePolicy(std::string_view arn);

// Whether what the attributes name, if anything, can take what the topic's subscription cannot. Of the strand.
// Errors: InvalidParameter for a queue that is not there, or of another type than the topic.
Result<void, Refusal> CheckRedriveTarget(const Backend& backend, const TopicPlace& topic, AttributesOf from,
                                         const SubscriptionAttributes& attributes);

}  // namespace broker::aws::sns
