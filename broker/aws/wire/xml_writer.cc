#include "broker/aws/wire/xml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace broker::aws {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

constexpr bool IsForbiddenByte(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}
// U+FFFE and U+FFFF: the only ones beyond the control characters.
bool IsNonCharacter(std::string_view three) { return three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF"; }

// By the byte; a table, for bodies are long.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0; byte < plain.size(); ++byte) {
    const char c = static_cast<char>(byte);
    plain[byte] = !IsForbiddenByte(c) && c != '&' && c != '<' && c != '>' && c != '"' && c != '\r' && c != '\xEF';
  }
  return plain;
}();
bool IsPlain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// Writes the first character of `text`, which is not plain; says how many bytes it has.
std::size_t AppendOne(std::string_view text, std::string& out) {
  switch (const char c = text.front()) {
    case '&': out += "&amp;"; return 1;
    case '<': out += "&lt;"; return 1;
    case '>': out += "&gt;"; return 1;
    case '"': out += "&quot;"; return 1;
    case '\r': out += "&#xD;"; return 1;
    case '\xEF':
      if (IsNonCharacter(text.substr(0, 3))) {
        out += kReplacement;
        return 3;
      }
      out += c;
      return 1;
    default: out += kReplacement; return 1;
  }
}

}  // namespace

bool IsXmlText(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsForbiddenByte)) return false;
  return text.find("\xEF\xBF\xBE") == std::string_view::npos && text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

void AppendXmlText(std::string_view text, std::string& out) {
  while (true) {
    const auto plain = std::find_if_not(text.begin(), text.end(), IsPlain);
    out.append(text.begin(), plain);
    if (plain == text.end()) return;
    text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
    text.remove_prefix(AppendOne(text, out));
  }
}

void XmlWriter::Text(std::string_view name, std::string_view value) {
  Open(name);
  AppendXmlText(value, out_);
  Close(name);
}

void XmlWriter::Integer(std::string_view name, std::int64_t value) {
  fmt::format_to(std::back_inserter(out_), "<{0}>{1}</{0}>", name, value);
}

void XmlWriter::Boolean(std::string_view name, bool value) {
  fmt::format_to(std::back_inserter(out_), "<{0}>{1}</{0}>", name, value);
}

void XmlWriter::Open(std::string_view name) { fmt::format_to(std::back_inserter(out_), "<{}>", name); }
void XmlWriter::Close(std::string_view name) { fmt::format_to(std::back_inserter(out_), "</{}>", name); }

void XmlWriter::OpenList(const Name& name, bool empty) {
  if (!wrapped_) return;
  empty ? void(fmt::format_to(std::back_inserter(out_), "<{}/>", name.json)) : Open(name.json);
}

void XmlWriter::CloseList(const Name& name, bool empty) {
  if (wrapped_ && !empty) Close(name.json);
}

void XmlWriter::OpenItem(const Name& name) { Open(ItemName(name)); }
void XmlWriter::CloseItem(const Name& name) { Close(ItemName(name)); }
void XmlWriter::TextItem(const Name& name, std::string_view value) { Text(ItemName(name), value); }

void XmlWriter::OpenMap(const MapName& name, bool empty) { OpenList(name.name, empty); }
void XmlWriter::CloseMap(const MapName& name, bool empty) { CloseList(name.name, empty); }

void XmlWriter::OpenEntry(const MapName& name, std::string_view key) {
  Open(EntryName(name));
  Text(name.key, key);
}

void XmlWriter::CloseEntry(const MapName& name) { Close(EntryName(name)); }

}  // namespace broker::aws
