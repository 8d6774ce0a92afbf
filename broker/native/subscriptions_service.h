// The service Subscriptions.
#pragma once

#include "broker/native/admin_call.h"
#include "broker/native/context.h"
#include "broker/v1/subscriptions.grpc.pb.h"

namespace broker::native {

using RawSubscriptions = v1::Subscriptions::WithRawMethod_Create<
    v1::Subscriptions::WithRawMethod_Get<v1::Subscriptions::WithRawMethod_List<v1::Subscriptions::WithRawMethod_Update<
        v1::Subscriptions::WithRawMethod_Delete<v1::Subscriptions::WithRawMethod_Purge<
            v1::Subscriptions::WithRawMethod_Seek<v1::Subscriptions::Service>>>>>>>;

class SubscriptionsService final : public RawSubscriptions {
 public:
  explicit SubscriptionsService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  void Change(const engine::Caller& caller, const v1::UpdateSubscriptionRequest& request, bool into_queue,
              Answer<v1::Subscription> answer);

  Context& context_;
};

}  // namespace broker::native
