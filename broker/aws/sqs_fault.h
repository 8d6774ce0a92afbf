// The error table of SQS. Pure functions.
#pragma once

#include <string>
#include <utility>

#include "broker/aws/fault.h"
#include "broker/base/error.h"

namespace broker::aws {

enum class SqsFault {
  kAccessDenied,
  kBatchEntryIdsNotDistinct,
  kBatchRequestTooLong,
  kEmptyBatchRequest,
  kInvalidAttributeName,
  kInvalidAttributeValue,
  kInvalidBatchEntryId,
  kInvalidMessageContents,
  kInvalidParameterValue,
  kMessageNotInflight,
  kMissingParameter,
  kOverLimit,
  kPurgeQueueInProgress,
  kQueueDeletedRecently,
  kQueueDoesNotExist,
  kQueueNameExists,
  kReceiptHandleIsInvalid,
  kResourceNotFound,
  kTooManyEntriesInBatchRequest,
  kUnsupportedOperation,
};
Fault RowOf(SqsFault fault);

inline Refusal Refuse(SqsFault fault, std::string message) { return {RowOf(fault), std::move(message)}; }

// The broker's own errors. A message that this wire words in its own way is an action's to write, but that about a queue
// that is not there, which depends on `form`.
Refusal ToSqsRefusal(const Error& error, Form form);
Refusal RefuseNoSuchQueue(Form form);
Refusal ToSqsRefusal(const FieldProblem& problem, Form form);

}  // namespace broker::aws
