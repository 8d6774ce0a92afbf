// An access policy, a JSON document: its statements as permissions are added and taken away. It is kept and told, not yet
// asked. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace broker::aws {

// Who may do what; one account or action alone stands without a list, as the real services write it.
struct PolicyStatement {
  std::string label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;  // "SNS:Publish"
  std::string resource;              // an ARN
};

// `policy` with another statement; what is no JSON object counts as none. nullopt: the label is there already.
std::optional<std::string> WithStatement(std::string_view policy, const PolicyStatement& statement);
// `policy` without the statement of that label; empty when that was the last. nullopt: there is none.
std::optional<std::string> WithoutStatement(std::string_view policy, std::string_view label);

}  // namespace broker::aws
