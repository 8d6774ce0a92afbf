#include "broker/server/commit_thread.h"

#include <utility>

#include "broker/base/check.h"

namespace broker::server {

CommitThread::CommitThread(storage::Committer& committer, Committed committed, Failed failed)
    : committer_(committer),
      committed_(std::move(committed)),
      failed_(std::move(failed)),
      thread_([this] { Run(); }) {}

CommitThread::~CommitThread() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  changed_.NotifyOne();
  thread_.join();
}

void CommitThread::Submit(engine::PendingGroup group) {
  {
    const MutexLock lock(mutex_);
    BROKER_CHECK(!waiting_);
    waiting_ = std::move(group);
  }
  changed_.NotifyOne();
}

void CommitThread::Run() {
  while (true) {
    std::optional<engine::PendingGroup> group;
    {
      const MutexLock lock(mutex_);
      while (!waiting_ && !stopped_) changed_.Wait(mutex_);
      if (!waiting_) return;
      group.swap(waiting_);
    }
    if (auto done = committer_.Commit(std::move(group->commit)); !done.ok()) return failed_(done.error());
    committed_(*std::move(group));
  }
}

}  // namespace broker::server
