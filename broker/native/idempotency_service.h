// The service Idempotency.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/idempotency.grpc.pb.h"

namespace broker::native {

using RawIdempotency =
    v1::Idempotency::WithRawMethod_Claim<v1::Idempotency::WithRawMethod_Complete<v1::Idempotency::WithRawMethod_Release<
        v1::Idempotency::WithRawMethod_Forget<v1::Idempotency::WithRawMethod_Get<v1::Idempotency::Service>>>>>;

class IdempotencyService final : public RawIdempotency {
 public:
  explicit IdempotencyService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
