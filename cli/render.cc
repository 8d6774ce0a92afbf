#include "cli/render.h"

namespace broker::cli {

std::optional<OutputFormat> ParseOutputFormat(std::string_view text) {
  if (text == "table") return OutputFormat::kTable;
  if (text == "json") return OutputFormat::kJson;
  if (text == "yaml") return OutputFormat::kYaml;
  if (text == "name") return OutputFormat::kName;
  return std::nullopt;
}

std::string Render(const View& view, OutputFormat format) {
  switch (format) {
    case OutputFormat::kTable: return RenderTable(view);
    case OutputFormat::kJson: return RenderJson(view.tree);
    case OutputFormat::kYaml: return RenderYaml(view.tree);
    case OutputFormat::kName: return RenderNames(view);
  }
  return {};
}

}  // namespace broker::cli
