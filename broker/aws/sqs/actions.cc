#include "broker/aws/sqs/actions.h"

namespace broker::aws::sqs {

std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend) {
  std::vector<std::unique_ptr<const Action>> actions;
  for (const auto make : {GetQueueUrl}) actions.push_back(make(backend));
  return actions;
}

}  // namespace broker::aws::sqs
