#include "broker/aws/sqs/tags.h"

#include <fmt/format.h>

#include "broker/aws/attribute_type.h"
#include "broker/aws/sqs/message_attributes.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/model/limits.h"

namespace broker::aws::sqs {

std::optional<Refusal> AddTags(const Texts& tags, const std::string& queue, const Limits& limits, Labels& labels) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > model::kMaxLabelKeyBytes || !IsCarried(key)) {
      return InvalidValue("TagKey", key,
                          fmt::format("A tag's key is text of 1 to {} bytes.", model::kMaxLabelKeyBytes));
    }
    if (key.starts_with("aws:")) return InvalidValue("TagKey", key, "Keys that begin with aws: are reserved.");
    if (value.size() > model::kMaxLabelValueBytes || !IsCarried(value)) {
      return InvalidValue("TagValue", value,
                          fmt::format("A tag's value is text of at most {} bytes.", model::kMaxLabelValueBytes));
    }
    labels[key] = value;
  }
  if (labels.size() > limits.tags) {
    return Refuse(SqsFault::kInvalidParameterValue,
                  fmt::format("Too many tags added for queue {}: {}, the most are {}.", Shown(queue), labels.size(),
                              limits.tags));
  }
  return std::nullopt;
}

}  // namespace broker::aws::sqs
