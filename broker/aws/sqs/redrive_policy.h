// The JSON in the attributes RedrivePolicy and RedriveAllowPolicy. Pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/fault.h"
#include "broker/aws/identity.h"
#include "broker/base/result.h"
#include "broker/model/settings.h"

namespace broker::aws::sqs {

// How a caller's names are understood: theirs are the account and region, and an account means a namespace.
struct Terms {
  const Identity& identity;
  const std::function<std::string(std::string_view)>& resolve_namespace;

  // The name of the queue that an ARN means, if it means one of the caller's namespace.
  std::optional<std::string> QueueOf(std::string_view arn) const;
};

// {"deadLetterTargetArn":"arn:...","maxReceiveCount":3}; the count may be a text.
Result<model::RedrivePolicy, Refusal> ReadRedrivePolicy(std::string_view json, const Terms& terms);
std::string WriteRedrivePolicy(const model::RedrivePolicy& policy, const Identity& identity);

// {"redrivePermission":"allowAll|denyAll|byQueue","sourceQueueArns":["arn:..."]}
Result<model::DeadLetterAccess, Refusal> ReadRedriveAllowPolicy(std::string_view json, const Terms& terms);
// Of the listed sources only queues have a name on this wire.
std::string WriteRedriveAllowPolicy(const model::DeadLetterAccess& access, const Identity& identity);

// A refusal of the attribute RedrivePolicy.
Refusal InvalidRedrivePolicy(std::string_view json, std::string_view reason);

}  // namespace broker::aws::sqs
