#include "broker/model/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace broker::model {
namespace {

bool IsNameByte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("._~+%-").find(c) != std::string_view::npos;
}

// What a person may safely see of a name that is not one.
std::string Shown(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 64)) {
    out += (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) ? '?' : c;
  }
  return name.size() > 64 ? out + "..." : out;
}

std::optional<ResourceKind> ParseKind(std::string_view word) {
  if (word == "topic") return ResourceKind::kTopic;
  if (word == "queue") return ResourceKind::kQueue;
  if (word == "subscription") return ResourceKind::kSubscription;
  return std::nullopt;
}

}  // namespace

std::string_view ToString(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kTopic: return "topic";
    case ResourceKind::kQueue: return "queue";
    case ResourceKind::kSubscription: return "subscription";
  }
  return "unknown";
}

Status CheckName(std::string_view field, std::string_view name) {
  if (name.empty()) return InvalidField(std::string(field), "a name is required and this one is empty");
  if (name.size() > kMaxNameBytes) {
    return InvalidField(std::string(field), fmt::format("\"{}\" has {} bytes; a name has at most {}", Shown(name),
                                                        name.size(), kMaxNameBytes));
  }
  if (!std::all_of(name.begin(), name.end(), IsNameByte)) {
    return InvalidField(std::string(field),
                        fmt::format("\"{}\" has a character outside letters, digits and . _ ~ + % -", Shown(name)));
  }
  return {};
}

Result<Target> Target::Parse(std::string_view field, std::string_view text) {
  Target target;
  std::string_view name = text;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    target.kind = ParseKind(text.substr(0, slash));
    if (!target.kind) {
      return InvalidField(std::string(field), fmt::format("\"{}\" is of no known kind; write topic/NAME, queue/NAME or "
                                                          "subscription/NAME", Shown(text)));
    }
    name = text.substr(slash + 1);
  }
  BROKER_RETURN_IF_ERROR(CheckName(field, name));
  target.name = std::string(name);
  return target;
}

std::string ResourceRef::ToString() const { return fmt::format("{}/{}", model::ToString(kind), name); }

}  // namespace broker::model
