// The service DeadLetters.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/dead_letters.grpc.pb.h"

namespace broker::native {

using RawDeadLetters =
    v1::DeadLetters::WithRawMethod_List<v1::DeadLetters::WithRawMethod_Redrive<v1::DeadLetters::Service>>;

class DeadLettersService final : public RawDeadLetters {
 public:
  explicit DeadLettersService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
