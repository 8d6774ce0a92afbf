// The templates of ModelRun, for its source files.
#pragma once

#include <fmt/format.h>

#include "broker/base/duration.h"
#include "tests/engine/model_run.h"

namespace broker::test {

template <class... Args>
void ModelRun::Trace(const char* format, const Args&... args) {
  if (!trace_) return;
  fmt::print("{} {}\n", FormatTime(sim_.now()), fmt::format(fmt::runtime(format), args...));
}

// Runs a command to its answer.
template <class T, class Start>
Result<T> ModelRun::Ask(Start&& start) {
  const Pending<T> pending;
  start(pending.done());
  sim_.Drain();
  if (!pending.answered()) Violate(invariant::kAnswers, "a command was not answered although all is quiet");
  return std::move(pending.result());
}

}  // namespace broker::test
