// std::mutex with the annotations that clang's thread-safety analysis reads. Lock with MutexLock; fields say
// BROKER_GUARDED_BY(mutex_). Never call out, do I/O or log while holding one.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define BROKER_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define BROKER_THREAD_ANNOTATION(x)
#endif

#define BROKER_GUARDED_BY(x) BROKER_THREAD_ANNOTATION(guarded_by(x))
#define BROKER_REQUIRES(...) BROKER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define BROKER_EXCLUDES(...) BROKER_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace broker {

class BROKER_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() BROKER_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() BROKER_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class BROKER_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) BROKER_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() BROKER_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Wait with a loop around the condition: wake-ups may be spurious.
class CondVar {
 public:
  void Wait(Mutex& mutex) BROKER_REQUIRES(mutex);
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace broker
