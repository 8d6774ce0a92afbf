// The characters of the filter language's names and numbers, for its parser and its writer.
#pragma once

#include <string_view>

namespace broker::model {

inline bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9') || c == '-'; }

// How many characters from the start of `text` are a JSON number.
inline std::size_t JsonNumberSize(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  if (zero) {
    ++at;
  } else if (digits() == 0) {
    return 0;
  }
  std::size_t end = at;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return end;
    end = at;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() > 0) end = at;
  }
  return end;
}

}  // namespace broker::model
