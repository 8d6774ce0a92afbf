// Reads a configuration file into flat settings. The only place that knows TOML.
#pragma once

#include <string>
#include <vector>

#include "broker/base/result.h"

namespace broker::server {

struct TomlEntry {
  std::string key;   // "cache.tail"
  std::string text;  // as Setting::set reads it
  unsigned line = 0;
};

// A table that is a setting of its own ("namespaces.alias") becomes one entry. Errors: kNotFound, kPermissionDenied or
// kInvalidArgument, naming the file and, for what is wrong inside it, the line.
Result<std::vector<TomlEntry>> ReadTomlFile(const std::string& path);

}  // namespace broker::server
