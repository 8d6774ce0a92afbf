#include "broker/aws/sns/policy_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sns {
namespace {

using Kind = Value::Kind;

// A policy that was taken is an object; one statement alone may stand without its list.
Value Parse(std::string_view policy) {
  auto tree = ReadJson(policy);
  Value root = tree.ok() ? *std::move(tree) : Value{Kind::kObject, {}, {}, {}};
  Value* statements = root.Find("Statement");
  if (statements == nullptr)
    statements = &root.members.emplace_back(Member{"Statement", {Kind::kList, {}, {}, {}}}).value;
  if (statements->kind != Kind::kList) *statements = Value{Kind::kList, {}, {std::move(*statements)}, {}};
  return root;
}

bool Is(const Value& statement, std::string_view label) {
  const Value* const sid = statement.Find("Sid");
  return sid != nullptr && sid->text == label;
}

// One text stands alone, as the real service writes it.
Value ListOf(const std::vector<std::string>& texts, std::string_view before, std::string_view after) {
  Value list{Kind::kList, {}, {}, {}};
  for (const std::string& text : texts) list.items.push_back(Value::Text(fmt::format("{}{}{}", before, text, after)));
  return list.items.size() == 1 ? Value(list.items.front()) : list;
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
  Value root = Parse(policy);
  Value& statements = *root.Find("Statement");
  if (std::any_of(statements.items.begin(), statements.items.end(),
                  [&](const Value& each) { return Is(each, permission.label); })) {
    return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: Statement already exists");
  }
  Value principal{Kind::kObject, {}, {}, {{"AWS", ListOf(permission.accounts, "arn:aws:iam::", ":root")}}};
  statements.items.push_back(Value{Kind::kObject,
                                   {},
                                   {},
                                   {{"Sid", Value::Text(permission.label)},
                                    {"Effect", Value::Text("Allow")},
                                    {"Principal", std::move(principal)},
                                    {"Action", ListOf(permission.actions, "SNS:", "")},
                                    {"Resource", Value::Text(std::string(topic_arn))}}});
  return ToJson(root);
}

Result<std::string, Refusal> WithoutPermission(std::string_view policy, std::string_view label) {
  Value root = Parse(policy);
  if (std::erase_if(root.Find("Statement")->items, [&](const Value& each) { return Is(each, label); }) == 0) {
    return Refuse(
        SnsFault::kInvalidParameter,
        fmt::format("Invalid parameter: Label Reason: the topic's policy has no statement \"{}\"", Shown(label)));
  }
  return ToJson(root);
}

}  // namespace broker::aws::sns
