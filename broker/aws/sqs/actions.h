// Every action of SQS, one file each. All answer with the rows of SqsFault.
#pragma once

#include <memory>
#include <vector>

#include "broker/aws/action.h"
#include "broker/aws/backend.h"

namespace broker::aws::sqs {

// The backend outlives them.
std::vector<std::unique_ptr<const Action>> Actions(const Backend& backend);

std::unique_ptr<const Action> GetQueueUrl(const Backend& backend);

}  // namespace broker::aws::sqs
