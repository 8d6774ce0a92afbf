#include "broker/engine/core.h"
#include "broker/engine/store.h"

#include <utility>

#include "broker/base/log.h"

namespace broker::engine {

Engine::Core::Core(EngineDeps deps, EngineOptions options, Time persisted_time, Nanos held_back)
    : deps_(deps),
      options_(options),
      clock_(deps.clock, persisted_time, held_back, options.clock_max_forward),
      now_(clock_.now()),
      journal_(deps.kv),
      logs_(deps.kv, deps.reads, journal_, {options.chunk_sequences, options.chunk_bytes}),
      schedule_(deps.kv, journal_, timers_, logs_),
      tail_cache_(options.tail_cache_bytes, logs_),
      windows_(options.read_ahead_bytes),
      deduplicator_(deps.kv, journal_),
      alive_(std::make_shared<Core*>(this)),
      tasks_(journal_, timers_, clock_, options.max_running_tasks),
      idempotency_(deps.kv, deps.entropy, journal_, timers_, clock_, room_) {}

Engine::Core::~Core() = default;

void Engine::Core::AssertStrand() {
  // The strand is whichever thread drives first; opening may have happened on another.
  if (!strand_thread_) strand_thread_ = std::this_thread::get_id();
  BROKER_CHECK(*strand_thread_ == std::this_thread::get_id());
}

Time Engine::Core::Begin() {
  now_ = clock_.Tick();
  RunDue();
  return now_;
}

void Engine::Core::RunDue() {
  if (running_due_) return;
  running_due_ = true;
  while (const auto key = timers_.PopDue(now_)) OnTimer(*key);
  running_due_ = false;
}

void Engine::Core::OnTimer(Timers::Key key) {
  switch (key.kind) {
    case TimerKind::kCursor:
      if (Cursor* cursor = FindCursor(key.id)) {
        EndLeases(*cursor);
        MoveDue(*cursor);
        MarkDirty(*cursor);
        Wake(*cursor);
      }
      return;
    case TimerKind::kDelay:
      if (MessageLog* log = logs_.Find(key.id)) RunDelay(*log);
      return;
    case TimerKind::kRetention:
      if (MessageLog* log = logs_.Find(key.id)) RunRetention(*log);
      return;
    case TimerKind::kChunk:
      if (MessageLog* log = logs_.Find(key.id)) RunChunkAge(*log);
      return;
    case TimerKind::kWaiter:
      if (const auto waiter = waiters_.find(key.id); waiter != waiters_.end()) {
        EndWaiter(*FindCursor(waiter->second.cursor), key.id, ReceiveResponse{});
      }
      return;
    case TimerKind::kDedup: {
      // Held back, expiry time lags: what is due there is due here by as much later.
      const Time next = deduplicator_.DropOld(clock_.expiry_now());
      timers_.Set(key, next + clock_.held_back());
      return;
    }
    case TimerKind::kTask:
      if (Task* task = tasks_.Find(key.id)) OnTaskTimer(*task);
      return;
    case TimerKind::kSnapshot:
      if (Cursor* cursor = FindCursor(key.id)) RunSnapshotExpiry(*cursor);
      return;
    case TimerKind::kUnused:
      if (Cursor* cursor = FindCursor(key.id)) RunUnused(*cursor);
      return;
    case TimerKind::kCatchUp:
      if (Cursor* cursor = FindCursor(key.id)) Wake(*cursor);
      return;
    case TimerKind::kIdempotency: SweepIdempotency(); return;
  }
}

std::optional<MonotonicTime> Engine::Core::NextDeadline() const {
  const auto next = timers_.Next();
  return next ? std::optional(clock_.MonotonicAt(*next)) : std::nullopt;
}

bool Engine::Core::HasWork() const {
  return !journal_.under_way() && (!serve_.empty() || !journal_.empty() || !dirty_cursors_.empty() || logs_.has_work() ||
                                     !dying_.empty() || engine_dirty_ || scans_.may_go());
}

std::optional<PendingGroup> Engine::Core::TakeGroup() {
  BROKER_CHECK(!journal_.under_way());
  now_ = clock_.Tick();
  RunDue();
  for (const std::uint64_t id : std::exchange(serve_, {})) {
    if (Cursor* cursor = FindCursor(id)) Serve(*cursor);
  }
  RunScans();
  input_.Forget();
  ReadDying();
  for (const std::uint64_t id : logs_.TakeToLookAt()) {
    if (MessageLog* log = logs_.Find(id)) CheckReclaim(*log);
  }
  windows_.Trim();
  FlushDirty();
  if (journal_.empty()) return std::nullopt;
  PendingGroup group;
  group.commit.batch = journal_.TakeBatch();
  group.commit.sync = journal_.TakeSync();
  group.commit.engine_time = now_;
  group.answers = journal_.TakeAnswers();
  journal_.BeginCommit();
  came_due_ = 0;
  return group;
}

void Engine::Core::SweepIdempotency() {
  if (!idempotency_.BeginSweep()) return;
  using Expired = Idempotency::Expired;
  Offload<Expired>([&kv = deps_.kv, now = clock_.expiry_now()] { return Idempotency::FindExpired(kv, now); },
                   [this](const Expired& found) { idempotency_.EndSweep(found); });
}

void Engine::Core::FlushDirty() {
  for (const std::uint64_t id : std::exchange(dirty_cursors_, {})) {
    Cursor* cursor = FindCursor(id);
    if (cursor == nullptr) continue;
    for (const std::uint64_t page : cursor->outstanding.TakeDirtyPages()) StorePage(journal_, *cursor, page);
    if (std::exchange(cursor->position_dirty, false)) StoreCursorPosition(journal_, *cursor);
    if (cursor->filter && journal_.syncs()) cursor->safe_position = cursor->position;
    UpdateCursorTimer(*cursor);
  }
  logs_.Flush();
  if (std::exchange(engine_dirty_, false)) StoreEngine(journal_, next_id_, boot_, clock_.held_back());
}

void Engine::Core::Committed(PendingGroup group) {
  journal_.EndCommit();
  deduplicator_.OnCommitted(journal_.committed());
  idempotency_.OnCommitted(journal_.committed());
  schedule_.ForgetCommitted();
  scans_.Resume();
  tail_cache_.Evict(journal_.committed());
  for (auto& answer : group.answers) answer();
}

Cursor* Engine::Core::FindCursor(std::uint64_t id) const {
  const auto it = cursors_.find(id);
  return it == cursors_.end() ? nullptr : it->second.get();
}

ClockInfo Engine::Core::ShowClock() { return {now_, clock_.wall(), clock_.held_back()}; }

ClockInfo Engine::Core::AcceptClock() {
  if (clock_.held_back() > Nanos{0}) {
    Log(LogLevel::kInfo, "clock_accepted", {{"held_back_s", clock_.held_back() / std::chrono::seconds(1)}});
    clock_.Accept();
    engine_dirty_ = true;
    journal_.RequireSync();
    for (const auto& [id, log] : logs_.all()) timers_.Set({TimerKind::kRetention, id}, now_);
    timers_.Set({TimerKind::kDedup, 0}, now_);
    catalog_.snapshots.ForEach([this](const Snapshot& snapshot) { SetSnapshotTimer(snapshot); });
    for (const auto& [id, cursor] : cursors_) {
      if (cursor->expire_unused > Nanos{0}) timers_.Set({TimerKind::kUnused, id}, now_);
    }
    timers_.Set({TimerKind::kIdempotency, 0}, now_);
  }
  return ShowClock();
}

}  // namespace broker::engine
