// Tags of queues are their labels. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "broker/aws/fault.h"
#include "broker/aws/sqs/limits.h"
#include "broker/aws/sqs/queue_attributes.h"

namespace broker::aws::sqs {

using Labels = std::map<std::string, std::string>;

// Lays `tags` over `labels`. Errors: a tag that may not be, or too many of them in the end.
std::optional<Refusal> AddTags(const Texts& tags, const std::string& queue, const Limits& limits, Labels& labels);

}  // namespace broker::aws::sqs
