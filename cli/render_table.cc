#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/render.h"

namespace broker::cli {
namespace {

constexpr std::size_t kMaxCellCharacters = 100;

// Characters, as far as counting the bytes that start one tells; wide ones only cost alignment.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Escapes what would move a terminal: C0 and C1 controls and DEL.
std::string WithoutControls(std::string_view words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto byte = static_cast<unsigned char>(words[i]);
    const auto next = i + 1 < words.size() ? static_cast<unsigned char>(words[i + 1]) : 0u;
    if (byte < 0x20 || byte == 0x7f) {
      text += EscapeJson(words.substr(i, 1));
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      text += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      text += words[i];
    }
  }
  return text;
}

// One line, at most kMaxCellCharacters, no control characters. Not cut when the value is the thing itself. Fields of an
// object become "name=value, ...".
std::string Cell(const Value& value, bool cut) {
  std::string text;
  if (value.is_null()) {
    text = "-";
  } else if (const auto* words = value.text()) {
    text = words->empty() ? "-" : WithoutControls(*words);
  } else if (const auto* items = value.array()) {
    for (const Value& item : *items) text += (text.empty() ? "" : ", ") + Cell(item, false);
    if (items->empty()) text = "-";
  } else if (const auto* fields = value.object()) {
    for (const auto& [name, held] : *fields) {
      text += fmt::format("{}{}={}", text.empty() ? "" : ", ", WithoutControls(name), Cell(held, false));
    }
    if (fields->empty()) text = "-";
  } else {
    text = value.Plain();
  }
  if (!cut || Width(text) <= kMaxCellCharacters) return text;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && characters++ == kMaxCellCharacters - 3) break;
  }
  return text.substr(0, end) + "...";
}

// The first alternative of a column's path that is there.
const Value& Pick(const Value& row, std::string_view path) {
  const auto bar = path.find('|');
  const Value& value = row.At(path.substr(0, bar));
  return value.is_null() && bar != std::string_view::npos ? Pick(row, path.substr(bar + 1)) : value;
}

std::string RenderRows(const Value::Array& rows, const std::vector<Column>& columns) {
  std::vector<std::vector<std::string>> grid;
  grid.emplace_back();
  for (const Column& column : columns) grid.back().push_back(column.title);
  for (const Value& row : rows) {
    grid.emplace_back();
    for (const Column& column : columns) grid.back().push_back(Cell(Pick(row, column.path), true));
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const auto& line : grid) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string out;
  for (const auto& line : grid) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      out += line[i];
      if (i + 1 < line.size()) out += std::string(widths[i] - Width(line[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

struct Line {
  std::size_t indent;
  std::string label;
  std::string text;
};

void Flatten(const Value::Object& fields, std::size_t indent, std::vector<Line>& lines) {
  for (const auto& [name, value] : fields) {
    std::string label = name;
    std::replace(label.begin(), label.end(), '_', ' ');
    const auto* nested = value.object();
    if (nested != nullptr && !nested->empty()) {
      lines.push_back({indent, label + ":", ""});
      Flatten(*nested, indent + 2, lines);
    } else {
      lines.push_back({indent, label + ":", nested != nullptr ? "-" : Cell(value, false)});
    }
  }
}

std::string RenderThing(const Value::Object& fields) {
  std::vector<Line> lines;
  Flatten(fields, 0, lines);
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.indent + Width(line.label));
  std::string out;
  for (const Line& line : lines) {
    out += std::string(line.indent, ' ') + line.label;
    if (!line.text.empty()) out += std::string(width - line.indent - Width(line.label) + 2, ' ') + line.text;
    out += '\n';
  }
  return out;
}

}  // namespace

std::string RenderTable(const View& view) {
  if (view.rows.empty()) {
    const auto* fields = view.tree.object();
    return fields != nullptr ? RenderThing(*fields) : Cell(view.tree, false) + "\n";
  }
  const auto* rows = view.tree.Get(view.rows).array();
  return RenderRows(rows != nullptr ? *rows : Value::Array{}, view.columns);
}

std::string RenderNames(const View& view) {
  std::string out;
  const auto add = [&](const Value& thing) {
    const Value& name = thing.At(view.name_path);
    if (!name.is_null()) out += name.Plain() + "\n";
  };
  if (view.rows.empty()) {
    add(view.tree);
  } else if (const auto* rows = view.tree.Get(view.rows).array()) {
    for (const Value& row : *rows) add(row);
  }
  return out;
}

}  // namespace broker::cli
