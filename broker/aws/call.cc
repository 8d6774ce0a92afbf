#include "broker/aws/call.h"

namespace broker::aws {

void Call::OnEnd(std::function<void()> end) {
  if (ended_) return end();
  end_ = std::move(end);
}

void Call::End() {
  ended_ = true;
  if (const auto end = std::exchange(end_, nullptr)) end();
}

void Call::Lost() {
  if (const auto lost = std::exchange(lost_, nullptr)) lost();
}

}  // namespace broker::aws
