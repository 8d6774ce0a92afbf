#include "cli/exit_code.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace broker::cli {
namespace {

struct Row {
  ExitCode code;
  std::string_view meaning;
};

constexpr std::array<Row, 8> kRows{{
    {ExitCode::kOk, "done"},
    {ExitCode::kError, "the broker refused or failed"},
    {ExitCode::kUsage, "the command line is wrong, or a value in it can never be accepted"},
    {ExitCode::kNotFound, "the named thing does not exist"},
    {ExitCode::kAlreadyExists, "the name is taken, or the idempotency key is claimed or done"},
    {ExitCode::kUnavailable, "cannot connect, no answer in time, or the broker is starting or stopping"},
    {ExitCode::kNotConfirmed, "a destructive command was not confirmed (answer y, or give --yes)"},
    {ExitCode::kPartial, "a part was done: some of several messages, receipts or dead letters, or a task that was waited for goes on"},
}};

}  // namespace

ExitCode ExitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInvalidReceipt: return ExitCode::kUsage;
    case ErrorCode::kNotFound: return ExitCode::kNotFound;
    case ErrorCode::kAlreadyExists: return ExitCode::kAlreadyExists;
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded: return ExitCode::kUnavailable;
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kStorageFull:
    case ErrorCode::kLeaseLost:
    case ErrorCode::kCancelled:
    case ErrorCode::kDataLoss:
    case ErrorCode::kUnsupported:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kInternal: return ExitCode::kError;
  }
  return ExitCode::kError;
}

std::string ExitCodeTable() {
  std::string out = "Exit codes:\n";
  for (const auto& [code, meaning] : kRows) out += fmt::format("  {}  {}\n", static_cast<int>(code), meaning);
  return out;
}

}  // namespace broker::cli
