#include "tests/support/simulation.h"

#include <fmt/core.h>

#include <limits>

#include "broker/base/check.h"
#include "broker/base/log.h"

namespace broker::test {
namespace {

// More turns at one moment than any test needs: the engine is going round in circles.
constexpr int kManyTurns = 1'000'000;

}  // namespace

Simulation::Simulation(engine::EngineOptions options, std::uint64_t seed)
    : options_(std::move(options)), chance_(seed) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  Reopen();
}

Simulation::~Simulation() { DropProcess(); }

engine::Engine& Simulation::engine() {
  BROKER_CHECK(running());
  return *engine_;
}

bool Simulation::RunPosted() {
  if (!strand_.empty() && (reads_.empty() || chance_.OneIn(2))) {
    strand_.RunFirst();
    return true;
  }
  if (reads_.empty()) return false;
  reads_.RunAny(chance_);
  return true;
}

bool Simulation::RunDue() {
  const auto deadline = engine_->NextDeadline();
  if (!deadline || *deadline > clock_.Monotonic()) return false;
  engine_->RunDue();
  return true;
}

void Simulation::Commit(engine::PendingGroup& group) {
  if (!group.commit.batch) return;  // only answers
  const Status status = committer_->Commit(std::move(group.commit));
  if (!status.ok()) fmt::print(stderr, "commit failed: {}\n", status.error().message);
  BROKER_CHECK(status.ok());
}

void Simulation::Drain() { DrainGroups(std::numeric_limits<std::uint64_t>::max()); }

void Simulation::DrainGroups(std::uint64_t most) {
  for (int turn = 0; most > 0; ++turn) {
    BROKER_CHECK(turn < kManyTurns);
    bool worked = RunPosted();
    worked |= RunDue();
    if (worked && chance_.OneIn(2)) continue;  // a group may hold the effects of several turns
    if (auto group = engine().TakeGroup()) {
      while (chance_.OneIn(2) && RunPosted()) {  // reads, and commands, while a group is on its way to disk
      }
      Commit(*group);
      engine_->Committed(std::move(*group));
      worked = true;
      --most;
    }
    // Building a group may have asked for reads.
    if (!worked && strand_.empty() && reads_.empty()) return;
  }
}

void Simulation::StopAtCommit(bool written) {
  while (RunPosted() || RunDue()) {
  }
  if (!written) return;
  if (auto group = engine().TakeGroup()) Commit(*group);
}

Nanos Simulation::AdvanceOnce(Nanos limit) {
  Nanos step = limit;
  if (const auto deadline = engine().NextDeadline()) {
    const Nanos until = *deadline - clock_.Monotonic();
    // Drained before: a deadline that is still due would never let time pass.
    BROKER_CHECK(until > Nanos{0});
    step = std::min(step, until);
  }
  clock_.Advance(step);
  Drain();
  return step;
}

void Simulation::Advance(Nanos by) {
  Drain();
  while (by > Nanos{0}) by -= AdvanceOnce(by);
}

void Simulation::DropProcess() {
  strand_.Drop();
  reads_.Drop();
  engine_.reset();
  committer_.reset();
  strand_.Drop();
  reads_.Drop();
}

void Simulation::Stop() {
  Drain();
  DropProcess();
}

void Simulation::Kill() {
  DropProcess();
  store_.CrashKeepingAll();
}

void Simulation::PowerCut(std::uint64_t chance) {
  SeededEntropy fate(chance);
  PowerCutKeeping(fate.Below(store_.unsynced_batches() + 1));
  // The marker is not synced either.
  if (fate.OneIn(3)) marker_ = MemoryMarker();
}

void Simulation::PowerCutKeeping(std::uint64_t batches) {
  DropProcess();
  store_.CrashLosingUnsynced(static_cast<std::size_t>(batches));
}

Status Simulation::Open(Nanos downtime) {
  BROKER_CHECK(!running());
  clock_.JumpWall(downtime);
  clock_.RestartMonotonic();
  auto committer = storage::Committer::Open(counting_, marker_);
  if (!committer.ok()) return std::move(committer).error();
  committer_ = std::move(committer).value();
  auto engine = engine::Engine::Open({clock_, chance_, counting_, strand_, reads_}, options_, committer_->state());
  if (!engine.ok()) return std::move(engine).error();
  engine_ = std::move(engine).value();
  return {};
}

Status Simulation::TryReopen(Nanos downtime) {
  BROKER_RETURN_IF_ERROR(Open(downtime));
  Drain();
  return {};
}

void Simulation::ReopenFor(std::uint64_t groups) {
  BROKER_CHECK(Open(Nanos{0}).ok());
  DrainGroups(groups);
}

void Simulation::Reopen(Nanos downtime) {
  const Status status = TryReopen(downtime);
  if (!status.ok()) fmt::print(stderr, "reopen failed: {}\n", status.error().message);
  BROKER_CHECK(status.ok());
}

void Simulation::KillAndReopen(Nanos downtime) {
  Kill();
  Reopen(downtime);
}

}  // namespace broker::test
