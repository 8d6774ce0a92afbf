#include <fmt/format.h>

#include "broker/server/load_config.h"
#include "broker/server/settings.h"
#include "broker/server/value_text.h"

namespace broker::server {
namespace {

std::string TomlValue(const Setting& setting, const Config& config) {
  const std::string text = setting.get(config);
  switch (setting.kind) {
    case TomlKind::kText: return Quoted(text);
    case TomlKind::kBool:
    case TomlKind::kNumber:
    case TomlKind::kTable: return text;
  }
  return text;
}

}  // namespace

// Plain keys come first in Settings(): in TOML they cannot follow a table.
std::string PrintConfig(const Loaded& loaded) {
  std::string out;
  std::string_view open_table;
  for (const Setting& setting : Settings()) {
    const auto dot = setting.key.find('.');
    const std::string_view table = dot == std::string_view::npos ? std::string_view{} : setting.key.substr(0, dot);
    const std::string_view name = dot == std::string_view::npos ? setting.key : setting.key.substr(dot + 1);
    if (table != open_table) out += fmt::format("\n[{}]\n", table);
    open_table = table;
    const auto source = loaded.sources.find(setting.key);
    out += fmt::format("{} = {}  # {}\n", name, TomlValue(setting, loaded.config),
                       source == loaded.sources.end() ? "default" : source->second);
  }
  return out;
}

}  // namespace broker::server
