#include "broker/aws/wire/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace broker::aws {
namespace {

constexpr std::string_view kMayBeNonCharacter = "\xEF\xBF";  // U+FFC0 to U+FFFF

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != kMayBeNonCharacter.front();
}

// Writes the first character of `text`, which is not plain; says how many bytes it has.
std::size_t AppendOne(std::string_view text, std::string& out) {
  if (text.starts_with(kMayBeNonCharacter) && text.size() > 2 && (text[2] == '\xBE' || text[2] == '\xBF')) {
    out += text[2] == '\xBE' ? "\\ufffe" : "\\uffff";
    return 3;
  }
  switch (const char c = text.front()) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
  }
  return 1;
}

void Append(const Value& value, std::string& out) {
  switch (value.kind) {
    case Value::Kind::kNull: out += "null"; return;
    case Value::Kind::kText: AppendJsonText(value.text, out); return;
    case Value::Kind::kNumber:
    case Value::Kind::kBoolean: out += value.text; return;
    case Value::Kind::kList:
      out += '[';
      for (const Value& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        Append(item, out);
      }
      out += ']';
      return;
    case Value::Kind::kObject:
      out += '{';
      for (const Member& member : value.members) {
        if (&member != &value.members.front()) out += ',';
        AppendJsonText(member.name, out);
        out += ':';
        Append(member.value, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

std::string ToJson(const Value& value) {
  std::string out;
  Append(value, out);
  return out;
}

void AppendJsonText(std::string_view text, std::string& out) {
  out += '"';
  while (true) {
    const auto plain = std::find_if_not(text.begin(), text.end(), IsPlain);
    out.append(text.begin(), plain);
    if (plain == text.end()) break;
    text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
    text.remove_prefix(AppendOne(text, out));
  }
  out += '"';
}

void JsonWriter::Comma() {
  if (out_.back() != '{' && out_.back() != '[') out_ += ',';
}

void JsonWriter::Key(std::string_view name) {
  Comma();
  AppendJsonText(name, out_);
  out_ += ':';
}

void JsonWriter::Text(std::string_view name, std::string_view value) {
  Key(name);
  AppendJsonText(value, out_);
}

void JsonWriter::Integer(std::string_view name, std::int64_t value) {
  Key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonWriter::Boolean(std::string_view name, bool value) {
  Key(name);
  out_ += value ? "true" : "false";
}

void JsonWriter::Open(std::string_view name) {
  Key(name);
  out_ += '{';
}

void JsonWriter::Close(std::string_view) { out_ += '}'; }

void JsonWriter::OpenList(const Name& name, bool empty) {
  if (empty) return;
  Key(name.json);
  out_ += '[';
}

void JsonWriter::CloseList(const Name&, bool empty) {
  if (!empty) out_ += ']';
}

void JsonWriter::OpenItem(const Name&) {
  Comma();
  out_ += '{';
}

void JsonWriter::CloseItem(const Name&) { out_ += '}'; }

void JsonWriter::TextItem(const Name&, std::string_view value) {
  Comma();
  AppendJsonText(value, out_);
}

void JsonWriter::OpenMap(const MapName& name, bool empty) {
  if (!empty) Open(name.name.json);
}

void JsonWriter::CloseMap(const MapName& name, bool empty) {
  if (!empty) Close(name.name.json);
}

std::string JsonWriter::Take() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace broker::aws
