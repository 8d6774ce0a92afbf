#include <fmt/format.h>

#include <cmath>

#include "broker/base/utf8.h"
#include "cli/render.h"

namespace broker::cli {
namespace {

// Length of the UTF-8 character at the start of `text`; 0 if there is none.
std::size_t CharacterLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (IsUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

class Writer {
 public:
  explicit Writer(bool lines) : lines_(lines) {}

  void Write(const Value& value, std::size_t level) {
    if (const auto* items = value.array()) {
      WriteAll('[', ']', *items, level, [&](const Value& item) { Write(item, level + 1); });
    } else if (const auto* fields = value.object()) {
      WriteAll('{', '}', *fields, level, [&](const Value::Field& field) {
        out_ += fmt::format("\"{}\":{}", EscapeJson(field.first), lines_ ? " " : "");
        Write(field.second, level + 1);
      });
    } else if (const auto* text = value.text()) {
      out_ += fmt::format("\"{}\"", EscapeJson(*text));
    } else {
      out_ += value.is_null() ? "null" : value.Plain();
    }
  }
  std::string Take() && { return std::move(out_); }

 private:
  template <class Items, class Each>
  void WriteAll(char open, char close, const Items& items, std::size_t level, const Each& each) {
    out_ += open;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      NewLine(level + 1);
      each(item);
    }
    if (!items.empty()) NewLine(level);
    out_ += close;
  }
  void NewLine(std::size_t level) {
    if (lines_) out_ += '\n' + std::string(level * 2, ' ');
  }

  bool lines_;
  std::string out_;
};

}  // namespace

std::string EscapeJson(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    const unsigned char byte = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text.front();
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string RenderJson(const Value& value) {
  Writer writer(true);
  writer.Write(value, 0);
  return std::move(writer).Take() + "\n";
}

std::string RenderJsonLine(const Value& value) {
  Writer writer(false);
  writer.Write(value, 0);
  return std::move(writer).Take();
}

}  // namespace broker::cli
