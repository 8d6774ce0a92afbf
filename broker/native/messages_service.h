// The service Messages, all of it raw (see wire.h) and on the completion queue.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "broker/native/context.h"
#include "broker/v1/messages.grpc.pb.h"

namespace broker::native {

using RawMessages = v1::Messages::WithRawMethod_Publish<v1::Messages::WithRawMethod_Receive<
    v1::Messages::WithRawMethod_Ack<v1::Messages::WithRawMethod_Nack<v1::Messages::WithRawMethod_Extend<
        v1::Messages::WithRawMethod_PublishStream<v1::Messages::WithRawMethod_Consume<
            v1::Messages::WithRawMethod_Peek<v1::Messages::WithRawMethod_ListConsumers<
                v1::Messages::WithRawMethod_CancelDelayed<v1::Messages::Service>>>>>>>>>>;

class MessagesService final : public RawMessages {
 public:
  explicit MessagesService(Context& context) : context_(context) {}
  // Makes the completion queue ready for calls of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
