#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "broker/base/standard_streams.h"
#include "cli/app.h"
#include "cli/terminal.h"

int main(int argc, char** argv) {
  broker::FillClosedStandardStreams();
  std::ios::sync_with_stdio(false);  // also lets publish --lines see what is already there to read
  try {
    broker::cli::ProcessTerminal terminal;
    return static_cast<int>(broker::cli::RunBrokerctl(std::vector<std::string>(argv + 1, argv + argc), terminal));
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return static_cast<int>(broker::cli::ExitCode::kError);
  }
}
