// The service Admin.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "broker/native/context.h"
#include "broker/v1/admin.grpc.pb.h"

namespace broker::native {

// What the composition knows and the engine does not.
struct ServerFacts {
  std::string version;
  std::string folder_id;
  Time started{};  // wall clock
  MonotonicTime started_monotonic{};
  std::optional<std::string> storage_full;  // why publishes are refused
};

using RawAdmin = v1::Admin::WithRawMethod_ShowClock<
    v1::Admin::WithRawMethod_AcceptClock<v1::Admin::WithRawMethod_GetServerInfo<v1::Admin::Service>>>;

class AdminService final : public RawAdmin {
 public:
  // `facts` is called on the strand.
  AdminService(Context& context, std::function<ServerFacts()> facts) : context_(context), facts_(std::move(facts)) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
  const std::function<ServerFacts()> facts_;
};

}  // namespace broker::native
