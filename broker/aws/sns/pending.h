// Subscriptions that nothing is delivered to yet: kept with their topic, in its annotation "aws.pending", and pending for
// ever. Plain values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "broker/aws/sns/subscription_attributes.h"
#include "broker/model/settings.h"

namespace broker::aws::sns {

inline constexpr std::size_t kMaxPending = 100;  // of one topic: all of them fit one page of a list

struct PendingSubscription {
  std::string id;  // the UUID at the end of its ARN
  std::string protocol;
  std::string endpoint;
  SubscriptionAttributes attributes;
};

// By id. What is not understood is left out.
std::vector<PendingSubscription> PendingOf(const model::TopicSettings& settings);
void SetPending(const std::vector<PendingSubscription>& pending, model::TopicSettings& settings);

}  // namespace broker::aws::sns
