#include "broker/aws/sqs_fault.h"

#include <fmt/format.h>

namespace broker::aws {

Fault RowOf(SqsFault fault) {
  switch (fault) {
    case SqsFault::kAccessDenied: return {"com.amazon.coral.service#AccessDeniedException", "AccessDenied", 403};
    case SqsFault::kBatchEntryIdsNotDistinct:
      return {"com.amazonaws.sqs#BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"};
    case SqsFault::kBatchRequestTooLong:
      return {"com.amazonaws.sqs#BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"};
    case SqsFault::kEmptyBatchRequest:
      return {"com.amazonaws.sqs#EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"};
    case SqsFault::kInvalidAttributeName: return {"com.amazonaws.sqs#InvalidAttributeName", "InvalidAttributeName"};
    case SqsFault::kInvalidAttributeValue: return {"com.amazonaws.sqs#InvalidAttributeValue", "InvalidAttributeValue"};
    case SqsFault::kInvalidBatchEntryId:
      return {"com.amazonaws.sqs#InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"};
    case SqsFault::kInvalidMessageContents:
      return {"com.amazonaws.sqs#InvalidMessageContents", "InvalidMessageContents"};
    case SqsFault::kInvalidParameterValue:
      return {"com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue"};
    case SqsFault::kMessageNotInflight:
      return {"com.amazonaws.sqs#MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"};
    case SqsFault::kMissingParameter:
      return {"com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter"};
    case SqsFault::kOverLimit: return {"com.amazonaws.sqs#OverLimit", "OverLimit", 403};
    case SqsFault::kPurgeQueueInProgress:
      return {"com.amazonaws.sqs#PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress", 403, 403};
    case SqsFault::kQueueDeletedRecently:
      return {"com.amazonaws.sqs#QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"};
    case SqsFault::kQueueDoesNotExist:
      return {"com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"};
    case SqsFault::kQueueNameExists: return {"com.amazonaws.sqs#QueueNameExists", "QueueAlreadyExists"};
    case SqsFault::kReceiptHandleIsInvalid:
      return {"com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"};
    case SqsFault::kResourceNotFound:
      return {"com.amazonaws.sqs#ResourceNotFoundException", "ResourceNotFoundException", 404, 404};
    case SqsFault::kTooManyEntriesInBatchRequest:
      return {"com.amazonaws.sqs#TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"};
    case SqsFault::kUnsupportedOperation:
      return {"com.amazonaws.sqs#UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"};
  }
  return {};
}

Refusal ToSqsRefusal(const Error& error, Form form) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return Refuse(SqsFault::kInvalidParameterValue, error.message);
    case ErrorCode::kNotFound:
      if (error.resource.starts_with("task/")) return Refuse(SqsFault::kResourceNotFound, error.message);
      return RefuseNoSuchQueue(form);
    case ErrorCode::kAlreadyExists: return Refuse(SqsFault::kQueueNameExists, error.message);
    case ErrorCode::kFailedPrecondition: return Refuse(SqsFault::kUnsupportedOperation, error.message);
    case ErrorCode::kLimitExceeded: return Refuse(SqsFault::kOverLimit, error.message);
    case ErrorCode::kStorageFull: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kInvalidReceipt: return Refuse(SqsFault::kReceiptHandleIsInvalid, error.message);
    case ErrorCode::kLeaseLost: return Refuse(SqsFault::kInvalidParameterValue, error.message);
    case ErrorCode::kCancelled: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kDeadlineExceeded: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kUnavailable: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kDataLoss: return Refuse(CommonFault::kInternalFailure, error.message);
    case ErrorCode::kUnsupported: return Refuse(SqsFault::kUnsupportedOperation, error.message);
    case ErrorCode::kPermissionDenied: return Refuse(SqsFault::kAccessDenied, error.message);
    case ErrorCode::kInternal: return Refuse(CommonFault::kInternalFailure, error.message);
  }
  return Refuse(CommonFault::kInternalFailure, error.message);
}

Refusal RefuseNoSuchQueue(Form form) {
  return Refuse(SqsFault::kQueueDoesNotExist, form == Form::kJson
                                                  ? "The specified queue does not exist."
                                                  : "The specified queue does not exist for this wsdl version.");
}

Refusal ToSqsRefusal(const FieldProblem& problem, Form form) {
  switch (problem.kind) {
    case FieldProblem::Kind::kMissing:
      return Refuse(SqsFault::kMissingParameter,
                    fmt::format("The request must contain the parameter {}.", problem.field));
    case FieldProblem::Kind::kWrongType:
      if (form == Form::kJson) return RefuseWrongType(problem, form);
      return Refuse(SqsFault::kInvalidParameterValue, RefuseWrongType(problem, form).message);
    case FieldProblem::Kind::kOutOfRange:
      return Refuse(SqsFault::kInvalidParameterValue,
                    fmt::format("Value {} for parameter {} is invalid. Reason: Must be >= {} and <= {}, if provided.",
                                problem.value, problem.field, problem.range.least, problem.range.most));
    case FieldProblem::Kind::kNotBase64:
      return Refuse(SqsFault::kInvalidParameterValue,
                    fmt::format("Value for parameter {} is invalid. Reason: It is not base64.", problem.field));
  }
  return RefuseWrongType(problem, form);
}

}  // namespace broker::aws
