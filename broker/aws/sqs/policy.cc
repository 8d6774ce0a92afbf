#include "broker/aws/sqs/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "broker/aws/arn.h"
#include "broker/aws/policy_document.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

constexpr std::size_t kMaxLabelBytes = 80;
constexpr std::size_t kMaxActions = 7;

// What an owner can let others do.
constexpr std::array<std::string_view, 10> kActions{"*",
                                                    "ChangeMessageVisibility",
                                                    "DeleteMessage",
                                                    "GetQueueAttributes",
                                                    "GetQueueUrl",
                                                    "ListDeadLetterSourceQueues",
                                                    "PurgeQueue",
                                                    "ReceiveMessage",
                                                    "SendMessage",
                                                    "ListQueueTags"};

std::optional<Refusal> Check(const Permission& permission) {
  const std::string& label = permission.label;
  const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
  if (label.empty() || label.size() > kMaxLabelBytes || !plain) {
    return InvalidValue("Label", label,
                        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  if (permission.accounts.empty()) return Missing("PrincipalId");
  for (const std::string& account : permission.accounts) {
    if (!IsAccount(account)) return InvalidValue("PrincipalId", account, "Unable to verify.");
  }
  if (permission.actions.empty()) return Missing("Actions");
  if (permission.actions.size() > kMaxActions) {
    return Refuse(SqsFault::kOverLimit,
                  fmt::format("{} Actions were found, maximum allowed is {}.", permission.actions.size(), kMaxActions));
  }
  for (const std::string& action : permission.actions) {
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      return InvalidValue("ActionName", "SQS:" + action, "Only the queue owner is allowed to invoke this action.");
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string, Refusal> AddPermissionTo(std::string_view policy, const Permission& permission,
                                             const std::string& queue_arn) {
  if (auto refusal = Check(permission)) return *std::move(refusal);
  PolicyStatement statement{permission.label, permission.accounts, {}, queue_arn};
  for (const std::string& action : permission.actions) statement.actions.push_back("SQS:" + action);
  const std::string none = fmt::format(R"({{"Version":"2008-10-17","Id":"{}/SQSDefaultPolicy"}})", queue_arn);
  auto changed = WithStatement(policy.empty() ? none : policy, statement);
  if (!changed) return InvalidValue("Label", permission.label, "Already exists.");
  return *std::move(changed);
}

Result<std::string, Refusal> RemovePermissionFrom(std::string_view policy, const std::string& label) {
  auto changed = WithoutStatement(policy, label);
  if (!changed) return InvalidValue("Label", label, "can't find label on existing policy.");
  return *std::move(changed);
}

}  // namespace broker::aws::sqs
