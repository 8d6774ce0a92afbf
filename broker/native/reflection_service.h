// grpc.reflection.v1alpha over the definitions that are linked in. Our own and on the completion queue: gRPC's has
// threads that would poll beside the strand.
//
// Thread contract: on the strand, but for the arming before the loop runs; Answer from anywhere.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "broker/native/context.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace broker::native {

using RawReflection = grpc::reflection::v1alpha::ServerReflection::WithRawMethod_ServerReflectionInfo<
    grpc::reflection::v1alpha::ServerReflection::Service>;

class ReflectionService final : public RawReflection {
 public:
  // `services`: full names of those that are listed.
  ReflectionService(Context& context, std::vector<std::string> services)
      : context_(context), services_(std::move(services)) {}
  // Makes the completion queue ready for a call. Once, after the server was built.
  void Arm();

  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request) const;

 private:
  Context& context_;
  const std::vector<std::string> services_;
};

}  // namespace broker::native
