#include "broker/aws/fault.h"

#include <fmt/format.h>

namespace broker::aws {

Fault RowOf(CommonFault fault) {
  switch (fault) {
    case CommonFault::kIncompleteSignature:
      return {"com.amazon.coral.service#IncompleteSignatureException", "IncompleteSignature"};
    case CommonFault::kInternalFailure:
      return {"com.amazon.coral.service#InternalFailure", "InternalFailure", 500, 500, false};
    case CommonFault::kInvalidAction: return {"com.amazon.coral.service#InvalidActionException", "InvalidAction"};
    case CommonFault::kInvalidAddress: return {"com.amazonaws.sqs#InvalidAddress", "InvalidAddress", 404, 404};
    case CommonFault::kMalformedQueryString:
      return {"com.amazon.coral.service#MalformedQueryStringException", "MalformedQueryString"};
    case CommonFault::kSerialization: return {"com.amazon.coral.service#SerializationException", "MalformedInput"};
    case CommonFault::kServiceUnavailable:
      return {"com.amazon.coral.service#ServiceUnavailableException", "ServiceUnavailable", 503, 503, false};
    case CommonFault::kUnknownOperation:
      return {"com.amazon.coral.service#UnknownOperationException", "UnknownOperationException", 404};
  }
  return {};
}

Refusal RefuseWrongType(const FieldProblem& problem, Form form) {
  if (form == Form::kJson) {
    return Refuse(CommonFault::kSerialization,
                  fmt::format("{} can not be converted to {}: \"{}\"", problem.field, problem.type, problem.value));
  }
  return Refuse(CommonFault::kSerialization, fmt::format("Value \"{}\" for parameter {} is not a valid {}.",
                                                         problem.value, problem.field, problem.type));
}

}  // namespace broker::aws
