#include "broker/aws/policy_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"

namespace broker::aws {
namespace {

using Kind = Value::Kind;

constexpr std::string_view kStatement = "Statement";

// With a list of statements, also where one stood alone.
Value Parse(std::string_view policy) {
  auto tree = ReadJson(policy);
  Value root = tree.ok() && tree->kind == Kind::kObject ? *std::move(tree) : Value{Kind::kObject, {}, {}, {}};
  Value* statements = root.Find(kStatement);
  if (statements == nullptr) {
    root.members.push_back({std::string(kStatement), {Kind::kList, {}, {}, {}}});
  } else if (statements->kind != Kind::kList) {
    Value one = std::move(*statements);
    *statements = Value{Kind::kList, {}, {std::move(one)}, {}};
  }
  return root;
}

bool IsLabelled(const Value& statement, std::string_view label) {
  const Value* const sid = statement.Find("Sid");
  return sid != nullptr && sid->text == label;
}

Value OneOrList(const std::vector<std::string>& texts, std::string_view before, std::string_view after) {
  Value list{Kind::kList, {}, {}, {}};
  for (const std::string& text : texts) list.items.push_back(Value::Text(fmt::format("{}{}{}", before, text, after)));
  return list.items.size() == 1 ? Value(list.items.front()) : list;
}

}  // namespace

std::optional<std::string> WithStatement(std::string_view policy, const PolicyStatement& statement) {
  Value root = Parse(policy);
  Value& statements = *root.Find(kStatement);
  if (std::any_of(statements.items.begin(), statements.items.end(),
                  [&](const Value& each) { return IsLabelled(each, statement.label); })) {
    return std::nullopt;
  }
  Value principal{Kind::kObject, {}, {}, {{"AWS", OneOrList(statement.accounts, "arn:aws:iam::", ":root")}}};
  statements.items.push_back(Value{Kind::kObject,
                                   {},
                                   {},
                                   {{"Sid", Value::Text(statement.label)},
                                    {"Effect", Value::Text("Allow")},
                                    {"Principal", std::move(principal)},
                                    {"Action", OneOrList(statement.actions, "", "")},
                                    {"Resource", Value::Text(statement.resource)}}});
  return ToJson(root);
}

std::optional<std::string> WithoutStatement(std::string_view policy, std::string_view label) {
  Value root = Parse(policy);
  Value& statements = *root.Find(kStatement);
  if (std::erase_if(statements.items, [&](const Value& each) { return IsLabelled(each, label); }) == 0)
    return std::nullopt;
  return statements.items.empty() ? std::string() : ToJson(root);
}

}  // namespace broker::aws
