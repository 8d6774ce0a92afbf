// Messages.Publish.
#pragma once

#include "broker/native/unary_call.h"

namespace broker::native {

class PublishCall final : public UnaryCall {
 public:
  static void Arm(Context& context, MessagesService& service);

 private:
  using UnaryCall::UnaryCall;
  ~PublishCall() override = default;
  void ArmNext() override { Arm(context_, service_); }
  void Serve() override;
};

}  // namespace broker::native
