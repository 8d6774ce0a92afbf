#include "broker/native/field_mask.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "broker/model/validation.h"

namespace broker::native {
namespace {

constexpr std::size_t kMaxShownPathBytes = 64;

std::string WhyWrong(std::string_view path, const MaskRules& rules) {
  const std::string shown = model::CutText(path, kMaxShownPathBytes);
  if (std::find(rules.fixed.begin(), rules.fixed.end(), path) != rules.fixed.end()) {
    return fmt::format("\"{}\" of a {} cannot be changed", shown, rules.resource);
  }
  return fmt::format("\"{}\" is no field of a {} that can be changed; there are {}{}", shown, rules.resource,
                     fmt::join(rules.changeable, ", "), rules.star ? ", or * for all" : "");
}

bool IsParent(std::string_view path, std::string_view leaf) {
  return leaf.size() > path.size() && leaf.substr(0, path.size()) == path && leaf[path.size()] == '.';
}

}  // namespace

Result<std::set<std::string, std::less<>>> ResolveMask(const google::protobuf::FieldMask& mask,
                                                       const MaskRules& rules) {
  if (mask.paths().empty()) {
    return InvalidField(
        "update_mask", fmt::format("it is empty: name the fields to change, of {}", fmt::join(rules.changeable, ", ")));
  }
  std::set<std::string, std::less<>> fields;
  Error error;
  for (const std::string& path : mask.paths()) {
    bool known = false;
    for (const std::string_view leaf : rules.changeable) {
      if (leaf == path || IsParent(path, leaf) || (path == "*" && rules.star)) {
        fields.emplace(leaf);
        known = true;
      }
    }
    if (!known) error.violations.push_back({"update_mask", WhyWrong(path, rules)});
  }
  if (error.violations.empty()) return fields;
  error.code = ErrorCode::kInvalidArgument;
  error.reason = "INVALID_FIELD";
  for (const auto& violation : error.violations) {
    error.message += fmt::format("{}update_mask: {}", error.message.empty() ? "" : "; ", violation.description);
  }
  return error;
}

}  // namespace broker::native
