// How brokerd ends, for scripts and supervisors. The table in README.md and --help is this one.
#pragma once

#include <string_view>

#include "broker/base/error.h"

namespace broker::server {

enum class ExitCode {
  kOk = 0,            // stopped in order, or said what it was asked to say
  kDefect = 1,        // something that must not happen; a failed check aborts with SIGABRT instead
  kConfiguration = 2, // a flag, variable or file is wrong, or too few files may be opened: nothing was started
  kAddress = 3,       // an address cannot be listened on
  kDataFolder = 4,    // the data folder is in use, not ours, of another format, not accessible, or too full to open
  kDataLoss = 5,      // the data folder is damaged, or lacks what it had, found at start or later: see storage/README.md
  kCommitFailed = 6,  // a commit failed on the disk: whatever was not answered may be lost; start again after repair
  kAborted = 7,       // a second signal cut the stop short; nothing that was answered is lost
};

// Of an error that keeps the data folder from being opened.
ExitCode ExitCodeOfDataFolder(const Error& error);

// Of an error that a commit ended with, and what a person should do then.
ExitCode ExitCodeOfCommit(const Error& error);
std::string_view AdviceAfterCommit(const Error& error);

}  // namespace broker::server
