// Every action of SQS, one file each. All answer with the rows of SqsFault.
#pragma once

#include <memory>
#include <vector>

#include "broker/aws/action.h"
#include "broker/aws/backend.h"
#include "broker/aws/sqs/recent.h"

namespace broker::aws::sqs {

// The backend outlives them.
std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend);

std::unique_ptr<const Action> AddPermission(const Backend& backend);
std::unique_ptr<const Action> CancelMessageMoveTask(const Backend& backend);
std::unique_ptr<const Action> ChangeMessageVisibility(const Backend& backend);
std::unique_ptr<const Action> ChangeMessageVisibilityBatch(const Backend& backend);
std::unique_ptr<const Action> CreateQueue(const Backend& backend, std::shared_ptr<Recent> deleted);
std::unique_ptr<const Action> DeleteMessage(const Backend& backend);
std::unique_ptr<const Action> DeleteMessageBatch(const Backend& backend);
std::unique_ptr<const Action> DeleteQueue(const Backend& backend, std::shared_ptr<Recent> deleted);
std::unique_ptr<const Action> GetQueueAttributes(const Backend& backend);
std::unique_ptr<const Action> GetQueueUrl(const Backend& backend);
std::unique_ptr<const Action> ListDeadLetterSourceQueues(const Backend& backend);
std::unique_ptr<const Action> ListMessageMoveTasks(const Backend& backend);
std::unique_ptr<const Action> ListQueueTags(const Backend& backend);
std::unique_ptr<const Action> ListQueues(const Backend& backend);
std::unique_ptr<const Action> PurgeQueue(const Backend& backend);
std::unique_ptr<const Action> ReceiveMessage(const Backend& backend);
std::unique_ptr<const Action> RemovePermission(const Backend& backend);
std::unique_ptr<const Action> SendMessage(const Backend& backend);
std::unique_ptr<const Action> SendMessageBatch(const Backend& backend);
std::unique_ptr<const Action> SetQueueAttributes(const Backend& backend);
std::unique_ptr<const Action> StartMessageMoveTask(const Backend& backend);
std::unique_ptr<const Action> TagQueue(const Backend& backend);
std::unique_ptr<const Action> UntagQueue(const Backend& backend);

}  // namespace broker::aws::sqs
