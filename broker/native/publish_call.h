// Messages.Publish.
#pragma once

#include "broker/native/messages_service.h"
#include "broker/native/unary_call.h"

namespace broker::native {

class PublishCall final : public UnaryCall {
 public:
  static void Arm(Context& context, MessagesService& service);

 private:
  PublishCall(Context& context, MessagesService& service) : UnaryCall(context), service_(service) {}
  ~PublishCall() override = default;
  void ArmNext() override { Arm(context_, service_); }
  void Serve() override;

  MessagesService& service_;
};

}  // namespace broker::native
