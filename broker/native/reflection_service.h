// grpc.reflection, v1 and v1alpha, over the definitions that are linked in. Our own and on the completion queue: gRPC's
// has threads that would poll beside the strand, and knows v1alpha only.
//
// Thread contract: on the strand, but for the arming before the loop runs; Answer from anywhere.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "broker/native/context.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace broker::native {

class ReflectionService {
 public:
  using V1 = grpc::reflection::v1::ServerReflection::WithRawMethod_ServerReflectionInfo<
      grpc::reflection::v1::ServerReflection::Service>;
  using V1Alpha = grpc::reflection::v1alpha::ServerReflection::WithRawMethod_ServerReflectionInfo<
      grpc::reflection::v1alpha::ServerReflection::Service>;

  // `services`: full names of those that are listed.
  ReflectionService(Context& context, std::vector<std::string> services)
      : context_(context), services_(std::move(services)) {}

  // What is to be registered.
  V1& v1() { return v1_; }
  V1Alpha& v1alpha() { return v1alpha_; }
  // Makes the completion queue ready for a call of each. Once, after the server was built.
  void Arm();

  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request) const;

 private:
  Context& context_;
  const std::vector<std::string> services_;
  V1 v1_;
  V1Alpha v1alpha_;
};

}  // namespace broker::native
