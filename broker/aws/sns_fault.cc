#include "broker/aws/sns_fault.h"

#include <fmt/format.h>

namespace broker::aws {
namespace {

Fault Row(std::string_view code, int status = 400, bool sender = true) {
  return {.json_type = code, .code = code, .status = status, .json_status = status, .sender = sender};
}

}  // namespace

Fault RowOf(SnsFault fault) {
  switch (fault) {
    case SnsFault::kAuthorizationError: return Row("AuthorizationError", 403);
    case SnsFault::kBatchEntryIdsNotDistinct: return Row("BatchEntryIdsNotDistinct");
    case SnsFault::kBatchRequestTooLong: return Row("BatchRequestTooLong");
    case SnsFault::kConcurrentAccess: return Row("ConcurrentAccess");
    case SnsFault::kEmptyBatchRequest: return Row("EmptyBatchRequest");
    case SnsFault::kFilterPolicyLimitExceeded: return Row("FilterPolicyLimitExceeded", 403);
    case SnsFault::kInternalError: return Row("InternalError", 500, false);
    case SnsFault::kInvalidBatchEntryId: return Row("InvalidBatchEntryId");
    case SnsFault::kInvalidParameter: return Row("InvalidParameter");
    case SnsFault::kInvalidParameterValue: return Row("ParameterValueInvalid");
    case SnsFault::kInvalidState: return Row("InvalidState");
    case SnsFault::kNotFound: return Row("NotFound", 404);
    case SnsFault::kReplayLimitExceeded: return Row("ReplayLimitExceeded", 403);
    case SnsFault::kResourceNotFound: return Row("ResourceNotFound", 404);
    case SnsFault::kStaleTag: return Row("StaleTag");
    case SnsFault::kSubscriptionLimitExceeded: return Row("SubscriptionLimitExceeded", 403);
    case SnsFault::kTagLimitExceeded: return Row("TagLimitExceeded");
    case SnsFault::kTagPolicy: return Row("TagPolicy");
    case SnsFault::kThrottled: return Row("Throttled", 429);
    case SnsFault::kTooManyEntriesInBatchRequest: return Row("TooManyEntriesInBatchRequest");
    case SnsFault::kTopicLimitExceeded: return Row("TopicLimitExceeded", 403);
    case SnsFault::kValidation: return Row("ValidationError");
  }
  return {};
}

Refusal ToSnsRefusal(const Error& error, SnsFault quota) {
  const auto invalid = [&] { return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: " + error.message); };
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return invalid();
    case ErrorCode::kNotFound: return Refuse(SnsFault::kNotFound, error.message);
    case ErrorCode::kAlreadyExists: return invalid();
    case ErrorCode::kFailedPrecondition:
      // Of a subscription's redrive policy, whose actions know no invalid state.
      if (error.reason == "DEAD_LETTER_CYCLE" || error.reason == "DEAD_LETTER_ACCESS_DENIED") return invalid();
      return Refuse(SnsFault::kInvalidState, error.message);
    case ErrorCode::kLimitExceeded:
      if (error.reason == "QUEUE_FULL") return Refuse(SnsFault::kThrottled, error.message);
      if (error.reason == "QUOTA_EXCEEDED") return Refuse(quota, error.message);
      return invalid();
    case ErrorCode::kStorageFull: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kInvalidReceipt: return invalid();
    case ErrorCode::kLeaseLost: return Refuse(SnsFault::kInvalidState, error.message);
    case ErrorCode::kCancelled: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kDeadlineExceeded: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kUnavailable: return Refuse(CommonFault::kServiceUnavailable, error.message);
    case ErrorCode::kDataLoss: return Refuse(SnsFault::kInternalError, error.message);
    case ErrorCode::kUnsupported: return invalid();
    case ErrorCode::kPermissionDenied: return Refuse(SnsFault::kAuthorizationError, error.message);
    case ErrorCode::kInternal: return Refuse(SnsFault::kInternalError, error.message);
  }
  return Refuse(SnsFault::kInternalError, error.message);
}

Refusal ToSnsRefusal(const FieldProblem& problem, Form form) {
  switch (problem.kind) {
    case FieldProblem::Kind::kMissing:
      return Refuse(
          SnsFault::kValidation,
          fmt::format("1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must "
                      "not be null",
                      problem.field));
    case FieldProblem::Kind::kWrongType: return RefuseWrongType(problem, form);
    case FieldProblem::Kind::kOutOfRange:
      return Refuse(SnsFault::kInvalidParameter,
                    fmt::format("Invalid parameter: {} Reason: {} is not between {} and {}", problem.field,
                                problem.value, problem.range.least, problem.range.most));
    case FieldProblem::Kind::kNotBase64:
      return Refuse(SnsFault::kInvalidParameter,
                    fmt::format("Invalid parameter: {} Reason: it is not base64", problem.field));
  }
  return RefuseWrongType(problem, form);
}

}  // namespace broker::aws
