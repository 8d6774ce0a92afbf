// brokerctl as a function: parses, runs one command, answers the exit code. Confined to the calling thread.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace broker::cli {

// `arguments` without the program's name.
ExitCode RunBrokerctl(const std::vector<std::string>& arguments, Terminal& terminal);

}  // namespace broker::cli
