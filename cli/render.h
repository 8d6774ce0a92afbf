// Renders a view as text for standard output. Pure functions; every text ends with a newline unless it is empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/value.h"
#include "cli/view.h"

namespace broker::cli {

enum class OutputFormat { kTable, kJson, kYaml, kName };

std::optional<OutputFormat> ParseOutputFormat(std::string_view text);

std::string Render(const View& view, OutputFormat format);

// Two spaces per level. Text is escaped to plain JSON; bytes that are not UTF-8 must not be in it (commands show those
// as base64), and any that are become U+FFFD.
std::string RenderJson(const Value& value);
// The same on one line and without a newline.
std::string RenderJsonLine(const Value& value);
// YAML 1.2 block style; every text that YAML 1.1 or 1.2 could read as something else is double-quoted.
std::string RenderYaml(const Value& value);
// Lists as aligned columns under their titles, one thing as "field: value" lines. Control characters are shown as
// escapes, so that no message can drive the terminal. An empty list renders its titles only.
std::string RenderTable(const View& view);
std::string RenderNames(const View& view);

// Text as the inside of a JSON string, without the quotes.
std::string EscapeJson(std::string_view text);

}  // namespace broker::cli
