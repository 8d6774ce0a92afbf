#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "broker/base/standard_streams.h"
#include "broker/server/daemon.h"
#include "broker/server/load_config.h"

namespace broker::server {
namespace {

Environment ReadEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const auto split = text.find('=');
    if (split != std::string::npos) environment.emplace_back(text.substr(0, split), text.substr(split + 1));
  }
  return environment;
}

ExitCode Main(const std::vector<std::string>& arguments) {
  StopSignals signals;  // before any other thread
  auto loaded = LoadConfig(arguments, ReadEnvironment());
  if (!loaded.ok()) {
    for (const auto& [where, what] : loaded.error().violations) fmt::print(stderr, "brokerd: {}: {}\n", where, what);
    return ExitCode::kConfiguration;
  }
  switch (loaded->action) {
    case Action::kHelp: fmt::print("{}", HelpText()); return ExitCode::kOk;
    case Action::kVersion: fmt::print("brokerd {}\n", BROKER_VERSION); return ExitCode::kOk;
    case Action::kPrintConfig: fmt::print("{}", PrintConfig(*loaded)); return ExitCode::kOk;
    case Action::kCheckConfig: fmt::print("configuration is good\n"); return ExitCode::kOk;
    case Action::kRun: break;
  }
  ConfigureLog(loaded->config.log_level, loaded->config.log_format);
  return RunDaemon(loaded->config, signals);
}

}  // namespace
}  // namespace broker::server

int main(int argc, char** argv) {
  broker::FillClosedStandardStreams();
  try {
    return static_cast<int>(broker::server::Main({argv + 1, argv + argc}));
  } catch (const std::exception& error) {
    fmt::print(stderr, "brokerd: a defect: {}\n", error.what());
    return static_cast<int>(broker::server::ExitCode::kDefect);
  }
}
