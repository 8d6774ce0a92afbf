#include "broker/server/value_text.h"

#include <fmt/format.h>

namespace broker::server {
namespace {

Error BadValue(std::string_view text, std::string_view why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_VALUE", fmt::format("\"{}\" {}", text, why));
}

std::string_view Trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string_view Unquoted(std::string_view text) {
  text = Trimmed(text);
  if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'')) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

Result<bool> ParseBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return BadValue(text, "is neither true nor false");
}

Result<TextMap> ParseMap(std::string_view text) {
  std::string_view rest = Trimmed(text);
  if (rest.starts_with('{')) {
    if (!rest.ends_with('}')) return BadValue(text, "has no closing brace");
    rest = Trimmed(rest.substr(1, rest.size() - 2));
  }
  TextMap map;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view entry = Trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : Trimmed(rest.substr(comma + 1));
    const auto split = entry.find_first_of("=:");
    if (split == std::string_view::npos || Unquoted(entry.substr(0, split)).empty() ||
        Unquoted(entry.substr(split + 1)).empty()) {
      return BadValue(text, fmt::format("has an entry that is not KEY=VALUE: \"{}\"", entry));
    }
    const std::string_view key = Unquoted(entry.substr(0, split));
    if (!map.emplace(key, Unquoted(entry.substr(split + 1))).second) {
      return BadValue(text, fmt::format("names \"{}\" twice", key));
    }
  }
  return map;
}

std::string FormatMap(const TextMap& map) {
  std::string out = "{";
  for (const auto& [key, value] : map) {
    out += fmt::format("{}{} = {}", out.size() > 1 ? ", " : "", Quoted(key), Quoted(value));
  }
  return out + "}";
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace broker::server
