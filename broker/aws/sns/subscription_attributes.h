// A subscription's attributes: how each is checked and kept, and what of them the engine is to do.
// A confirmed one keeps them as annotations "aws.NAME", in its filter, its redrive policy and its delivery format; one
// that is pending as they are (pending.h).
// Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/fault.h"
#include "broker/aws/identity.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"

namespace broker::aws::sns {

class SubscriptionAttributes {
 public:
  SubscriptionAttributes() = default;
  // Of what is kept: of one that another face made, or changed since, what still holds of it. Names are in the terms of
  // `identity`.
  static SubscriptionAttributes Of(const model::SubscriptionSettings& settings, const Identity& identity);

  // Sets one; an empty value takes it away. Errors: InvalidParameter.
  Result<void, Refusal> Set(AttributesOf from, const std::string& name, const std::string& value);
  // Sets those of a request, which may come in any order. Errors: InvalidParameter.
  Result<void, Refusal> SetAll(AttributesOf from, const Texts& attributes);

  // Empty where it is not set. RawMessageDelivery is "true" or not set.
  std::string Get(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& all() const { return values_; }
  bool raw() const { return !Get("RawMessageDelivery").empty(); }
  const std::optional<model::Filter>& filter() const { return filter_; }

  // Has a subscription keep them. REQUIRES: settings.topic
  void Keep(model::SubscriptionSettings& settings) const;

  bool operator==(const SubscriptionAttributes& other) const { return values_ == other.values_; }

 private:
  Result<void, Refusal> Compile(AttributesOf from);
  void Redrive(const std::string& policy);  // checked already; empty: to nowhere

  std::map<std::string, std::string, std::less<>> values_;
  std::optional<model::Filter> filter_;  // of the policy and its scope
  std::optional<model::ResourceRef> redrive_target_;
};

}  // namespace broker::aws::sns
