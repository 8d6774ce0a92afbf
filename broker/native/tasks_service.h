// The service Tasks.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/tasks.grpc.pb.h"

namespace broker::native {

using RawTasks =
    v1::Tasks::WithRawMethod_Get<v1::Tasks::WithRawMethod_List<v1::Tasks::WithRawMethod_Cancel<v1::Tasks::Service>>>;

class TasksService final : public RawTasks {
 public:
  explicit TasksService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
