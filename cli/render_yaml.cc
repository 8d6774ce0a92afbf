#include <algorithm>
#include <array>
#include <string>

#include "cli/render.h"

namespace broker::cli {
namespace {

bool IsPlainByte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("_/. -").find(c) != std::string_view::npos;
}

// Conservative: unquoted only if it starts with a letter, holds nothing special, and is no word of YAML 1.1 or 1.2.
bool CanBePlain(std::string_view text) {
  static constexpr std::array<std::string_view, 10> kWords{"y",   "n",    "yes",   "no",   "on",
                                                           "off", "true", "false", "null", "nan"};
  if (text.empty() || text.back() == ' ') return false;
  const char first = text.front();
  if (!((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'))) return false;
  if (!std::all_of(text.begin(), text.end(), IsPlainByte)) return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(kWords.begin(), kWords.end(), lower) == kWords.end();
}

// Double-quoted YAML takes every escape that JSON has.
std::string Quoted(std::string_view text) {
  if (CanBePlain(text)) return std::string(text);
  return "\"" + EscapeJson(text) + "\"";
}

bool IsEmptyCollection(const Value& value) {
  return (value.array() != nullptr && value.array()->empty()) || (value.object() != nullptr && value.object()->empty());
}

bool IsScalar(const Value& value) {
  return (value.array() == nullptr && value.object() == nullptr) || IsEmptyCollection(value);
}

std::string Scalar(const Value& value) {
  if (const auto* text = value.text()) return Quoted(*text);
  if (value.is_null()) return "null";
  return value.Plain();  // numbers, booleans, and [] and {}
}

void Write(const Value& value, std::size_t indent, std::string& out);

// After "- " or at the start of a line of depth `indent`.
void WriteFields(const Value::Object& fields, std::size_t indent, bool first_is_placed, std::string& out) {
  for (const auto& [name, value] : fields) {
    if (!first_is_placed) out += std::string(indent, ' ');
    first_is_placed = false;
    out += Quoted(name) + ":";
    if (IsScalar(value)) {
      out += " " + Scalar(value) + "\n";
    } else {
      out += "\n";
      Write(value, value.array() != nullptr ? indent : indent + 2, out);
    }
  }
}

void Write(const Value& value, std::size_t indent, std::string& out) {
  if (IsScalar(value)) {
    out += std::string(indent, ' ') + Scalar(value) + "\n";
  } else if (const auto* items = value.array()) {
    for (const Value& item : *items) {
      out += std::string(indent, ' ') + "-";
      if (IsScalar(item)) {
        out += " " + Scalar(item) + "\n";
      } else if (const auto* fields = item.object()) {
        out += " ";
        WriteFields(*fields, indent + 2, true, out);
      } else {
        out += "\n";
        Write(item, indent + 2, out);
      }
    }
  } else if (const auto* fields = value.object()) {
    WriteFields(*fields, indent, false, out);
  }
}

}  // namespace

std::string RenderYaml(const Value& value) {
  std::string out;
  Write(value, 0, out);
  return out;
}

}  // namespace broker::cli
