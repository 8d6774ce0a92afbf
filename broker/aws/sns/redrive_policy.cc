#include "broker/aws/sns/redrive_policy.h"

#include <fmt/format.h>

#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sns {

Result<Arn> ParseRedrivePolicy(std::string_view policy) {
  const auto wrong = [](const char* why) { return Error(ErrorCode::kInvalidArgument, "INVALID_POLICY", why); };
  const auto json = ReadJson(policy);
  if (!json.ok() || json->kind != Value::Kind::kObject) return wrong("failed to parse JSON.");
  const Value* const target = json->Find("deadLetterTargetArn");
  if (target == nullptr) return wrong("deadLetterTargetArn is missing");
  auto arn = Arn::Parse(target->text);
  if (!arn || arn->service != "sqs") return wrong("deadLetterTargetArn is an invalid arn");
  return *std::move(arn);
}

std::string WriteRedrivePolicy(std::string_view arn) {
  JsonWriter json;
  json.Text("deadLetterTargetArn", arn);
  return json.Take();
}

Result<void, Refusal> CheckRedriveTarget(const Backend& backend, const TopicPlace& topic, AttributesOf from,
                                         const SubscriptionAttributes& attributes) {
  const auto arn = ParseRedrivePolicy(attributes.Get("RedrivePolicy"));
  if (!arn.ok()) return {};  // there is none
  const bool reachable = backend.resolve_namespace(arn->account) == topic.caller.name_space;
  const auto queue = reachable ? backend.engine.LookUpQueue(topic.caller, arn->resource) : std::nullopt;
  if (!queue) {
    return RefuseAttribute(
        from, "RedrivePolicy",
        fmt::format("there is no queue {} where the topic is: create it first", Shown(arn->resource)));
  }
  if (queue->settings.delivery.ordered != IsFifo(topic.name)) {
    return RefuseAttribute(
        from, "RedrivePolicy",
        fmt::format("a {} topic takes a dead-letter queue of its own type", IsFifo(topic.name) ? "FIFO" : "standard"));
  }
  return {};
}

}  // namespace broker::aws::sns
