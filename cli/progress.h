// How far long work has come, for people: a bar on standard error where that is a terminal, a plain line now and then
// otherwise, nothing with --quiet. Confined to the thread that runs the command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/session.h"

namespace broker::cli {

class Progress {
 public:
  // Plain lines come at most this often.
  static constexpr Nanos kLineEvery = std::chrono::seconds(10);

  // `what` is counted: "messages". Begins now.
  Progress(Session& session, std::string what);
  // Takes a bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // The rate shown is of what was done since the first Show.
  void Show(std::uint64_t done, std::uint64_t total);

 private:
  Session& session_;
  const std::string what_;
  MonotonicTime said_;
  std::optional<std::pair<MonotonicTime, std::uint64_t>> first_;  // when shown, and what was done by then
  bool drawn_ = false;
};

// "[#####...............]  25 %", for what is known to end; `total` 0 counts as an empty bar.
std::string Bar(std::uint64_t done, std::uint64_t total);

}  // namespace broker::cli
