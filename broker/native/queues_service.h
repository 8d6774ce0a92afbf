// The service Queues.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/queues.grpc.pb.h"

namespace broker::native {

using RawQueues = v1::Queues::WithRawCallbackMethod_Create<v1::Queues::WithRawCallbackMethod_Get<
    v1::Queues::WithRawCallbackMethod_List<v1::Queues::WithRawCallbackMethod_Update<
        v1::Queues::WithRawCallbackMethod_Delete<v1::Queues::WithRawCallbackMethod_Purge<v1::Queues::Service>>>>>>;

class QueuesService final : public RawQueues {
 public:
  explicit QueuesService(Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;

 private:
  Context& context_;
};

}  // namespace broker::native
