// The one table of settings. Flag, environment variable, TOML key, help text and --print-config all come from it:
// key `cache.tail` is flag --cache-tail, variable BROKER_CACHE_TAIL, and `tail` in TOML's table [cache].
// Immutable; thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/server/config.h"

namespace broker::server {

// How a value looks in TOML. Durations and sizes are quoted texts there.
enum class TomlKind { kText, kBool, kNumber, kTable };

struct Setting {
  std::string_view key;
  std::string_view placeholder;  // of the value in --help
  std::string_view help;
  TomlKind kind = TomlKind::kText;
  // Errors: kInvalidArgument with what is wrong, without the key.
  Status (*set)(Config& config, std::string_view text);
  // Text that `set` reads back to the same value.
  std::string (*get)(const Config& config);

  std::string Flag() const;      // "--cache-tail"
  std::string Variable() const;  // "BROKER_CACHE_TAIL"
};

std::span<const Setting> Settings();
const Setting* FindSetting(std::string_view key);

// What no single setting can see: addresses that collide, or that reach beyond this machine without `insecure`.
Status CheckTogether(const Config& config);

}  // namespace broker::server
