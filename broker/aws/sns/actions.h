// Every action of SNS, one file each. All answer with the rows of SnsFault.
#pragma once

#include <memory>
#include <vector>

#include "broker/aws/action.h"
#include "broker/aws/backend.h"

namespace broker::aws::sns {

// The backend outlives them.
std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend);

std::unique_ptr<const Action> AddPermission(const Backend& backend);
std::unique_ptr<const Action> ConfirmSubscription(const Backend& backend);
std::unique_ptr<const Action> CreateTopic(const Backend& backend);
std::unique_ptr<const Action> DeleteTopic(const Backend& backend);
std::unique_ptr<const Action> GetDataProtectionPolicy(const Backend& backend);
std::unique_ptr<const Action> GetSubscriptionAttributes(const Backend& backend);
std::unique_ptr<const Action> GetTopicAttributes(const Backend& backend);
std::unique_ptr<const Action> ListSubscriptions(const Backend& backend);
std::unique_ptr<const Action> ListSubscriptionsByTopic(const Backend& backend);
std::unique_ptr<const Action> ListTagsForResource(const Backend& backend);
std::unique_ptr<const Action> ListTopics(const Backend& backend);
std::unique_ptr<const Action> Publish(const Backend& backend);
std::unique_ptr<const Action> PublishBatch(const Backend& backend);
std::unique_ptr<const Action> PutDataProtectionPolicy(const Backend& backend);
std::unique_ptr<const Action> RemovePermission(const Backend& backend);
std::unique_ptr<const Action> SetSubscriptionAttributes(const Backend& backend);
std::unique_ptr<const Action> SetTopicAttributes(const Backend& backend);
std::unique_ptr<const Action> Subscribe(const Backend& backend);
std::unique_ptr<const Action> TagResource(const Backend& backend);
std::unique_ptr<const Action> Unsubscribe(const Backend& backend);
std::unique_ptr<const Action> UntagResource(const Backend& backend);

// Those about phones and mobile apps, which are not offered: each says so.
std::vector<std::unique_ptr<const Action>> NotOffered();

}  // namespace broker::aws::sns
