// What the actions on message move tasks have in common: handles and ARNs. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/backend.h"
#include "broker/aws/call.h"
#include "broker/aws/fault.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

// Base64 of {"taskId":"7","sourceArn":"arn:..."}.
struct MoveTaskHandle {
  model::TaskId id;
  std::string source_arn;

  std::string ToText() const;
  static std::optional<MoveTaskHandle> Parse(std::string_view text);
};

// A queue that an ARN names, and the caller in the ARN's terms.
struct QueueOfArn {
  Identity identity;
  engine::Caller caller;
  std::string queue;
};
// `parameter`: of the request. Errors: what is no queue's ARN.
Result<QueueOfArn, Refusal> ReadQueueArn(const Backend& backend, const Call& call, std::string_view parameter,
                                         const std::string& arn);

Refusal NoSuchResource(std::string_view parameter);

}  // namespace broker::aws::sqs
