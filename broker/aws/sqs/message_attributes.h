// Attributes of messages, between a request, the model and the wire. Pure functions.
//
//   "String"        <-> text            "Number" <-> number        "Binary" <-> bytes
//   "Number.price"  <-> number labelled "Number.price"
// On the way out a label that some other protocol gave ("price") follows the kind's name, and text that this wire cannot
// carry goes as bytes ("Binary.String").
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

// REQUIRES: CheckAttributes let them pass.
model::Attributes ToModel(const MessageAttributes& attributes);
MessageAttributes FromModel(const model::Attributes& attributes);

// Names, types and values.
std::size_t SizeOf(const MessageAttributes& attributes);

// Whether this wire can carry the text: UTF-8 without the characters that XML forbids.
bool IsCarried(std::string_view text);

}  // namespace broker::aws::sqs
