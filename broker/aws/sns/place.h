// Where the ARN of a topic or a subscription points: its name, and whom the engine and the answers take the caller for.
// Of the strand.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "broker/aws/backend.h"
#include "broker/aws/call.h"
#include "broker/aws/fault.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

struct TopicPlace {
  std::string name;
  Identity identity;  // of the account and region in the ARN
  engine::Caller caller;

  std::string arn() const { return identity.TopicArn(name); }
};

struct SubscriptionPlace {
  TopicPlace topic;
  std::string id;  // the last part: what the engine calls the subscription
};

// The topic itself need not be there. `parameter` is named by the refusal. Errors: InvalidParameter.
Result<TopicPlace, Refusal> TopicAt(const Backend& backend, const Call& call, std::string_view arn,
                                    std::string_view parameter = "TopicArn");
// "TOPIC-ARN:ID".
Result<SubscriptionPlace, Refusal> SubscriptionAt(const Backend& backend, const Call& call, std::string_view arn);

Refusal NoSuchTopic();
Refusal NoSuchSubscription();

}  // namespace broker::aws::sns
