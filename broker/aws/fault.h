// How a request is refused, in the words of this wire. The tables are sqs_fault.h and sns_fault.h; here is what both
// share. Plain values.
#pragma once

#include <string>
#include <string_view>

#include "broker/aws/wire/fields.h"

namespace broker::aws {

// One row of a table. The texts are literals.
struct Fault {
  std::string_view json_type;  // of "__type"
  std::string_view code;       // of the XML answer, and of the header x-amzn-query-error
  int status = 400;
  int json_status = 400;  // where the two protocols differ
  bool sender = true;     // whose fault it is: the client's or ours
};

struct Refusal {
  Fault fault;
  std::string message;
};

// What both services say in the same way.
enum class CommonFault {
  kIncompleteSignature,
  kInternalFailure,
  kInvalidAction,
  kInvalidAddress,
  kMalformedQueryString,
  kSerialization,
  kServiceUnavailable,
  kUnknownOperation,
};
Fault RowOf(CommonFault fault);

inline Refusal Refuse(CommonFault fault, std::string message) { return {RowOf(fault), std::move(message)}; }

// What both codecs say of a member of the wrong type; the rest differs by service.
Refusal RefuseWrongType(const FieldProblem& problem, Form form);

}  // namespace broker::aws
