// The error table of SNS, which speaks Query only. Pure functions.
#pragma once

#include <string>
#include <utility>

#include "broker/aws/fault.h"
#include "broker/base/error.h"

namespace broker::aws {

enum class SnsFault {
  kAuthorizationError,
  kBatchEntryIdsNotDistinct,
  kBatchRequestTooLong,
  kConcurrentAccess,
  kEmptyBatchRequest,
  kFilterPolicyLimitExceeded,
  kInternalError,
  kInvalidBatchEntryId,
  kInvalidParameter,
  kInvalidParameterValue,
  kInvalidState,
  kNotFound,
  kReplayLimitExceeded,
  kResourceNotFound,
  kStaleTag,
  kSubscriptionLimitExceeded,
  kTagLimitExceeded,
  kTagPolicy,
  kThrottled,
  kTooManyEntriesInBatchRequest,
  kTopicLimitExceeded,
  kValidation,
};
Fault RowOf(SnsFault fault);

inline Refusal Refuse(SnsFault fault, std::string message) { return {RowOf(fault), std::move(message)}; }

// `quota`: what the action calls a quota of the namespace that is used up.
Refusal ToSnsRefusal(const Error& error, SnsFault quota = SnsFault::kTopicLimitExceeded);
Refusal ToSnsRefusal(const FieldProblem& problem, Form form);

}  // namespace broker::aws
