#include "broker/server/exit_code.h"

namespace broker::server {

ExitCode ExitCodeOfDataFolder(const Error& error) {
  return error.code == ErrorCode::kDataLoss ? ExitCode::kDataLoss : ExitCode::kDataFolder;
}

ExitCode ExitCodeOfCommit(const Error& error) {
  return error.code == ErrorCode::kDataLoss ? ExitCode::kDataLoss : ExitCode::kCommitFailed;
}

std::string_view AdviceAfterCommit(const Error& error) {
  if (error.code == ErrorCode::kDataLoss) {
    return "files of the store are damaged: look at the disk, and see \"Salvage\" in storage/README.md before the next "
           "start";
  }
  if (error.code == ErrorCode::kStorageFull) {
    return "free some space, then start again: nothing that was answered OK is lost";
  }
  return "mend the disk, then start again: nothing that was answered OK is lost";
}

}  // namespace broker::server
