// The service Messages with its hot methods on the completion queue and the others on the callback API, all of them raw
// (see wire.h).
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "broker/native/context.h"
#include "broker/v1/messages.grpc.pb.h"

namespace broker::native {

using RawMessages =
    v1::Messages::WithRawMethod_Publish<v1::Messages::WithRawMethod_Receive<v1::Messages::WithRawMethod_Ack<
        v1::Messages::WithRawMethod_Nack<v1::Messages::WithRawMethod_Extend<v1::Messages::WithRawMethod_PublishStream<
            v1::Messages::WithRawMethod_Consume<v1::Messages::WithRawCallbackMethod_Peek<
                v1::Messages::WithRawCallbackMethod_CancelDelayed<v1::Messages::Service>>>>>>>>>;

class MessagesService final : public RawMessages {
 public:
  explicit MessagesService(Context& context) : context_(context) {}
  // Makes the completion queue ready for calls of each hot method. Once, after the server was built.
  void Arm();

  grpc::ServerUnaryReactor* Peek(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CancelDelayed(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;

 private:
  Context& context_;
};

}  // namespace broker::native
