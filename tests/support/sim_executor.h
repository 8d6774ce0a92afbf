// An executor whose work runs when the simulation says so. Confined to one thread.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "broker/base/executor.h"
#include "tests/support/seeded_entropy.h"

namespace broker::test {

class SimExecutor final : public Executor {
 public:
  void Post(std::function<void()> work) override { queue_.push_back(std::move(work)); }

  bool empty() const { return queue_.empty(); }
  // The oldest piece of work. REQUIRES: !empty()
  void RunFirst() { RunAt(0); }
  // Any piece, as a pool of threads might. REQUIRES: !empty()
  void RunAny(SeededEntropy& chance) { RunAt(static_cast<std::size_t>(chance.Below(queue_.size()))); }
  // The process ends: what was not run never is.
  void Drop() { queue_.clear(); }

 private:
  void RunAt(std::size_t index) {
    const auto at = queue_.begin() + static_cast<std::ptrdiff_t>(index);
    const std::function<void()> work = std::move(*at);
    queue_.erase(at);
    work();
  }

  std::deque<std::function<void()>> queue_;
};

}  // namespace broker::test
