// How actions change a queue's settings. Of the strand.
#pragma once

#include <functional>

#include "broker/aws/sqs/queue_attributes.h"
#include "broker/aws/sqs/queue_call.h"

namespace broker::aws::sqs {

// Changes the settings of a queue as `change` says, which may refuse; answers when that is durable. Nothing comes between
// reading and changing. `given` are the attributes that were asked for, in whose words a refusal speaks.
using Change = std::function<Result<void, Refusal>(const QueueCall&, model::QueueSettings&)>;
void ChangeQueue(const Backend& backend, const Call& call, const std::string& url, const Change& change,
                 Done<None> done, Texts given = {});

}  // namespace broker::aws::sqs
