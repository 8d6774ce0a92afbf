#include "broker/server/exit_code.h"

namespace broker::server {

ExitCode ExitCodeOfDataFolder(const Error& error) {
  return error.code == ErrorCode::kDataLoss ? ExitCode::kDataLoss : ExitCode::kDataFolder;
}

}  // namespace broker::server
