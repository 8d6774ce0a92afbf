#include "broker/base/mutex.h"

namespace broker {

void CondVar::Wait(Mutex& mutex) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  condition_.wait(lock);
  lock.release();  // the caller's MutexLock still owns it
}

}  // namespace broker
