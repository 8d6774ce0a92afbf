// The service Tasks.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/tasks.grpc.pb.h"

namespace broker::native {

using RawTasks = v1::Tasks::WithRawCallbackMethod_Get<v1::Tasks::WithRawCallbackMethod_List<v1::Tasks::Service>>;

class TasksService final : public RawTasks {
 public:
  explicit TasksService(Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer*) override;

 private:
  Context& context_;
};

}  // namespace broker::native
