// Of several entries, what was done and what failed: one line per failure, one exit code for all.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "broker/base/error.h"
#include "cli/exit_code.h"
#include "cli/session.h"

namespace broker::cli {

class BatchOutcome {
 public:
  void Done() { ++done_; }
  // Prints the error under the entry's name.
  void Failed(Session& session, const std::string& entry, Error error) {
    error.message = entry + ": " + error.message;
    error.violations.clear();
    Failed(session, error);
  }
  void Failed(Session& session, const Error& error) {
    ++failed_;
    const ExitCode code = session.Fail(error);
    if (!first_) first_ = code;
  }
  std::size_t done() const { return done_; }
  std::size_t count() const { return done_ + failed_; }
  // Of the first failure if nothing was done, kPartial if some was.
  ExitCode Code() const {
    if (!first_) return ExitCode::kOk;
    return done_ > 0 ? ExitCode::kPartial : *first_;
  }

 private:
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  std::optional<ExitCode> first_;
};

}  // namespace broker::cli
