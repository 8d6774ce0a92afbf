// Where work runs. The composition decides which thread stands behind an Executor; a simulation runs all of them on
// one thread and may reorder what was posted to different ones.
#pragma once

#include <functional>

namespace broker {

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `work` later, never inside this call, in the order of posting. Thread-safe. Never blocks.
  // Work posted after the executor stopped is dropped.
  virtual void Post(std::function<void()> work) = 0;
};

}  // namespace broker
