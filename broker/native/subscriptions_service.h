// The service Subscriptions.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/subscriptions.grpc.pb.h"

namespace broker::native {

using RawSubscriptions = v1::Subscriptions::WithRawCallbackMethod_Create<
    v1::Subscriptions::WithRawCallbackMethod_Get<v1::Subscriptions::WithRawCallbackMethod_List<
        v1::Subscriptions::WithRawCallbackMethod_Update<v1::Subscriptions::WithRawCallbackMethod_Delete<
            v1::Subscriptions::WithRawCallbackMethod_Purge<v1::Subscriptions::Service>>>>>>;

class SubscriptionsService final : public RawSubscriptions {
 public:
  explicit SubscriptionsService(Context& context) : context_(context) {}

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
