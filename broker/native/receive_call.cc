#include "broker/native/receive_call.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "broker/native/errors.h"
#include "broker/native/message_codec.h"
#include "broker/native/request_codec.h"

namespace broker::native {
namespace {

// A tenth of what is left, within these, is kept for the way back.
constexpr Nanos kMinMargin = std::chrono::milliseconds(20);
constexpr Nanos kMaxMargin = std::chrono::milliseconds(500);

}  // namespace

std::optional<Nanos> WaitWithin(Nanos wait, Nanos left) {
  if (left <= Nanos{0}) return std::nullopt;
  const Nanos margin = std::clamp(left / 10, kMinMargin, kMaxMargin);
  return std::clamp(left - margin, Nanos{0}, wait);
}

ReceiveCall::ReceiveCall(Context& context, MessagesService& service) : UnaryCall(context), service_(service) {
  rpc_.AsyncNotifyWhenDone(static_cast<Tag*>(&ended_tag_));
}

ReceiveCall::~ReceiveCall() { context_.Remove(*this); }

void ReceiveCall::Arm(Context& context, MessagesService& service) {
  auto* call = new ReceiveCall(context, service);
  auto& queue = context.loop().queue();
  service.RequestReceive(&call->rpc_, &call->bytes_, &call->writer_, &queue, &queue,
                         static_cast<Tag*>(static_cast<UnaryCall*>(call)));
}

Nanos ReceiveCall::TimeLeft() const {
  const auto deadline = rpc_.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return Nanos::max();
  return deadline - context_.clock().Wall();
}

void ReceiveCall::Serve() {
  auto& request = New<v1::ReceiveRequest>();
  if (!Open(request, caller_)) return;
  auto receive = ToReceive(request);
  if (!receive.ok()) return Fail(receive.error());
  const auto wait = WaitWithin(receive->wait, TimeLeft());
  if (!wait) return Fail(Error(ErrorCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", "the call's deadline has passed"));
  receive->wait = *wait;
  caller_.consumer = std::move(*request.mutable_consumer());
  source_ = receive->source;
  context_.Add(*this);
  waiting_ = true;
  waiter_ = context_.engine().Receive(caller_, *std::move(receive),
                                      [this](Result<engine::ReceiveResponse> result) { Answered(std::move(result)); });
}

void ReceiveCall::Answered(Result<engine::ReceiveResponse> result) {
  waiting_ = false;
  auto& response = New<v1::ReceiveResponse>();
  if (!result.ok()) {
    // The daemon stops: what waited has received nothing.
    if (result.error().code == ErrorCode::kCancelled && !ended_) return Reply(response);
    return Fail(result.error());
  }
  for (const auto& delivery : result->deliveries) {
    ToProto(delivery, response.add_deliveries());
    receipts_.push_back(delivery.receipt);
  }
  Reply(response);
}

void ReceiveCall::Drain() {
  if (waiting_) context_.engine().CancelReceive(waiter_);
}

void ReceiveCall::CutIfUnread() {
  if (!waiting_ && !replied_ && std::exchange(reply_seen_, true)) rpc_.TryCancel();
}

void ReceiveCall::CallEnded(bool) {
  ended_ = true;
  if (waiting_) context_.engine().CancelReceive(waiter_);
  End();
}

void ReceiveCall::Finished(bool ok) {
  replied_ = true;
  delivered_ = ok;
  End();
}

void ReceiveCall::End() {
  if (!ended_ || !replied_) return;
  if (receipts_.empty() || (delivered_ && !rpc_.IsCancelled())) {
    delete this;
    return;
  }
  context_.engine().Release(caller_, source_, std::exchange(receipts_, {}), /*counted=*/false,
                            [this](Status) { delete this; });
}

}  // namespace broker::native
