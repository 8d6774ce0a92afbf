// A publish's message attributes: as requests say them, checked, and as the broker keeps them. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/wire/fields.h"
#include "broker/base/result.h"
#include "broker/model/message.h"

namespace broker::aws::sns {

struct AttributeInput {
  std::string type;
  std::optional<std::string> text;
  std::optional<std::string> bytes;
};
void Read(Fields& f, AttributeInput& in);
using AttributeInputs = std::vector<std::pair<std::string, AttributeInput>>;

// Errors: ParameterValueInvalid, in the real service's words.
Result<model::Attributes, Refusal> ToModel(AttributeInputs inputs);
Refusal NotANumber(std::string_view name);

}  // namespace broker::aws::sns
