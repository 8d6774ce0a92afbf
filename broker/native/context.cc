#include "broker/native/context.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "broker/base/check.h"

namespace broker::native {
namespace {

constexpr auto kUnreadPatience = std::chrono::seconds(1);
constexpr auto kQuiet = std::chrono::milliseconds(50);
constexpr auto kLongestRefusing = std::chrono::milliseconds(500);

}  // namespace

Context::Context(Loop& loop, engine::Engine& engine, const Clock& clock, ResolveNamespace resolve)
    : loop_(loop), engine_(engine), clock_(clock), resolve_(std::move(resolve)) {}

Result<engine::Caller> Context::MakeCaller(std::string_view name_space, std::string peer, std::string consumer) const {
  engine::Caller caller;
  caller.name_space = resolve_ ? resolve_(name_space) : std::string(name_space);
  if (caller.name_space.empty()) caller.name_space = model::kDefaultNamespace;
  BROKER_RETURN_IF_ERROR(model::CheckName("namespace", caller.name_space));
  caller.peer = std::move(peer);
  caller.consumer = std::move(consumer);
  return caller;
}

Status Context::Enter() {
  if (draining_) {
    last_refused_ = clock_.Monotonic();
    return Stopping();
  }
  ++calls_;
  return {};
}

void Context::Leave() {
  BROKER_CHECK(calls_ > 0);
  --calls_;
  TellIfIdle();
}

void Context::Drain(std::function<void()> idle) {
  if (!std::exchange(draining_, true)) {
    last_refused_ = clock_.Monotonic();
    latest_end_ = last_refused_ + kLongestRefusing;
  }
  idle_ = std::move(idle);
  const std::vector<LongCall*> calls(long_calls_.begin(), long_calls_.end());
  for (LongCall* call : calls) {
    if (long_calls_.contains(call)) call->Drain();
  }
  if (cut_ == 0) CutUnreadLater();
  TellIfIdle();
}

void Context::CutUnreadLater() {
  cut_ = loop_.At(clock_.Monotonic() + kUnreadPatience, [this] {
    for (LongCall* call : long_calls_) call->CutIfUnread();
    CutUnreadLater();
  });
}

void Context::TellIfIdle() {
  if (!draining_ || calls_ > 0) return;
  loop_.Cancel(std::exchange(cut_, 0));
  if (!idle_) return;
  // gRPC itself ends what comes after the port closes as CANCELLED, which tells nobody to try again.
  const MonotonicTime quiet = std::min(last_refused_ + kQuiet, latest_end_);
  if (clock_.Monotonic() < quiet) return TellLater(quiet);
  std::exchange(idle_, nullptr)();
}

void Context::TellLater(MonotonicTime when) {
  if (tell_ != 0) return;
  tell_ = loop_.At(when, [this] {
    tell_ = 0;
    TellIfIdle();
  });
}

Error Stopping() {
  return Error(ErrorCode::kUnavailable, "STOPPING",
               "the broker is stopping: try again, here once it is back, or elsewhere");
}

}  // namespace broker::native
