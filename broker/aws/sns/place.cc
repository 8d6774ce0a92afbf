#include "broker/aws/sns/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/aws/arn.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

Result<Arn, Refusal> ParseArn(std::string_view text, std::string_view parameter) {
  auto arn = Arn::Parse(text);
  if (arn && arn->service == "sns") return *std::move(arn);
  const auto elements = std::count(text.begin(), text.end(), ':') + 1;
  if (arn || elements >= 6) return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}", parameter));
  return Refuse(
      SnsFault::kInvalidParameter,
      fmt::format("Invalid parameter: {} Reason: An ARN must have at least 6 elements, not {}", parameter, elements));
}

TopicPlace PlaceOf(const Backend& backend, const Call& call, const Arn& arn, std::string name) {
  TopicPlace place{std::move(name), call.identity().At(arn), {}};
  place.caller = backend.CallerOf(place.identity);
  return place;
}

}  // namespace

Result<TopicPlace, Refusal> TopicAt(const Backend& backend, const Call& call, std::string_view arn,
                                    std::string_view parameter) {
  auto parsed = ParseArn(arn, parameter);
  if (!parsed.ok()) return std::move(parsed).error();
  if (parsed->resource.find(':') != std::string::npos) {
    return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}", parameter));
  }
  return PlaceOf(backend, call, *parsed, parsed->resource);
}

Result<SubscriptionPlace, Refusal> SubscriptionAt(const Backend& backend, const Call& call, std::string_view arn) {
  auto parsed = ParseArn(arn, "SubscriptionArn");
  if (!parsed.ok()) return std::move(parsed).error();
  const std::size_t colon = parsed->resource.find(':');
  if (colon == std::string::npos || colon + 1 == parsed->resource.size()) {
    return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: SubscriptionId");
  }
  return SubscriptionPlace{PlaceOf(backend, call, *parsed, parsed->resource.substr(0, colon)),
                           parsed->resource.substr(colon + 1)};
}

Refusal NoSuchTopic() { return Refuse(SnsFault::kNotFound, "Topic does not exist"); }
Refusal NoSuchSubscription() { return Refuse(SnsFault::kNotFound, "Subscription does not exist"); }

}  // namespace broker::aws::sns
