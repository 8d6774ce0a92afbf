// Commits groups on a thread of its own, so that the engine gathers the next group while one is on its way to the disk
// (CommitMode::kThread). The engine keeps at most one group under way: there is no queue.
// Thread contract: Submit from the strand; `committed` and `failed` are called on the thread.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "broker/base/mutex.h"
#include "broker/engine/engine.h"
#include "storage/committer.h"

namespace broker::server {

class CommitThread {
 public:
  using Committed = std::function<void(engine::PendingGroup)>;
  using Failed = std::function<void(const Error&)>;

  // `committer` must outlive this, and nobody else may commit with it.
  CommitThread(storage::Committer& committer, Committed committed, Failed failed);
  ~CommitThread();  // commits what was submitted first
  CommitThread(const CommitThread&) = delete;
  CommitThread& operator=(const CommitThread&) = delete;

  // REQUIRES: the group before was given to `committed`
  void Submit(engine::PendingGroup group);

 private:
  void Run();

  storage::Committer& committer_;
  const Committed committed_;
  const Failed failed_;
  Mutex mutex_;
  CondVar changed_;
  std::optional<engine::PendingGroup> waiting_ BROKER_GUARDED_BY(mutex_);
  bool stopped_ BROKER_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace broker::server
