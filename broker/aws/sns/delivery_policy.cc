#include "broker/aws/sns/delivery_policy.h"

#include <utility>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kOfTheService =
    R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,)"
    R"("numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,)"
    R"("defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}})";

// What was not taken by this face may be anything: then it says nothing.
Value Parse(std::string_view policy) {
  auto tree = ReadJson(policy);
  return tree.ok() && tree->kind == Value::Kind::kObject ? *std::move(tree) : Value{Value::Kind::kObject, {}, {}, {}};
}

// Objects member by member; anything else replaces what is there.
void Overlay(Value& under, const Value& over) {
  if (under.kind != Value::Kind::kObject || over.kind != Value::Kind::kObject) {
    under = over;
    return;
  }
  for (const Member& member : over.members) {
    if (Value* const found = under.Find(member.name)) {
      Overlay(*found, member.value);
    } else {
      under.members.push_back(member);
    }
  }
}

Value Effective(std::string_view topic_policy) {
  Value policy = Parse(kOfTheService);
  Overlay(policy, Parse(topic_policy));
  return policy;
}

Value TakeMember(Value& object, std::string_view name) {
  Value* const found = object.Find(name);
  return found != nullptr ? std::move(*found) : Value();
}

}  // namespace

std::optional<std::string> CheckDeliveryPolicy(const std::string& policy) {
  const auto json = ReadJson(policy);
  if (!json.ok()) return "failed to parse JSON: " + json.error().message;
  if (json->kind != Value::Kind::kObject) return "it is not a JSON object";
  return std::nullopt;
}

std::string EffectiveDeliveryPolicy(std::string_view topic_policy) { return ToJson(Effective(topic_policy)); }

std::string EffectiveDeliveryPolicy(std::string_view topic_policy, std::string_view subscription_policy) {
  Value topic = Effective(topic_policy);
  Value http = TakeMember(topic, "http");
  Value policy{Value::Kind::kObject,
               {},
               {},
               {{"healthyRetryPolicy", TakeMember(http, "defaultHealthyRetryPolicy")},
                {"sicklyRetryPolicy", {}},
                {"throttlePolicy", TakeMember(http, "defaultThrottlePolicy")},
                {"requestPolicy", TakeMember(http, "defaultRequestPolicy")},
                {"guaranteed", Value{Value::Kind::kBoolean, "false", {}, {}}}}};
  Overlay(policy, Parse(subscription_policy));
  return ToJson(policy);
}

}  // namespace broker::aws::sns
