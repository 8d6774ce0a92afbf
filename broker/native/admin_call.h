// One administrative call: parsed on a thread of gRPC's, served on the strand, answered when the engine says so.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "broker/native/context.h"
#include "broker/native/errors.h"
#include "broker/native/info_codec.h"
#include "broker/native/settings_codec.h"
#include "broker/native/wire.h"

namespace broker::native {

template <class Response>
using Answer = std::function<void(Result<Response>)>;

// `serve(caller, request, answer)` runs on the strand and brings about `answer` exactly once, there.
template <class Request, class Response, class Serve>
grpc::ServerUnaryReactor* ServeAdmin(Context& context, grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                     grpc::ByteBuffer* response, Serve serve) {
  grpc::ServerUnaryReactor* reactor = rpc->DefaultReactor();
  grpc::ByteBuffer consumed(*bytes);
  // Shared with the work on the strand, which std::function wants to be copyable.
  auto request = std::make_shared<Request>();
  if (auto parsed = ParseRequest(consumed, request.get()); !parsed.ok()) {
    reactor->Finish(ToStatus(parsed.error()));
    return reactor;
  }
  std::string name_space;
  if constexpr (requires { request->namespace_(); }) name_space = request->namespace_();
  auto caller = context.MakeCaller(name_space, rpc->peer());
  if (!caller.ok()) {
    reactor->Finish(ToStatus(caller.error()));
    return reactor;
  }
  context.loop().Post([&context, reactor, response, request, caller = *std::move(caller), serve] {
    if (const Status entered = context.Enter(); !entered.ok()) return reactor->Finish(ToStatus(entered.error()));
    serve(caller, *request, Answer<Response>([&context, reactor, response](Result<Response> result) {
            if (result.ok()) *response = Serialize(*result);
            reactor->Finish(result.ok() ? grpc::Status::OK : ToStatus(result.error()));
            context.Leave();
          }));
  });
  return reactor;
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
