// What creating a queue and setting its attributes have in common.
#pragma once

#include <optional>
#include <string>

#include "broker/aws/backend.h"
#include "broker/aws/sqs/queue_attributes.h"

namespace broker::aws::sqs {

// Whether the queue that the draft's RedrivePolicy names is there and of the same type. `given` are the attributes it came
// with; on the strand.
std::optional<Refusal> CheckDeadLetterQueue(const Backend& backend, const Texts& given, const QueueDraft& draft);

// Why the engine refused a queue's settings.
Refusal RefuseSettings(const Error& error, const Texts& given, Form form);

}  // namespace broker::aws::sqs
