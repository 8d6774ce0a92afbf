// The service Topics.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/topics.grpc.pb.h"

namespace broker::native {

using RawTopics = v1::Topics::WithRawCallbackMethod_Create<
    v1::Topics::WithRawCallbackMethod_Get<v1::Topics::WithRawCallbackMethod_List<
        v1::Topics::WithRawCallbackMethod_Update<v1::Topics::WithRawCallbackMethod_Delete<v1::Topics::Service>>>>>;

class TopicsService final : public RawTopics {
 public:
  explicit TopicsService(Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;

 private:
  Context& context_;
};

}  // namespace broker::native
