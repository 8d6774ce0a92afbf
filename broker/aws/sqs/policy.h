// The JSON in the attribute Policy, as AddPermission and RemovePermission edit it. It is kept and shown, not enforced.
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/base/result.h"

namespace broker::aws::sqs {

struct Permission {
  std::string label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;  // "SendMessage", or "*" for all
};

// `policy` (empty: none yet) with a statement for the permission. Errors: what a permission must not be, and a label that
// is there already.
Result<std::string, Refusal> AddPermissionTo(std::string_view policy, const Permission& permission,
                                             const std::string& queue_arn);
// `policy` without the statement of that label; empty when that was the last. Errors: there is none.
Result<std::string, Refusal> RemovePermissionFrom(std::string_view policy, const std::string& label);

}  // namespace broker::aws::sqs
