// The service DeadLetters.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/dead_letters.grpc.pb.h"

namespace broker::native {

using RawDeadLetters = v1::DeadLetters::WithRawCallbackMethod_List<
    v1::DeadLetters::WithRawCallbackMethod_Redrive<v1::DeadLetters::Service>>;

class DeadLettersService final : public RawDeadLetters {
 public:
  explicit DeadLettersService(Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Redrive(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;

 private:
  Context& context_;
};

}  // namespace broker::native
