#include "broker/server/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "broker/server/settings.h"
#include "broker/server/value_text.h"

namespace broker::server {
namespace {

Error Wrong(const std::string& path, unsigned line, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_FILE", fmt::format("{}:{}: {}", path, line, what));
}

Error CannotRead(const std::string& path, int why) {
  const ErrorCode code = why == ENOENT   ? ErrorCode::kNotFound
                         : why == EACCES ? ErrorCode::kPermissionDenied
                                         : ErrorCode::kInvalidArgument;
  return Error(code, "INVALID_FILE",
               fmt::format("cannot read the configuration file {}: {}", path, std::strerror(why)));
}

Result<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"), &std::fclose);
  if (file == nullptr) return CannotRead(path, errno);
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) text.append(buffer.data(), got);
  if (std::ferror(file.get()) != 0) return CannotRead(path, errno);
  return text;
}

class Flattener {
 public:
  explicit Flattener(const std::string& path) : path_(path) {}

  Status Visit(const std::string& prefix, const toml::table& table) {
    for (const auto& [name, node] : table) {
      const std::string key = prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
      const auto line = static_cast<unsigned>(node.source().begin.line);
      const Setting* setting = FindSetting(key);
      const toml::table* below = node.as_table();
      if (below == nullptr) {
        BROKER_RETURN_IF_ERROR(AddText(key, setting, node, line));
      } else if (setting != nullptr && setting->kind == TomlKind::kTable) {
        BROKER_RETURN_IF_ERROR(AddMap(key, *below, line));
      } else if (setting != nullptr || below->empty()) {
        return Wrong(path_, line, fmt::format("{} is a table", key));
      } else {
        BROKER_RETURN_IF_ERROR(Visit(key, *below));
      }
    }
    return {};
  }

  std::vector<TomlEntry> Take() { return std::move(entries_); }

 private:
  // An unknown key goes on without its value: whoever reads the entries refuses it with a better word.
  Status AddText(const std::string& key, const Setting* setting, const toml::node& node, unsigned line) {
    const auto text = node.value_exact<std::string>();
    const auto flag = node.value_exact<bool>();
    if (setting != nullptr && setting->kind == TomlKind::kBool) {
      if (!flag) return Wrong(path_, line, fmt::format("{} must be true or false, without quotes", key));
      entries_.push_back({key, *flag ? "true" : "false", line});
    } else if (setting != nullptr && setting->kind == TomlKind::kNumber) {
      const auto number = node.value_exact<std::int64_t>();
      if (!number) return Wrong(path_, line, fmt::format("{} must be a whole number, without quotes", key));
      entries_.push_back({key, std::to_string(*number), line});
    } else {
      if (setting != nullptr && !text) return Wrong(path_, line, fmt::format("{} must be a text, in quotes", key));
      entries_.push_back({key, text.value_or(""), line});
    }
    return {};
  }

  Status AddMap(const std::string& key, const toml::table& table, unsigned line) {
    TextMap map;
    for (const auto& [name, node] : table) {
      const auto text = node.value_exact<std::string>();
      if (!text) return Wrong(path_, line, fmt::format("{}.{} is not a text", key, name.str()));
      if (text->empty()) return Wrong(path_, line, fmt::format("{}.{} is empty", key, name.str()));
      map.emplace(name.str(), *text);
    }
    entries_.push_back({key, FormatMap(map), line});
    return {};
  }

  const std::string& path_;
  std::vector<TomlEntry> entries_;
};

}  // namespace

Result<std::vector<TomlEntry>> ReadTomlFile(const std::string& path) {
  auto text = ReadFile(path);
  if (!text.ok()) return std::move(text).error();
  Flattener flattener(path);
  try {
    BROKER_RETURN_IF_ERROR(flattener.Visit("", toml::parse(*text, path)));
  } catch (const toml::parse_error& error) {
    return Wrong(path, static_cast<unsigned>(error.source().begin.line), error.description());
  }
  return flattener.Take();
}

}  // namespace broker::server
