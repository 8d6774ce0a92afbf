// Named brokers in the user's own configuration: `$XDG_CONFIG_HOME/brokerctl/config.toml` (default ~/.config):
//
//   current = "local"
//   [contexts.local]
//   address = "127.0.0.1:8085"
//   namespace = "default"
//
// A context holds no secrets. Confined to one thread; two writers at once: the later one wins, never a torn file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "cli/terminal.h"

namespace broker::cli {

struct Context {
  std::optional<std::string> address;
  std::optional<std::string> name_space;

  bool operator==(const Context&) const = default;
};

struct ContextFile {
  std::string current;  // empty: none chosen
  std::map<std::string, Context> contexts;

  bool operator==(const ContextFile&) const = default;
};

// From XDG_CONFIG_HOME or HOME; nullopt if neither is set.
std::optional<std::string> ContextFilePath(const Terminal& terminal);

// An absent file is an empty one. Errors: kInvalidArgument naming file, line and key for what cannot be read or is
// unknown: a mistyped key, or a folder that may not be entered, would otherwise silently send commands to another
// broker.
Result<ContextFile> ReadContextFile(const std::string& path);

// Creates the folder (0700) if needed and replaces the file in one step, after its bytes are on disk. An error leaves
// the file as it was.
Status WriteContextFile(const std::string& path, const ContextFile& file);

// "local", "prod-eu.1": 1-64 bytes of letters, digits and . _ -
Status CheckContextName(std::string_view name);

}  // namespace broker::cli
