// The one list of error codes of the broker, in its own words. Every refusal that can reach a caller is an Error;
// each protocol face maps ErrorCode to its own codes in one switch without `default`.
// Immutable values; safe to copy between threads.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace broker {

enum class ErrorCode {
  kInvalidArgument,     // the request can never succeed as it stands
  kNotFound,            // a named topic, queue, subscription, message or task is not there
  kAlreadyExists,       // the name is taken
  kFailedPrecondition,  // the state forbids it: a dead-letter queue in use, a topic without the setting asked for
  kLimitExceeded,       // a size, count or quota is exceeded
  kStorageFull,         // below the free-space reserve: publishes and creates are refused, acks and deletes go on
  kInvalidReceipt,      // a receipt that is malformed, or of another queue, subscription or data folder
  kLeaseLost,           // exactly-once only: the receipt's lease has expired or been replaced
  kCancelled,           // the caller went away
  kDeadlineExceeded,    // the caller's own deadline passed
  kUnavailable,         // the broker is starting or stopping: try again elsewhere or later
  kDataLoss,            // a checksum or record does not hold: nothing altered is ever delivered
  kUnsupported,         // a newer format, a feature that is not offered
  kPermissionDenied,    // of the operating system, or of a policy
  kInternal,            // a defect
};

// The enumerator in lower snake case without the `k`, e.g. "not_found". Stable: logs and metrics use it.
std::string_view ToString(ErrorCode code);

struct FieldViolation {
  std::string field;        // path in the request, e.g. "messages[3].body"
  std::string description;  // what is wrong, with the value and the limit
};

// `message` is a sentence for a person: it names the thing, the value and the limit, and says what to do.
// `reason` is a stable UPPER_SNAKE word for programs (e.g. "QUEUE_NOT_FOUND"). `resource` names the thing,
// e.g. "queue/billing", where there is one.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;
  std::string message;
  std::string resource;
  std::vector<FieldViolation> violations;

  Error() = default;
  Error(ErrorCode c, std::string r, std::string m, std::string res = {})
      : code(c), reason(std::move(r)), message(std::move(m)), resource(std::move(res)) {}
};

// An invalid field of a request: code kInvalidArgument, reason INVALID_FIELD, one violation.
Error InvalidField(std::string field, std::string description);

}  // namespace broker
