// JSON text to a Value. Pure function.
#pragma once

#include <string_view>

#include "broker/aws/wire/value.h"
#include "broker/base/result.h"

namespace broker::aws {

// One whole JSON text (RFC 8259, no comments, no trailing commas). Errors: kInvalidArgument with what is wrong and
// where: malformed text or UTF-8, a name twice in one object, the bounds of value.h.
Result<Value> ReadJson(std::string_view text);

}  // namespace broker::aws
