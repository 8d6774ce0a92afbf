#include "broker/server/thread_executor.h"

#include <utility>

namespace broker::server {

ThreadExecutor::ThreadExecutor(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

ThreadExecutor::~ThreadExecutor() { Stop(); }

void ThreadExecutor::Post(std::function<void()> work) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    queue_.push_back(std::move(work));
  }
  changed_.NotifyOne();
}

void ThreadExecutor::Stop() {
  std::deque<std::function<void()>> dropped;  // destroyed without the lock: what it holds may post
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ThreadExecutor::Run() {
  while (true) {
    std::function<void()> work;
    {
      const MutexLock lock(mutex_);
      while (queue_.empty() && !stopped_) changed_.Wait(mutex_);
      if (stopped_) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace broker::server
