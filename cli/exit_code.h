// The exit codes of brokerctl: scripts depend on them, so a number never changes its meaning. This is the one table;
// --help prints it and cli/README.md repeats it (a test compares).
#pragma once

#include <string>

#include "broker/base/error.h"

namespace broker::cli {

enum class ExitCode : int {
  kOk = 0,
  kError = 1,  // the broker refused or failed for a reason without a code of its own
  kUsage = 2,  // the command line is wrong, or a value in it is one that the broker can never accept
  kNotFound = 3,
  kAlreadyExists = 4,
  kUnavailable = 5,   // no connection, no answer within --timeout, or the broker is starting or stopping
  kNotConfirmed = 6,  // a destructive command was not confirmed
  kPartial = 7,       // a part was done: some of several messages, receipts or dead letters, or a task that was waited for goes on
};

ExitCode ExitCodeOf(ErrorCode code);

// The table as --help shows it, one line per code.
std::string ExitCodeTable();

}  // namespace broker::cli
