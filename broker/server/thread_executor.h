// An Executor of a few threads of its own: where the engine's reads may block.
//
// The queue takes everything: a read that were dropped would leave its reader waiting for ever. What bounds it is who
// posts: the engine has at most one read-ahead and one scan under way for each cursor, one move of survivors for each log
// that reclaims space, and one read for each peek, description or running task.
// Work runs in the order of posting only with one thread. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "broker/base/executor.h"
#include "broker/base/mutex.h"

namespace broker::server {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int threads);
  ~ThreadExecutor() override;  // as Stop
  ThreadExecutor(const ThreadExecutor&) = delete;
  ThreadExecutor& operator=(const ThreadExecutor&) = delete;

  void Post(std::function<void()> work) override;
  // Ends what runs, drops what waits, joins. Afterwards posts are dropped.
  void Stop();

 private:
  void Run();

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ BROKER_GUARDED_BY(mutex_);
  bool stopped_ BROKER_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // of the owner
};

}  // namespace broker::server
