// One engine over a store in memory, run on one thread from one seed: the clock stands still, work that would be on
// other threads runs when it is its turn, and the process can die at any moment.
//
// Not here: what commands mean (engine_harness.h gives them verbs).
// Confined to one thread.
#pragma once

#include <memory>
#include <optional>

#include "broker/engine/engine.h"
#include "storage/memory_kv.h"
#include "tests/support/counting_kv.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_marker.h"
#include "tests/support/sim_executor.h"

namespace broker::test {

class Simulation {
 public:
  explicit Simulation(engine::EngineOptions options = {}, std::uint64_t seed = 1);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // REQUIRES: running()
  engine::Engine& engine();
  bool running() const { return engine_ != nullptr; }
  ManualClock& clock() { return clock_; }
  storage::MemoryKv& store() { return store_; }
  CountingKv& kv() { return counting_; }
  Time now() const { return clock_.Wall(); }
  // Nothing that was committed is at a power cut's mercy.
  bool all_synced() const { return store_.unsynced_batches() == 0; }

  // ---- running
  // Does all there is to do at this time: work that was posted, what is due, groups to commit. Returns when quiet.
  void Drain();
  // As Drain, but the first group is left uncommitted (false) or committed and not told (true): what a crash at a
  // commit's edge finds. Only good before Kill or PowerCut.
  void StopAtCommit(bool written);
  // Lets time pass, stopping at each deadline of the engine to do what is due.
  void Advance(Nanos by);
  // Moves to the engine's next deadline, but at most by `limit`; does what is due. Returns how far it went.
  Nanos AdvanceOnce(Nanos limit);

  // ---- life and death. After each of the first four the engine is gone until Reopen.
  void Stop();                         // in good order: quiet, then closed
  void Kill();                         // the process ends; what was written is there
  void PowerCut(std::uint64_t chance);  // a prefix of what was not synced is there
  void PowerCutKeeping(std::uint64_t batches);  // so many batches of what was not synced
  void Reopen(Nanos downtime = Nanos{0});
  Status TryReopen(Nanos downtime = Nanos{0});
  // Reopens, and stops after so many groups, in the midst of what there is to do. Only good before StopAtCommit or a death.
  void ReopenFor(std::uint64_t groups);
  // Kill, then Reopen.
  void KillAndReopen(Nanos downtime = Nanos{0});

 private:
  Status Open(Nanos downtime);
  void DrainGroups(std::uint64_t most);
  bool RunPosted();
  bool RunDue();
  void Commit(engine::PendingGroup& group);
  void DropProcess();

  engine::EngineOptions options_;
  ManualClock clock_;
  SeededEntropy chance_;
  storage::MemoryKv store_;
  CountingKv counting_{store_};
  MemoryMarker marker_;
  SimExecutor strand_;
  SimExecutor reads_;
  std::unique_ptr<storage::Committer> committer_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace broker::test
