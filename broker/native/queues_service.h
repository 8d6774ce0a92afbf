// The service Queues.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/queues.grpc.pb.h"

namespace broker::native {

using RawQueues = v1::Queues::WithRawMethod_Create<
    v1::Queues::WithRawMethod_Get<v1::Queues::WithRawMethod_List<v1::Queues::WithRawMethod_Update<
        v1::Queues::WithRawMethod_Delete<v1::Queues::WithRawMethod_Purge<v1::Queues::Service>>>>>>;

class QueuesService final : public RawQueues {
 public:
  explicit QueuesService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
