#include "broker/aws/wire/form_reader.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "broker/aws/wire/percent.h"
#include "broker/aws/wire/shown.h"
#include "broker/base/utf8.h"

namespace broker::aws {
namespace {

template <class... Args>
Error Malformed(fmt::format_string<Args...> format, Args&&... args) {
  return Error(ErrorCode::kInvalidArgument, "MALFORMED_FORM", fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace

Status FormReader::Add(std::string_view form) {
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(pair.size() + 1, form.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = PercentDecode(pair.substr(0, equals), true);
    const auto value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) {
      return Malformed("\"{}\" is not well percent-encoded", Shown(pair.substr(0, equals)));
    }
    if (!IsUtf8(*name) || !IsUtf8(*value)) {
      return Malformed("\"{}\" is not valid UTF-8", Shown(pair.substr(0, equals)));
    }
    BROKER_RETURN_IF_ERROR(AddOne(*name, *value));
  }
  return {};
}

Status FormReader::AddOne(std::string_view name, std::string_view value) {
  Value* at = &root_;
  std::size_t depth = 0;
  for (std::string_view rest = name;; ++depth) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view part = rest.substr(0, dot);
    if (part.empty()) return Malformed("\"{}\" has an empty part in its name", Shown(name));
    if (depth == kMaxDepth) return Malformed("\"{}\" has more than {} parts in its name", Shown(name), kMaxDepth);
    if (at->kind == Value::Kind::kText) return Malformed("\"{}\" is both a value and a structure", Shown(name));
    at->kind = Value::Kind::kObject;
    // The parts of one structure mostly follow each other.
    Value* next = !at->members.empty() && at->members.back().name == part ? &at->members.back().value : at->Find(part);
    if (next == nullptr) {
      if (at->members.size() == kMaxMembers || ++values_ > kMaxValues) {
        return Malformed("too many parameters, at most {} of a kind and {} in all", kMaxMembers, kMaxValues);
      }
      next = &at->members.emplace_back(Member{std::string(part), {}}).value;
    }
    at = next;
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  if (at->kind != Value::Kind::kNull) return Malformed("\"{}\" is there twice", Shown(name));
  at->kind = Value::Kind::kText;
  at->text = value;
  return {};
}

}  // namespace broker::aws
