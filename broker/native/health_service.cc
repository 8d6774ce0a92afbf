#include "broker/native/health_service.h"

#include <fmt/format.h>

#include <optional>

#include "broker/native/errors.h"
#include "broker/native/stream_call.h"
#include "broker/native/unary_call.h"
#include "broker/native/wire.h"

namespace broker::native {
namespace {

namespace v1h = grpc::health::v1;

v1h::HealthCheckResponse::ServingStatus StatusOf(const Context& context) {
  return context.draining() ? v1h::HealthCheckResponse::NOT_SERVING : v1h::HealthCheckResponse::SERVING;
}

class CheckCall final : public UnaryCall {
 public:
  static void Arm(Context& context, HealthService& service) {
    auto* call = new CheckCall(context, service);
    auto& queue = context.loop().queue();
    service.RequestCheck(&call->rpc_, &call->bytes_, &call->writer_, &queue, &queue, static_cast<Tag*>(call));
  }

 private:
  CheckCall(Context& context, HealthService& service) : UnaryCall(context), service_(service) {}
  ~CheckCall() override = default;
  void ArmNext() override { Arm(context_, service_); }
  bool ServesWhileDraining() const override { return true; }

  void Serve() override {
    auto& request = New<v1h::HealthCheckRequest>();
    if (auto parsed = ParseRequest(bytes_, &request); !parsed.ok()) return Fail(parsed.error());
    if (!service_.Knows(request.service())) {
      return Fail(Error(ErrorCode::kNotFound, "SERVICE_NOT_FOUND",
                        fmt::format("there is no service \"{}\" here", request.service())));
    }
    auto& response = New<v1h::HealthCheckResponse>();
    response.set_status(StatusOf(context_));
    Reply(response);
  }

  HealthService& service_;
};

// One request, then a response now and one at every change: there is one, the drain, and it ends the watch.
class WatchCall final : public StreamCall {
 public:
  static void Arm(Context& context, HealthService& service) {
    auto* call = new WatchCall(context, service);
    auto& queue = context.loop().queue();
    service.RequestWatch(&call->rpc_, &call->request_bytes_, &call->writer_, &queue, &queue, call->started_tag());
  }
  void Drain() override {
    draining_ = true;
    Advance();
  }

 private:
  WatchCall(Context& context, HealthService& service) : StreamCall(context), service_(service) {}
  ~WatchCall() override = default;
  void ArmNext() override { Arm(context_, service_); }
  void Started() override {
    v1h::HealthCheckRequest request;
    if (auto parsed = ParseRequest(request_bytes_, &request); !parsed.ok()) return FinishWith(ToStatus(parsed.error()));
    known_ = service_.Knows(request.service());
    Tell();
  }
  void Requested(grpc::ByteBuffer&) override {}
  void ClientClosed() override {}
  void Written(bool) override { Advance(); }
  void CallEnded() override {}
  void StartWrite(const grpc::ByteBuffer& bytes, void* tag) override { writer_.Write(bytes, tag); }
  void StartFinish(const grpc::Status& status, void* tag) override { writer_.Finish(status, tag); }

  void Tell() {
    v1h::HealthCheckResponse response;
    response.set_status(known_ ? StatusOf(context_) : v1h::HealthCheckResponse::SERVICE_UNKNOWN);
    told_draining_ = context_.draining();
    Write(response);
  }
  void Advance() {
    if (!draining_ || writing() || ended() || finishing()) return;
    if (!told_draining_) return Tell();
    FinishWith(ToStatus(Stopping()));
  }
  void FinishWith(const grpc::Status& status) { Finish(status); }

  HealthService& service_;
  grpc::ByteBuffer request_bytes_;
  grpc::ServerAsyncWriter<grpc::ByteBuffer> writer_{&rpc_};
  bool known_ = false;
  bool draining_ = false;
  bool told_draining_ = false;
};

}  // namespace

HealthService::HealthService(Context& context, std::vector<std::string> services)
    : context_(context), services_(services.begin(), services.end()) {}

void HealthService::Arm() {
  CheckCall::Arm(context_, *this);
  WatchCall::Arm(context_, *this);
}

}  // namespace broker::native
