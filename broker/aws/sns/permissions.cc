#include "broker/aws/sns/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "broker/aws/arn.h"
#include "broker/aws/policy_document.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sns {
namespace {

// What an owner can let others do.
constexpr std::array<std::string_view, 9> kActions{
    "AddPermission",    "DeleteTopic",        "GetTopicAttributes", "ListSubscriptionsByTopic", "Publish", "Receive",
    "RemovePermission", "SetTopicAttributes", "Subscribe"};

Refusal Wrong(std::string_view why) {
  return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}", why));
}

std::optional<Refusal> Check(const Permission& permission) {
  if (permission.label.empty()) return Wrong("Label");
  if (permission.accounts.empty()) return Wrong("AWSAccountId Reason: there is none");
  for (const std::string& account : permission.accounts) {
    if (!IsAccount(account)) return Wrong(fmt::format("AWSAccountId Reason: {} is no account", Shown(account)));
  }
  if (permission.actions.empty()) return Wrong("ActionName Reason: there is none");
  for (const std::string& action : permission.actions) {
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      return Wrong(fmt::format("Policy statement action out of service scope! {}", Shown(action)));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string DefaultPolicy(std::string_view topic_arn, std::string_view account) {
  std::string arn, owner;
  AppendJsonText(topic_arn, arn);
  AppendJsonText(account, owner);
  return fmt::format(
      R"({{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{{"Sid":"__default_statement_ID",)"
      R"("Effect":"Allow","Principal":{{"AWS":"*"}},"Action":["SNS:GetTopicAttributes",)"
      R"("SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic",)"
      R"("SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":{},)"
      R"("Condition":{{"StringEquals":{{"AWS:SourceOwner":{}}}}}}}]}})",
      arn, owner);
}

Result<std::string, Refusal> WithPermission(std::string_view policy, std::string_view topic_arn,
                                            const Permission& permission) {
  if (auto refusal = Check(permission)) return *std::move(refusal);
  PolicyStatement statement{permission.label, permission.accounts, {}, std::string(topic_arn)};
  for (const std::string& action : permission.actions) statement.actions.push_back("SNS:" + action);
  auto changed = WithStatement(policy, statement);
  if (!changed) return Wrong("Statement already exists");
  return *std::move(changed);
}

Result<std::string, Refusal> WithoutPermission(std::string_view policy, std::string_view label) {
  auto changed = WithoutStatement(policy, label);
  if (!changed) return Wrong(fmt::format("Label Reason: the topic's policy has no statement \"{}\"", Shown(label)));
  return *std::move(changed);
}

}  // namespace broker::aws::sns
