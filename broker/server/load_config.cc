#include "broker/server/load_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "broker/server/nearest.h"
#include "broker/server/settings.h"
#include "broker/server/toml_file.h"

namespace broker::server {
namespace {

constexpr std::string_view kPrefix = "BROKER_";
constexpr std::string_view kConfigVariable = "BROKER_CONFIG";
// brokerctl reads these; both programs may share a shell.
constexpr std::array<std::string_view, 4> kVariablesOfBrokerctl{"BROKER_ADDRESS", "BROKER_NAMESPACE", "BROKER_CONTEXT",
                                                                "BROKER_TIMEOUT"};

struct ActionFlag {
  std::string_view flag;
  Action action;
  std::string_view help;
};
constexpr std::array<ActionFlag, 4> kActionFlags{
    {{"--check-config", Action::kCheckConfig, "say whether the configuration is good, and end"},
     {"--print-config", Action::kPrintConfig, "print the configuration as TOML, with where each value came from, and end"},
     {"--version", Action::kVersion, "print the version, and end"},
     {"--help", Action::kHelp, "print this, and end"}}};

std::vector<std::string> KnownFlags() {
  std::vector<std::string> known{"--config"};
  for (const ActionFlag& flag : kActionFlags) known.emplace_back(flag.flag);
  for (const Setting& setting : Settings()) known.push_back(setting.Flag());
  return known;
}

// What Kubernetes sets in every container near a service that is called "broker".
bool IsOfServiceLinks(std::string_view name) {
  return name == "BROKER_PORT" || name.starts_with("BROKER_PORT_") || name.starts_with("BROKER_SERVICE_");
}

std::vector<std::string> KnownVariables() {
  std::vector<std::string> known{std::string(kConfigVariable)};
  for (const Setting& setting : Settings()) known.push_back(setting.Variable());
  return known;
}

std::vector<std::string> KnownKeys() {
  std::vector<std::string> known;
  for (const Setting& setting : Settings()) known.emplace_back(setting.key);
  return known;
}

struct Value {
  const Setting* setting;
  std::string text;
  std::string source;
};

class Loader {
 public:
  Result<Loaded> Load(const std::vector<std::string>& arguments, const Environment& environment) {
    ReadArguments(arguments);
    if (loaded_.action == Action::kHelp || loaded_.action == Action::kVersion) return std::move(loaded_);
    ReadEnvironment(environment);
    if (file_) ReadFile(*file_);
    // Weakest first: what comes later replaces what came before.
    for (const auto* values : {&of_file_, &of_environment_, &of_flags_}) {
      for (const Value& value : *values) Apply(value);
    }
    if (problems_.empty()) {
      if (auto together = CheckTogether(loaded_.config); !together.ok()) Problem("configuration", together.error().message);
    }
    if (problems_.empty()) return std::move(loaded_);
    Error error(ErrorCode::kInvalidArgument, "INVALID_CONFIGURATION",
                problems_.front().field + ": " + problems_.front().description);
    error.violations = std::move(problems_);
    return error;
  }

 private:
  void Problem(std::string where, std::string what) { problems_.push_back({std::move(where), std::move(what)}); }

  void ReadArguments(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string& argument = arguments[i];
      const auto split = argument.find('=');
      const std::string flag = argument.substr(0, split);
      std::optional<std::string> text;
      if (split != std::string::npos) text = argument.substr(split + 1);

      const auto* action = std::find_if(kActionFlags.begin(), kActionFlags.end(),
                                        [&](const ActionFlag& known) { return known.flag == flag; });
      if (action != kActionFlags.end()) {
        if (text) Problem("flag " + flag, "takes no value");
        loaded_.action = std::max(loaded_.action, action->action);  // --help wins
        continue;
      }
      const Setting* setting = nullptr;
      for (const Setting& known : Settings()) {
        if (known.Flag() == flag) setting = &known;
      }
      if (setting == nullptr && flag != "--config") {
        Problem("argument " + argument,
                argument.starts_with('-') ? NotKnown(flag, KnownFlags())
                                          : "brokerd takes flags only; see brokerd --help");
        continue;
      }
      if (!text && setting != nullptr && setting->kind == TomlKind::kBool) text = "true";
      if (!text && (i + 1 == arguments.size() || arguments[i + 1].starts_with("--"))) {
        Problem("flag " + flag, "its value is missing");
        continue;
      }
      if (!text) text = arguments[++i];
      if (setting == nullptr) {
        file_ = *text;
      } else {
        of_flags_.push_back({setting, *text, "flag " + flag});
      }
    }
  }

  void ReadEnvironment(const Environment& environment) {
    for (const auto& [name, text] : environment) {
      if (!name.starts_with(kPrefix) || IsOfServiceLinks(name)) continue;
      if (std::find(kVariablesOfBrokerctl.begin(), kVariablesOfBrokerctl.end(), name) != kVariablesOfBrokerctl.end()) {
        continue;
      }
      if (name == kConfigVariable) {
        if (!file_) file_ = text;
        continue;
      }
      const Setting* setting = nullptr;
      for (const Setting& known : Settings()) {
        if (known.Variable() == name) setting = &known;
      }
      if (setting == nullptr) {
        Problem("environment " + name, NotKnown(name, KnownVariables()));
      } else {
        of_environment_.push_back({setting, text, "environment " + name});
      }
    }
  }

  void ReadFile(const std::string& path) {
    auto entries = ReadTomlFile(path);
    if (!entries.ok()) return Problem("configuration", entries.error().message);
    for (const TomlEntry& entry : *entries) {
      const std::string where = fmt::format("file {}:{}", path, entry.line);
      const Setting* setting = FindSetting(entry.key);
      if (setting == nullptr) {
        Problem(where, fmt::format("key {} {}", entry.key, NotKnown(entry.key, KnownKeys())));
      } else {
        of_file_.push_back({setting, entry.text, where});
      }
    }
  }

  void Apply(const Value& value) {
    if (auto set = value.setting->set(loaded_.config, value.text); !set.ok()) {
      return Problem(value.source, fmt::format("{}: {}", value.setting->key, set.error().message));
    }
    loaded_.sources.insert_or_assign(std::string(value.setting->key), value.source);
  }

  Loaded loaded_;
  std::optional<std::string> file_;
  std::vector<Value> of_file_, of_environment_, of_flags_;
  std::vector<FieldViolation> problems_;
};

}  // namespace

Result<Loaded> LoadConfig(const std::vector<std::string>& arguments, const Environment& environment) {
  return Loader().Load(arguments, environment);
}

std::string HelpText() {
  std::string out =
      "brokerd: topics, subscriptions and queues that survive a power cut\n\n"
      "usage: brokerd [flags]\n\n"
      "Flags win over the environment, that over the configuration file, that over the defaults.\n"
      "A setting `cache.tail` is flag --cache-tail, variable BROKER_CACHE_TAIL, and `tail` in the file's table [cache].\n\n";
  const auto line = [&](const std::string& left, std::string_view help) { out += fmt::format("  {:<32} {}\n", left, help); };
  line("--config FILE", "a TOML file with settings (BROKER_CONFIG)");
  for (const Setting& setting : Settings()) {
    const std::string standard = setting.get(Config{});
    line(setting.Flag() + (setting.placeholder.empty() ? "" : " " + std::string(setting.placeholder)),
         fmt::format("{} (default {})", setting.help, standard == "{}" ? "none" : standard));
  }
  for (const ActionFlag& flag : kActionFlags) line(std::string(flag.flag), flag.help);
  return out;
}

}  // namespace broker::server
