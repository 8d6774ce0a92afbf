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

using RawAdmin = v1::Admin::WithRawCallbackMethod_ShowClock<
    v1::Admin::WithRawCallbackMethod_AcceptClock<v1::Admin::WithRawCallbackMethod_GetServerInfo<v1::Admin::Service>>>;

class AdminService final : public RawAdmin {
 public:
  // `facts` is called on the strand.
  AdminService(Context& context, std::function<ServerFacts()> facts) : context_(context), facts_(std::move(facts)) {}

  grpc::ServerUnaryReactor* ShowClock(grpc::CallbackServerContext*, const grpc::ByteBuffer*,
                                      grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* AcceptClock(grpc::CallbackServerContext*, const grpc::ByteBuffer*,
                                        grpc::ByteBuffer*) override;
  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext*, const grpc::ByteBuffer*,
                                          grpc::ByteBuffer*) override;

 private:
  Context& context_;
  const std::function<ServerFacts()> facts_;
};

}  // namespace broker::native
