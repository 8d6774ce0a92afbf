// Messages.Receive: a long poll that leases nothing it cannot deliver.
//
//  - The client's deadline shortens the wait: the answer leaves a little before it.
//  - When the client cancels, its waiter ends.
//  - When the answer could not be sent, or the call was cancelled before it was, its leases are given back uncounted.
//    That is known when both the reply's and the call's own end have come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/native/messages_service.h"
#include "broker/native/unary_call.h"

namespace broker::native {

// How long a receive may wait, given what is left until the client's deadline: so that its answer arrives in time.
// Zero: there is only time to answer what is ready now. nullopt: it is too late for anything.
std::optional<Nanos> WaitWithin(Nanos wait, Nanos left);

class ReceiveCall final : public UnaryCall, public LongCall {
 public:
  static void Arm(Context& context, MessagesService& service);
  void Drain() override;
  void CutIfUnread() override;

 private:
  ReceiveCall(Context& context, MessagesService& service);
  ~ReceiveCall() override;
  void ArmNext() override { Arm(context_, service_); }
  void Serve() override;
  void Finished(bool ok) override;

  void Answered(Result<engine::ReceiveResponse> result);
  void CallEnded(bool ok);
  // Runs when both the reply and the call have ended.
  void End();
  Nanos TimeLeft() const;

  MessagesService& service_;
  MemberTag<ReceiveCall, &ReceiveCall::CallEnded> ended_tag_{*this};
  engine::Caller caller_;
  model::Target source_;
  engine::WaiterId waiter_ = 0;
  bool waiting_ = false;
  bool ended_ = false;
  bool replied_ = false;
  bool delivered_ = false;
  bool reply_seen_ = false;            // it was under way when CutIfUnread looked last
  std::vector<std::string> receipts_;  // of the leases that the reply carries
};

}  // namespace broker::native
