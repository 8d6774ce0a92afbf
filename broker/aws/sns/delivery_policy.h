// How deliveries over HTTP are retried: a topic's policy, and a subscription's that overrides it. Only kept and told:
// nothing is delivered over HTTP yet. Pure functions.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws::sns {

// What is wrong with one, if anything.
std::optional<std::string> CheckDeliveryPolicy(const std::string& policy);

// A topic's, laid over the service's own; empty: that alone.
std::string EffectiveDeliveryPolicy(std::string_view topic_policy);
// A subscription's, laid over its topic's.
std::string EffectiveDeliveryPolicy(std::string_view topic_policy, std::string_view subscription_policy);

}  // namespace broker::aws::sns
