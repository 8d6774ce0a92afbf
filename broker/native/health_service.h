// grpc.health.v1: the server as a whole and each of its services, which serve all together or not at all. Our own and
// on the completion queue: gRPC's has threads that would poll beside the strand.
//
// It answers also while the daemon drains; then watches end, as every stream does, after a last NOT_SERVING.
// Thread contract: on the strand, but for the arming before the loop runs.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "broker/native/context.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace broker::native {

using RawHealth = grpc::health::v1::Health::WithRawMethod_Check<
    grpc::health::v1::Health::WithRawMethod_Watch<grpc::health::v1::Health::Service>>;

class HealthService final : public RawHealth {
 public:
  // `services`: full names of those that it answers for.
  HealthService(Context& context, std::vector<std::string> services);
  // Makes the completion queue ready for calls. Once, after the server was built.
  void Arm();

  bool Knows(const std::string& service) const { return service.empty() || services_.contains(service); }

 private:
  Context& context_;
  const std::unordered_set<std::string> services_;
};

}  // namespace broker::native
