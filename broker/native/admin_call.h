// One call of an administrative method. They are served on the completion queue like the hot ones: a server with
// methods on gRPC's callback API has threads that poll the same sockets, and hand what they read over to the strand
// (README.md has the figures).
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "broker/native/errors.h"
#include "broker/native/info_codec.h"
#include "broker/native/replay_codec.h"
#include "broker/native/settings_codec.h"
#include "broker/native/unary_call.h"

namespace broker::native {

// To be called exactly once, on the strand.
template <class Response>
using Answer = std::function<void(Result<Response>)>;

template <class Request, class Response>
class AdminCall final : public UnaryCall {
 public:
  // What makes the queue ready for one call of the method.
  using Listen =
      std::function<void(grpc::ServerContext*, grpc::ByteBuffer*, grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>*,
                         grpc::ServerCompletionQueue*, void* tag)>;
  using Handler = std::function<void(const engine::Caller&, const Request&, Answer<Response>)>;

  static void Arm(Context& context, Listen listen, Handler handler) {
    auto* call = new AdminCall(context, std::move(listen), std::move(handler));
    call->listen_(&call->rpc_, &call->bytes_, &call->writer_, &context.loop().queue(), static_cast<Tag*>(call));
  }

 private:
  AdminCall(Context& context, Listen listen, Handler handler)
      : UnaryCall(context), listen_(std::move(listen)), handler_(std::move(handler)) {}
  ~AdminCall() override = default;
  void ArmNext() override { Arm(context_, listen_, handler_); }

  void Serve() override {
    auto& request = New<Request>();
    engine::Caller caller;
    if (!Open(request, caller)) return;
    handler_(caller, request, [this](Result<Response> result) {
      if (result.ok()) {
        Reply(*result);
      } else {
        Fail(result.error());
      }
    });
  }

  const Listen listen_;
  const Handler handler_;
};

// Arms the method whose Request function of the generated service is `request_method`.
template <class Request, class Response, class Service, class RequestMethod>
void ArmAdmin(Context& context, Service& service, RequestMethod request_method,
              typename AdminCall<Request, Response>::Handler handler) {
  AdminCall<Request, Response>::Arm(
      context,
      [&service, request_method](grpc::ServerContext* rpc, grpc::ByteBuffer* bytes,
                                 grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>* writer,
                                 grpc::ServerCompletionQueue* queue,
                                 void* tag) { (service.*request_method)(rpc, bytes, writer, queue, queue, tag); },
      std::move(handler));
}

// What the engine answered, converted by ToProto; the fields of its errors are those of the request behind `prefix`.
template <class Info, class Response>
engine::Done<Info> Then(Answer<Response> answer, std::string prefix = {}) {
  return [answer = std::move(answer), prefix = std::move(prefix)](Result<Info> result) {
    if (!result.ok()) return answer(InRequest(std::move(result).error(), prefix));
    Response response;
    ToProto(*result, &response);
    answer(std::move(response));
  };
}

// The same for an answer without content.
template <class Response>
engine::Done<void> ThenEmpty(Answer<Response> answer) {
  return [answer = std::move(answer)](Status result) {
    if (!result.ok()) return answer(std::move(result).error());
    answer(Response());
  };
}

}  // namespace broker::native
