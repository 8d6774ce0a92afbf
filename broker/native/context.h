// What every call of this face shares: the engine and its strand, who may still come in, and who is inside.
//
// Thread contract: `loop`, `clock` and MakeCaller from any thread; the rest on the strand.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/engine.h"
#include "broker/native/loop.h"

namespace broker::native {

// The namespace that a request's own name for it stands for; empty means the default one. Thread-safe, never fails:
// what is no name is refused after it.
using ResolveNamespace = std::function<std::string(std::string_view)>;

// A call that waits or streams, and has to be told when the daemon stops.
class LongCall {
 public:
  virtual void Drain() = 0;
  // From then on, every second: cuts the call off if its client has not taken what is being written to it since the
  // call of this before.
  virtual void CutIfUnread() = 0;

 protected:
  ~LongCall() = default;
};

class Context {
 public:
  Context(Loop& loop, engine::Engine& engine, const Clock& clock, ResolveNamespace resolve);

  Loop& loop() { return loop_; }
  engine::Engine& engine() { return engine_; }
  const Clock& clock() const { return clock_; }

  // Errors: kInvalidArgument for a namespace that is no name.
  Result<engine::Caller> MakeCaller(std::string_view name_space, std::string peer, std::string consumer = {}) const;

  // A call begins: kUnavailable once the daemon stops. After OK, Leave when its object goes.
  Status Enter();
  void Leave();
  void Add(LongCall& call) { long_calls_.insert(&call); }
  void Remove(LongCall& call) { long_calls_.erase(&call); }

  // Nothing comes in any more and long calls are told to end; those whose clients read nothing are cut off within two
  // seconds. `idle` runs when no call is left, and none was refused for a moment: a client that is in the middle of its
  // work shall hear that the broker stops, from the broker.
  void Drain(std::function<void()> idle);
  bool draining() const { return draining_; }

 private:
  void TellIfIdle();
  void TellLater(MonotonicTime when);
  void CutUnreadLater();

  Loop& loop_;
  engine::Engine& engine_;
  const Clock& clock_;
  const ResolveNamespace resolve_;
  std::size_t calls_ = 0;
  std::unordered_set<LongCall*> long_calls_;
  bool draining_ = false;
  MonotonicTime latest_end_{};    // of waiting for calls to be refused
  MonotonicTime last_refused_{};  // or when the drain began
  std::function<void()> idle_;
  Loop::TimerId cut_ = 0;
  Loop::TimerId tell_ = 0;
};

// What a client hears when the daemon stops.
Error Stopping();

}  // namespace broker::native
