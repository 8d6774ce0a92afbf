// Attributes of messages: as requests say them, checked, and to and from the model (see attribute_type.h). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/wire/fields.h"
#include "broker/aws/wire/md5.h"
#include "broker/base/result.h"
#include "broker/model/message.h"

namespace broker::aws::sqs {

// As a request has it.
struct AttributeValue {
  std::optional<std::string> type;
  std::optional<std::string> text;
  std::optional<std::string> bytes;
  std::vector<std::string> texts;  // lists exist in the shape only: the service takes none
  std::vector<std::string> blobs;
};
void Read(Fields& f, AttributeValue& in);

using AttributeValues = std::vector<std::pair<std::string, AttributeValue>>;

// Errors: what a name, a type or a value must not be.
Result<MessageAttributes, Refusal> CheckAttributes(AttributeValues values);
Refusal NotANumber(std::string_view name);

// REQUIRES: CheckAttributes let them pass.
model::Attributes ToModel(const MessageAttributes& attributes);
MessageAttributes FromModel(const model::Attributes& attributes);

// Names, types and values.
std::size_t SizeOf(const MessageAttributes& attributes);

}  // namespace broker::aws::sqs
