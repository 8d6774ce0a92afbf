#include "broker/aws/sqs/settle.h"

#include <fmt/format.h>

#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {

std::optional<Refusal> WhyNot(Settling settling, const engine::SettleResponse& answer, std::size_t index,
                              const std::string& receipt, Form form) {
  const Status& result = answer.results[index];
  if (!result.ok() && result.error().code == ErrorCode::kInvalidReceipt) {
    return Refuse(SqsFault::kReceiptHandleIsInvalid,
                  fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", Shown(receipt)));
  }
  if (settling == Settling::kChangeVisibility && answer.gone[index]) {
    return InvalidValue("ReceiptHandle", receipt,
                        "Message does not exist or is not available for visibility timeout change.");
  }
  if (!result.ok() && result.error().code == ErrorCode::kLeaseLost) {
    return InvalidValue("ReceiptHandle", receipt, "The receipt handle has expired.");
  }
  if (!result.ok() && result.error().reason == "LEASE_TOO_LONG") {
    return Refuse(
        SqsFault::kInvalidParameterValue,
        "Value for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
        "beyond the limit [43200 seconds]");
  }
  if (!result.ok()) return ToSqsRefusal(result.error(), form);
  return std::nullopt;
}

std::optional<Refusal> CheckVisibility(std::int64_t seconds, const Limits& limits) {
  const Range range = limits.visibility_seconds;
  if (IsWithin(seconds, range)) return std::nullopt;
  return InvalidValue("VisibilityTimeout", std::to_string(seconds),
                      fmt::format("VisibilityTimeout must be an integer between {} and {}.", range.least, range.most));
}

engine::ExtendEntry ToExtend(const std::string& receipt, std::int64_t visibility_seconds, const Limits& limits) {
  return {receipt, std::chrono::seconds(visibility_seconds), limits.visibility_in_all};
}

void WriteSettled(Writer& w, const char* result, const Settled& settled) {
  w.List({"Successful", result}, settled.done,
         [](Writer& each, const std::string& id) { each.Text("Id", std::string_view(id)); });
  WriteFailures(w, settled.failed);
}

}  // namespace broker::aws::sqs
