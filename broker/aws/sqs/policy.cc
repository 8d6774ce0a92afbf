#include "broker/aws/sqs/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "broker/aws/arn.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"

namespace broker::aws::sqs {
namespace {

constexpr std::size_t kMaxLabelBytes = 80;
constexpr std::size_t kMaxActions = 7;
constexpr std::string_view kStatement = "Statement";

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

Value Text(std::string text) { return {Value::Kind::kText, std::move(text), {}, {}}; }
Value List(std::vector<Value> items) { return {Value::Kind::kList, {}, std::move(items), {}}; }
Value Object(std::vector<Member> members) { return {Value::Kind::kObject, {}, {}, std::move(members)}; }

// One alone stands without a list.
Value OneOrList(std::vector<Value> items) {
  return items.size() == 1 ? std::move(items.front()) : List(std::move(items));
}

void Append(const Value& value, std::string& out) {
  const auto each = [&out](const auto& all, char open, char close, auto write) {
    out += open;
    for (const auto& one : all) {
      if (&one != &all.front()) out += ',';
      write(one);
    }
    out += close;
  };
  switch (value.kind) {
    case Value::Kind::kNull: out += "null"; break;
    case Value::Kind::kText: AppendJsonText(value.text, out); break;
    case Value::Kind::kNumber:
    case Value::Kind::kBoolean: out += value.text; break;
    case Value::Kind::kList: each(value.items, '[', ']', [&](const Value& item) { Append(item, out); }); break;
    case Value::Kind::kObject:
      each(value.members, '{', '}', [&](const Member& member) {
        AppendJsonText(member.name, out);
        out += ':';
        Append(member.value, out);
      });
      break;
  }
}

std::string ToText(const Value& value) {
  std::string text;
  Append(value, text);
  return text;
}

// The statements, as a list; null: the policy is none.
Value* Statements(Value& policy) {
  Value* const statements = policy.Find(kStatement);
  if (statements != nullptr && statements->kind == Value::Kind::kObject) {
    Value one = std::move(*statements);
    *statements = List({});
    statements->items.push_back(std::move(one));
  }
  return statements != nullptr && statements->kind == Value::Kind::kList ? statements : nullptr;
}

bool IsLabelled(Value& statement, std::string_view label) {
  const Value* const sid = statement.Find("Sid");
  return sid != nullptr && sid->text == label;
}

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

Value StatementOf(const Permission& permission, const std::string& queue_arn) {
  std::vector<Value> principals;
  for (const std::string& account : permission.accounts)
    principals.push_back(Text(fmt::format("arn:aws:iam::{}:root", account)));
  std::vector<Value> actions;
  for (const std::string& action : permission.actions) actions.push_back(Text("SQS:" + action));
  return Object({{"Sid", Text(permission.label)},
                 {"Effect", Text("Allow")},
                 {"Principal", Object({{"AWS", OneOrList(std::move(principals))}})},
                 {"Action", OneOrList(std::move(actions))},
                 {"Resource", Text(queue_arn)}});
}

}  // namespace

Result<std::string, Refusal> AddPermissionTo(std::string_view policy, const Permission& permission,
                                             const std::string& queue_arn) {
  if (auto refusal = Check(permission)) return *std::move(refusal);
  Value tree = Object({{"Version", Text("2008-10-17")},
                       {"Id", Text(queue_arn + "/SQSDefaultPolicy")},
                       {std::string(kStatement), List({})}});
  if (!policy.empty()) {
    auto read = ReadJson(policy);
    if (read.ok()) tree = *std::move(read);
  }
  Value* statements = Statements(tree);
  if (statements == nullptr) {
    tree.members.push_back({std::string(kStatement), List({})});
    statements = &tree.members.back().value;
  }
  for (Value& statement : statements->items) {
    if (IsLabelled(statement, permission.label)) return InvalidValue("Label", permission.label, "Already exists.");
  }
  statements->items.push_back(StatementOf(permission, queue_arn));
  return ToText(tree);
}

Result<std::string, Refusal> RemovePermissionFrom(std::string_view policy, const std::string& label) {
  auto tree = ReadJson(policy);
  Value* const statements = tree.ok() ? Statements(*tree) : nullptr;
  const std::size_t removed =
      statements == nullptr ? 0
                            : std::erase_if(statements->items, [&](Value& each) { return IsLabelled(each, label); });
  if (removed == 0) return InvalidValue("Label", label, "can't find label on existing policy.");
  return statements->items.empty() ? std::string() : ToText(*tree);
}

}  // namespace broker::aws::sqs
