// A topic's subscriptions as this face tells them: those that deliver into a queue, whichever face made them, and those
// that are pending. A topic's pull subscriptions have no place on this wire.
// Of the strand; what is seen may not be durable yet (see engine::TopicNow).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/backend.h"
#include "broker/aws/sns/pending.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscription_attributes.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/wire/writer.h"

namespace broker::aws::sns {

struct SubscriptionView {
  std::string id;
  std::string protocol;  // "sqs", "https"
  std::string endpoint;  // a queue's ARN, a URL
  bool pending = false;
  SubscriptionAttributes attributes;
  std::string replay_task;  // of the last replay, if any

  std::string Arn(const TopicPlace& topic) const;
};

SubscriptionView ViewOf(const engine::SubscriptionInfo& info, const Identity& identity);
SubscriptionView ViewOf(const PendingSubscription& pending);

// By id. Empty for a topic that is not there.
std::vector<SubscriptionView> SubscriptionsOf(const engine::Engine& engine, const TopicPlace& topic);
std::optional<SubscriptionView> FindSubscription(const engine::Engine& engine, const SubscriptionPlace& place);

SubscriptionCounts Count(const std::vector<SubscriptionView>& subscriptions);

// As GetSubscriptionAttributes tells them; `topic` is what its topic is set to.
Texts AttributesOfSubscription(const SubscriptionView& subscription, const TopicPlace& topic,
                               const model::TopicSettings& settings);

// What lists show.
struct ListedSubscription {
  std::string arn;  // "PendingConfirmation" for one that is
  std::string owner;
  std::string protocol;
  std::string endpoint;
  std::string topic_arn;
};
ListedSubscription Listed(const SubscriptionView& subscription, const TopicPlace& topic);
void WriteListed(Writer& w, const std::vector<ListedSubscription>& subscriptions);

}  // namespace broker::aws::sns
