// The one thread that is the engine's strand. It polls the completion queue, runs what came, what was posted, and the
// engine's and its own timers; when there is nothing more at hand it gives the engine's group to be committed, so that
// one sync stands for as much as possible. It goes on gathering for kMaxGather events at most: then it commits, that
// nobody starves.
//
// How it is put together, all before Run:
//   Loop loop(clock);                            // the engine is opened with it as its strand
//   loop.Drive(engine, commit);                  // commit: see below
//   loop.Use(builder.AddCompletionQueue());      // NativeServer::Start does this
//   std::thread thread([&] { loop.Run(); });
//
// Not here: how a group is committed. `Commit` is called on the strand with each group that has a batch, one at a time,
// and must bring about Committed(group) on the strand when the group is durable: at once, or by Post from a thread of
// its own. A commit that fails must end the process.
//
// Thread contract: Post, IsOnStrand and Stop from any thread; Run once, on the strand's thread; the rest on the
// strand, or before Run.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/executor.h"
#include "broker/base/mutex.h"
#include "broker/engine/engine.h"
#include "broker/native/tag.h"

namespace broker::native {

class Loop final : public Executor {
 public:
  using Commit = std::function<void(engine::PendingGroup)>;
  // 0 is none.
  using TimerId = std::uint64_t;

  static constexpr std::size_t kMaxGather = 512;

  explicit Loop(const Clock& clock);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Drive(engine::Engine& engine, Commit commit);
  void Use(std::unique_ptr<grpc::ServerCompletionQueue> queue);
  // REQUIRES: Use was called.
  grpc::ServerCompletionQueue& queue() { return *queue_; }

  // Returns after Stop. REQUIRES: Drive and Use were called.
  void Run();
  // Ends Run when the engine has no more work, nothing is posted and no group is under way; what is posted later is
  // dropped. REQUIRES: the server that feeds the queue was shut down, and none of its calls is alive.
  void Stop();

  // The mailbox is not bounded by itself: what posts is bounded (calls in flight, reads in flight, commits in flight).
  void Post(std::function<void()> work) override;
  bool IsOnStrand() const;

  // The group that `Commit` was called with is durable.
  void Committed(engine::PendingGroup group);

  // Runs `work` on the strand at `when` or soon after.
  TimerId At(MonotonicTime when, std::function<void()> work);
  // Unknown or already run: no effect.
  void Cancel(TimerId timer);

 private:
  class WakeTag final : public Tag {
   public:
    explicit WakeTag(Loop& loop) : loop_(loop) {}
    void Complete(bool ok) override;

   private:
    Loop& loop_;
  };

  // Runs what the queue has, waiting for the first if nothing else is at hand. False: the queue is shut down.
  bool Gather();
  void RunMailbox();
  void RunTimers();
  bool CanCommit() const;
  bool HasMail();
  gpr_timespec NextWake() const;
  // Whether Stop was called and nothing is left to do; from then on nothing is accepted.
  bool TryFinish();

  const Clock& clock_;
  engine::Engine* engine_ = nullptr;
  Commit commit_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  bool committing_ = false;
  std::atomic<std::thread::id> strand_{};

  std::map<std::pair<MonotonicTime, TimerId>, std::function<void()>> timers_;
  std::map<TimerId, MonotonicTime> timer_times_;
  TimerId last_timer_ = 0;

  grpc::Alarm alarm_;  // set by whoever set wake_pending_, until WakeTag has come back
  WakeTag wake_tag_{*this};
  Mutex mutex_;
  std::vector<std::function<void()>> mailbox_ BROKER_GUARDED_BY(mutex_);
  bool running_ BROKER_GUARDED_BY(mutex_) = false;
  bool wake_pending_ BROKER_GUARDED_BY(mutex_) = false;
  bool stop_wanted_ BROKER_GUARDED_BY(mutex_) = false;
  bool closed_ BROKER_GUARDED_BY(mutex_) = false;
};

}  // namespace broker::native
