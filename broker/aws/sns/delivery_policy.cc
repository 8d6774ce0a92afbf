#include "broker/aws/sns/delivery_policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/shown.h"
#include "broker/aws/wire/whole_number.h"

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

struct Bounds {
  std::string_view name;
  std::int64_t least, most;
};
constexpr std::array<Bounds, 6> kRetryBounds{{{"minDelayTarget", 1, 3'600},
                                              {"maxDelayTarget", 1, 3'600},
                                              {"numRetries", 0, 100},
                                              {"numNoDelayRetries", 0, 100},
                                              {"numMinDelayRetries", 0, 100},
                                              {"numMaxDelayRetries", 0, 100}}};
constexpr std::array<std::string_view, 4> kBackoffFunctions{"linear", "arithmetic", "geometric", "exponential"};

std::optional<std::int64_t> WholeNumber(const Value& value) {
  if (value.kind != Value::Kind::kNumber) return std::nullopt;
  return ParseWhole<std::int64_t>(value.text);
}

// Of a retry policy with every member, which one laid over the service's own has.
std::optional<std::string> CheckRetries(const Value& retries) {
  std::array<std::int64_t, kRetryBounds.size()> numbers{};
  for (std::size_t i = 0; i < kRetryBounds.size(); ++i) {
    const auto& [name, least, most] = kRetryBounds[i];
    const Value& value = *retries.Find(name);
    const auto number = WholeNumber(value);
    if (!number || *number < least || *number > most) {
      return fmt::format("{} must be a number from {} to {}, not {}", name, least, most, Shown(value.text));
    }
    numbers[i] = *number;
  }
  const auto& [shortest, longest, all, at_once, before, after] = numbers;
  if (shortest > longest) return fmt::format("minDelayTarget {} is above maxDelayTarget {}", shortest, longest);
  if (at_once + before + after > all) {
    return fmt::format("numRetries {} is below the sum of its phases, {}", all, at_once + before + after);
  }
  const std::string& backoff = retries.Find("backoffFunction")->text;
  if (std::find(kBackoffFunctions.begin(), kBackoffFunctions.end(), backoff) == kBackoffFunctions.end()) {
    return fmt::format("backoffFunction must be one of {}, not {}", fmt::join(kBackoffFunctions, ", "), Shown(backoff));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> CheckDeliveryPolicy(const std::string& policy) {
  const auto json = ReadJson(policy);
  if (!json.ok()) return "failed to parse JSON: " + json.error().message;
  if (json->kind != Value::Kind::kObject) return "it is not a JSON object";
  const Value* const http = json->Find("http");
  const Value* const given = http ? http->Find("defaultHealthyRetryPolicy") : json->Find("healthyRetryPolicy");
  if (given == nullptr || given->kind == Value::Kind::kNull) return std::nullopt;
  if (given->kind != Value::Kind::kObject) return "its retry policy is not a JSON object";
  Value service = Parse(kOfTheService);
  Value retries = TakeMember(*service.Find("http"), "defaultHealthyRetryPolicy");
  Overlay(retries, *given);
  return CheckRetries(retries);
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
