#include "broker/aws/sqs/move_task.h"

#include <fmt/format.h>

#include "broker/aws/arn.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/whole_number.h"

namespace broker::aws::sqs {

std::string MoveTaskHandle::ToText() const {
  JsonWriter json;
  json.Text("taskId", std::string_view(fmt::format("{}", id.value())));
  json.Text("sourceArn", std::string_view(source_arn));
  return Base64Encode(json.Take());
}

std::optional<MoveTaskHandle> MoveTaskHandle::Parse(std::string_view text) {
  const auto json = Base64Decode(text);
  if (!json) return std::nullopt;
  auto tree = ReadJson(*json);
  if (!tree.ok()) return std::nullopt;
  const Value* const id = tree->Find("taskId");
  const Value* const arn = tree->Find("sourceArn");
  if (id == nullptr || arn == nullptr) return std::nullopt;
  const auto number = ParseWhole<std::uint64_t>(id->text);
  if (!number) return std::nullopt;
  return MoveTaskHandle{model::TaskId(*number), arn->text};
}

Result<QueueOfArn, Refusal> ReadQueueArn(const Backend& backend, const Call& call, std::string_view parameter,
                                         const std::string& arn) {
  auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "sqs") {
    return Refuse(SqsFault::kInvalidParameterValue,
                  fmt::format("You must use this format to specify the {}: "
                              "arn:<partition>:<service>:<region>:<account-id>:<resource-id>; it is {}",
                              parameter, Shown(arn)));
  }
  QueueOfArn found{call.identity().At(*parsed), {}, std::move(parsed->resource)};
  found.caller = backend.CallerOf(found.identity);
  return found;
}

Refusal NoSuchResource(std::string_view parameter) {
  return Refuse(SqsFault::kResourceNotFound,
                fmt::format("The resource that you specified for the {} parameter doesn't exist.", parameter));
}

}  // namespace broker::aws::sqs
