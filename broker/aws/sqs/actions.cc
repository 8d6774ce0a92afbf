#include "broker/aws/sqs/actions.h"

namespace broker::aws::sqs {

std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend) {
  std::vector<std::unique_ptr<const Action>> actions;
  const auto deleted = std::make_shared<Recent>(backend.clock);
  actions.push_back(CreateQueue(backend, deleted));
  actions.push_back(DeleteQueue(backend, deleted));
  for (const auto make : {
           AddPermission,
           CancelMessageMoveTask,
           ChangeMessageVisibility,
           ChangeMessageVisibilityBatch,
           DeleteMessage,
           DeleteMessageBatch,
           GetQueueAttributes,
           GetQueueUrl,
           ListDeadLetterSourceQueues,
           ListMessageMoveTasks,
           ListQueueTags,
           ListQueues,
           PurgeQueue,
           ReceiveMessage,
           RemovePermission,
           SendMessage,
           SendMessageBatch,
           SetQueueAttributes,
           StartMessageMoveTask,
           TagQueue,
           UntagQueue,
       }) {
    actions.push_back(make(backend));
  }
  return actions;
}

}  // namespace broker::aws::sqs
