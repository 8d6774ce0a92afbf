#include "broker/native/loop.h"

#include <grpc/support/time.h>

#include <algorithm>

#include "broker/base/check.h"

namespace broker::native {

Loop::Loop(const Clock& clock) : clock_(clock) {}

Loop::~Loop() = default;

void Loop::Drive(engine::Engine& engine, Commit commit) {
  engine_ = &engine;
  commit_ = std::move(commit);
}

void Loop::Use(std::unique_ptr<grpc::ServerCompletionQueue> queue) { queue_ = std::move(queue); }

void Loop::Run() {
  BROKER_CHECK(engine_ != nullptr && queue_ != nullptr);
  strand_ = std::this_thread::get_id();
  {
    MutexLock lock(mutex_);
    running_ = true;
  }
  while (!TryFinish()) {
    BROKER_CHECK(Gather());  // only this function shuts the queue down
    RunMailbox();
    RunTimers();
    if (!CanCommit()) continue;
    if (auto group = engine_->TakeGroup()) {
      committing_ = true;
      if (!group->commit.batch) {  // only answers: there is nothing to make durable
        Committed(*std::move(group));
        continue;
      }
      commit_(*std::move(group));
    }
  }
  queue_->Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<Tag*>(tag)->Complete(ok);
}

void Loop::Stop() {
  {
    MutexLock lock(mutex_);
    stop_wanted_ = true;
  }
  Post([] {});  // wakes it
}

void Loop::Post(std::function<void()> work) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (closed_) return;
    mailbox_.push_back(std::move(work));
    wake = running_ && !wake_pending_ && !IsOnStrand();
    if (wake) wake_pending_ = true;
  }
  // One at a time: the next one who finds wake_pending_ false comes after this alarm's tag. And the queue is not shut
  // down before that tag has come back.
  if (wake) alarm_.Set(queue_.get(), gpr_inf_past(GPR_CLOCK_MONOTONIC), &wake_tag_);
}

bool Loop::IsOnStrand() const { return strand_.load() == std::this_thread::get_id(); }

void Loop::WakeTag::Complete(bool) {
  MutexLock lock(loop_.mutex_);
  loop_.wake_pending_ = false;
}

void Loop::Committed(engine::PendingGroup group) {
  BROKER_CHECK(committing_);
  committing_ = false;
  engine_->Committed(std::move(group));
}

Loop::TimerId Loop::At(MonotonicTime when, std::function<void()> work) {
  const TimerId timer = ++last_timer_;
  timers_.emplace(std::pair(when, timer), std::move(work));
  timer_times_.emplace(timer, when);
  return timer;
}

void Loop::Cancel(TimerId timer) {
  const auto found = timer_times_.find(timer);
  if (found == timer_times_.end()) return;
  timers_.erase(std::pair(found->second, timer));
  timer_times_.erase(found);
}

bool Loop::CanCommit() const { return !committing_ && engine_->HasWork(); }

bool Loop::HasMail() {
  MutexLock lock(mutex_);
  return !mailbox_.empty();
}

gpr_timespec Loop::NextWake() const {
  std::optional<MonotonicTime> next = engine_->NextDeadline();
  if (!timers_.empty()) {
    const MonotonicTime timer = timers_.begin()->first.first;
    next = next ? std::min(*next, timer) : timer;
  }
  if (!next) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const Nanos left = std::max(*next - clock_.Monotonic(), Nanos{0});
  return gpr_time_from_nanos(left.count(), GPR_TIMESPAN);  // from now; rounded up to a millisecond
}

bool Loop::Gather() {
  gpr_timespec deadline = HasMail() || CanCommit() ? gpr_time_0(GPR_CLOCK_MONOTONIC) : NextWake();
  for (std::size_t events = 0; events < kMaxGather; ++events) {
    void* tag = nullptr;
    bool ok = false;
    switch (queue_->AsyncNext(&tag, &ok, deadline)) {
      case grpc::CompletionQueue::SHUTDOWN: return false;
      case grpc::CompletionQueue::TIMEOUT: return true;
      case grpc::CompletionQueue::GOT_EVENT: static_cast<Tag*>(tag)->Complete(ok); break;
    }
    deadline = gpr_time_0(GPR_CLOCK_MONOTONIC);
  }
  return true;
}

void Loop::RunMailbox() {
  std::vector<std::function<void()>> mail;
  {
    MutexLock lock(mutex_);
    mail.swap(mailbox_);
  }
  for (auto& work : mail) work();
}

void Loop::RunTimers() {
  const MonotonicTime now = clock_.Monotonic();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    auto node = timers_.extract(timers_.begin());
    timer_times_.erase(node.key().second);
    node.mapped()();
  }
  if (const auto due = engine_->NextDeadline(); due && *due <= now) engine_->RunDue();
}

bool Loop::TryFinish() {
  if (committing_ || engine_->HasWork()) return false;
  MutexLock lock(mutex_);
  if (!stop_wanted_ || !mailbox_.empty() || wake_pending_) return false;
  closed_ = true;
  return true;
}

}  // namespace broker::native
