// A topic's access policy. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

// Of a topic that was given none.
std::string DefaultPolicy(std::string_view topic_arn, std::string_view account);

struct Permission {
  std::string label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;  // "Publish"
};
// Errors: InvalidParameter for a permission that cannot be, or whose label is there already; for a label that is not there.
Result<std::string, Refusal> WithPermission(std::string_view policy, std::string_view topic_arn,
                                            const Permission& permission);
Result<std::string, Refusal> WithoutPermission(std::string_view policy, std::string_view label);

}  // namespace broker::aws::sns
