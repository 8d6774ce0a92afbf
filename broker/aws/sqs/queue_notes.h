// What this face writes on a queue, and reads there. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/sqs/limits.h"
#include "broker/model/settings.h"

namespace broker::aws::sqs {

// Annotations of this face, "aws.NAME", by their NAME. Empty: none; setting one to nothing takes it away.
std::string Note(const model::QueueSettings& settings, std::string_view name);
void SetNote(model::QueueSettings& settings, std::string_view name, std::string value);
// One that is a number.
std::optional<std::int64_t> NumberNote(const model::QueueSettings& settings, std::string_view name);

std::size_t MaxMessageBytes(const model::QueueSettings& settings, const Limits& limits);
std::int64_t DefaultWaitSeconds(const model::QueueSettings& settings, const Limits& limits);

}  // namespace broker::aws::sqs
