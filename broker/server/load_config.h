// From what the process was given - arguments, environment, configuration file - to one Config, remembering where each
// value came from. Flags win over the environment, that over the file, that over the defaults. Pure but for reading
// the file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/result.h"
#include "broker/server/config.h"

namespace broker::server {

enum class Action { kRun, kCheckConfig, kPrintConfig, kVersion, kHelp };

struct Loaded {
  Action action = Action::kRun;
  Config config;
  std::map<std::string, std::string, std::less<>> sources;  // key -> "flag --data", "file x.toml:3"; absent: default
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// `arguments` without the program's name. Unknown flags, keys and variables that begin with BROKER_ are errors that
// name the nearest known one; the variables of brokerctl are let through. Errors: kInvalidArgument with one violation
// per problem (field: where it stands; description: what is wrong), all of them at once.
Result<Loaded> LoadConfig(const std::vector<std::string>& arguments, const Environment& environment);

// A TOML file that gives the same configuration, with where each value came from as comments.
std::string PrintConfig(const Loaded& loaded);

std::string HelpText();

}  // namespace broker::server
