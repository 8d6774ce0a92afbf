#include "broker/aws/sqs/queue_notes.h"

#include <algorithm>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/wire/whole_number.h"

namespace broker::aws::sqs {
std::string Note(const model::QueueSettings& settings, std::string_view name) {
  return Annotation(settings.notes, name);
}

void SetNote(model::QueueSettings& settings, std::string_view name, std::string value) {
  SetAnnotation(settings.notes, name, std::move(value));
}

std::optional<std::int64_t> NumberNote(const model::QueueSettings& settings, std::string_view name) {
  return ParseWhole<std::int64_t>(Note(settings, name));
}

std::size_t MaxMessageBytes(const model::QueueSettings& settings, const Limits& limits) {
  const Range range = limits.message_bytes;
  const std::int64_t set = NumberNote(settings, "MaximumMessageSize").value_or(range.most);
  return static_cast<std::size_t>(std::clamp(set, range.least, range.most));
}

std::int64_t DefaultWaitSeconds(const model::QueueSettings& settings, const Limits& limits) {
  const Range range = limits.wait_seconds;
  return std::clamp(NumberNote(settings, "ReceiveMessageWaitTimeSeconds").value_or(0), range.least, range.most);
}

}  // namespace broker::aws::sqs
