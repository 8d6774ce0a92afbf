#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace broker::cli {
namespace {

constexpr std::uint64_t kBarCharacters = 24;

}  // namespace

std::string Bar(std::uint64_t done, std::uint64_t total) {
  const double share = total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(share * kBarCharacters);
  return fmt::format("[{}{}] {:3} %", std::string(filled, '#'), std::string(kBarCharacters - filled, '.'),
                     static_cast<int>(share * 100));
}

Progress::Progress(Session& session, std::string what)
    : session_(session), what_(std::move(what)), said_(session.terminal().clock().Monotonic()) {}

Progress::~Progress() {
  if (drawn_) session_.terminal().Err() << "\r\x1b[K" << std::flush;
}

void Progress::Show(std::uint64_t done, std::uint64_t total) {
  if (session_.flags().quiet) return;
  Terminal& terminal = session_.terminal();
  const MonotonicTime now = terminal.clock().Monotonic();
  if (!first_) first_.emplace(now, done);
  const double seconds = std::chrono::duration<double>(now - first_->first).count();
  const auto since = static_cast<double>(done - std::min(done, first_->second));
  const std::string words =
      fmt::format("{} of {} {}, {:.0f}/s", done, total, what_, seconds > 0 ? since / seconds : 0.0);
  if (terminal.ErrIsTerminal()) {
    terminal.Err() << "\r\x1b[K" << Bar(done, total) << "  " << words << std::flush;
    drawn_ = true;
  } else if (now - said_ >= kLineEvery) {
    said_ = now;
    session_.Say(words);
  }
}

}  // namespace broker::cli
