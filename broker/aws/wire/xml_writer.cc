#include "broker/aws/wire/xml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace broker::aws {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsForbiddenByte(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}
// U+FFFE and U+FFFF: the only ones beyond the control characters.
bool IsNonCharacter(std::string_view three) { return three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF"; }

}  // namespace

bool IsXmlText(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsForbiddenByte)) return false;
  return text.find("\xEF\xBF\xBE") == std::string_view::npos && text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

void AppendXmlText(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (const char c = text[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#xD;"; break;
      default:
        if (IsForbiddenByte(c)) {
          out += kReplacement;
        } else if (c == '\xEF' && IsNonCharacter(text.substr(i, 3))) {
          out += kReplacement;
          i += 2;
        } else {
          out += c;
        }
    }
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
