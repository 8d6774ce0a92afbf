// The service Topics.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/topics.grpc.pb.h"

namespace broker::native {

using RawTopics = v1::Topics::WithRawMethod_Create<
    v1::Topics::WithRawMethod_Get<v1::Topics::WithRawMethod_List<v1::Topics::WithRawMethod_Update<
        v1::Topics::WithRawMethod_Delete<v1::Topics::WithRawMethod_Replay<v1::Topics::Service>>>>>>;

class TopicsService final : public RawTopics {
 public:
  explicit TopicsService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
