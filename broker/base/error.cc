#include "broker/base/error.h"

namespace broker {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kAlreadyExists: return "already_exists";
    case ErrorCode::kFailedPrecondition: return "failed_precondition";
    case ErrorCode::kLimitExceeded: return "limit_exceeded";
    case ErrorCode::kStorageFull: return "storage_full";
    case ErrorCode::kInvalidReceipt: return "invalid_receipt";
    case ErrorCode::kLeaseLost: return "lease_lost";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kDeadlineExceeded: return "deadline_exceeded";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kDataLoss: return "data_loss";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kPermissionDenied: return "permission_denied";
    case ErrorCode::kInternal: return "internal";
  }
  return "unknown";
}

Error InvalidField(std::string field, std::string description) {
  Error error(ErrorCode::kInvalidArgument, "INVALID_FIELD", field + ": " + description);
  error.violations.push_back({std::move(field), std::move(description)});
  return error;
}

}  // namespace broker
