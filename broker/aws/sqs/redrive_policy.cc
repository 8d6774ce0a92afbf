#include "broker/aws/sqs/redrive_policy.h"

#include <fmt/format.h>

#include "broker/aws/arn.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/whole_number.h"
#include "broker/model/limits.h"

namespace broker::aws::sqs {
namespace {

using model::DeadLetterAccess;
using model::ResourceKind;

constexpr std::size_t kMaxSourceArns = 10;

std::optional<Value> ReadObject(std::string_view json) {
  auto value = ReadJson(json);
  if (!value.ok() || value->kind != Value::Kind::kObject) return std::nullopt;
  return *std::move(value);
}

Refusal InvalidAllowPolicy(std::string_view json, std::string_view reason) {
  return InvalidValue("RedriveAllowPolicy", json, reason);
}

Result<DeadLetterAccess, Refusal> ReadSources(std::string_view json, Value* arns, const Terms& terms) {
  DeadLetterAccess access{DeadLetterAccess::Kind::kListed, {}};
  if (arns == nullptr || arns->kind != Value::Kind::kList || arns->items.empty() ||
      arns->items.size() > kMaxSourceArns) {
    return InvalidAllowPolicy(json, fmt::format("byQueue needs 1 to {} sourceQueueArns.", kMaxSourceArns));
  }
  for (const Value& arn : arns->items) {
    const auto name = terms.QueueOf(arn.text);
    if (!name) return InvalidAllowPolicy(json, "A source queue's ARN is not one of a queue of this account.");
    access.sources.push_back({ResourceKind::kQueue, *name});
  }
  return access;
}

}  // namespace

std::optional<std::string> Terms::QueueOf(std::string_view arn) const {
  auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "sqs") return std::nullopt;
  if (resolve_namespace(parsed->account) != resolve_namespace(identity.account)) return std::nullopt;
  return std::move(parsed->resource);
}

Refusal InvalidRedrivePolicy(std::string_view json, std::string_view reason) {
  return InvalidValue("RedrivePolicy", json, reason);
}

Result<model::RedrivePolicy, Refusal> ReadRedrivePolicy(std::string_view json, const Terms& terms) {
  auto object = ReadObject(json);
  if (!object) return InvalidRedrivePolicy(json, "Redrive policy is not a valid JSON map.");
  const Value* const arn = object->Find("deadLetterTargetArn");
  const Value* const count = object->Find("maxReceiveCount");
  for (const auto& [value, name] : {std::pair(arn, "deadLetterTargetArn"), std::pair(count, "maxReceiveCount")}) {
    if (value == nullptr) {
      return InvalidRedrivePolicy(json, fmt::format("Redrive policy does not contain mandatory attribute: {}.", name));
    }
  }
  model::RedrivePolicy policy;
  policy.max_attempts = ParseWhole<std::uint32_t>(count->text).value_or(0);
  if (policy.max_attempts < 1 || policy.max_attempts > model::kMaxAttempts) {
    return InvalidRedrivePolicy(json,
                                fmt::format("Invalid value for maxReceiveCount: {}, valid values are from 1 to {} "
                                            "both inclusive.",
                                            Shown(count->text), model::kMaxAttempts));
  }
  const auto name = terms.QueueOf(arn->text);
  if (!name) return InvalidRedrivePolicy(json, "The dead letter target is not a queue of the account of its source.");
  policy.target = {ResourceKind::kQueue, *name};
  return policy;
}

std::string WriteRedrivePolicy(const model::RedrivePolicy& policy, const Identity& identity) {
  JsonWriter json;
  json.Text("deadLetterTargetArn", std::string_view(identity.ArnOf(policy.target)));
  json.Integer("maxReceiveCount", policy.max_attempts);
  return json.Take();
}

Result<DeadLetterAccess, Refusal> ReadRedriveAllowPolicy(std::string_view json, const Terms& terms) {
  auto object = ReadObject(json);
  if (!object) return InvalidAllowPolicy(json, "It is not a valid JSON map.");
  const Value* const permission = object->Find("redrivePermission");
  Value* const arns = object->Find("sourceQueueArns");
  const std::string_view word = permission == nullptr ? std::string_view() : permission->text;
  if (word == "byQueue") return ReadSources(json, arns, terms);
  if (word != "allowAll" && word != "denyAll") {
    return InvalidAllowPolicy(json, "redrivePermission is one of allowAll, denyAll and byQueue.");
  }
  if (arns != nullptr) return InvalidAllowPolicy(json, "sourceQueueArns goes with byQueue only.");
  return DeadLetterAccess{word == "allowAll" ? DeadLetterAccess::Kind::kAll : DeadLetterAccess::Kind::kNone, {}};
}

std::string WriteRedriveAllowPolicy(const DeadLetterAccess& access, const Identity& identity) {
  JsonWriter json;
  switch (access.kind) {
    case DeadLetterAccess::Kind::kAll: json.Text("redrivePermission", std::string_view("allowAll")); break;
    case DeadLetterAccess::Kind::kNone: json.Text("redrivePermission", std::string_view("denyAll")); break;
    case DeadLetterAccess::Kind::kListed:
      json.Text("redrivePermission", std::string_view("byQueue"));
      std::vector<std::string> arns;
      for (const model::ResourceRef& source : access.sources) {
        if (source.kind == ResourceKind::kQueue) arns.push_back(identity.QueueArn(source.name));
      }
      json.Texts("sourceQueueArns", arns);
      break;
  }
  return json.Take();
}

}  // namespace broker::aws::sqs
