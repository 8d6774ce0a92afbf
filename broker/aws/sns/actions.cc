#include "broker/aws/sns/actions.h"

#include <utility>

namespace broker::aws::sns {

std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend) {
  std::vector<std::unique_ptr<const Action>> actions = NotOffered();
  for (const auto make : {
           AddPermission,
           ConfirmSubscription,
           CreateTopic,
           DeleteTopic,
           GetDataProtectionPolicy,
           GetSubscriptionAttributes,
           GetTopicAttributes,
           ListSubscriptions,
           ListSubscriptionsByTopic,
           ListTagsForResource,
           ListTopics,
           Publish,
           PublishBatch,
           PutDataProtectionPolicy,
           RemovePermission,
           SetSubscriptionAttributes,
           SetTopicAttributes,
           Subscribe,
           TagResource,
           Unsubscribe,
           UntagResource,
       }) {
    actions.push_back(make(backend));
  }
  return actions;
}

}  // namespace broker::aws::sns
