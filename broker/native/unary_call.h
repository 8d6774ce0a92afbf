// One call of a unary method: armed -> serving -> replying -> gone. The object owns itself and goes when gRPC has
// nothing more to say about the call. Several of each method are armed at any time; one that is met arms the next.
//
// Thread contract: on the strand, but for the arming before the loop runs.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "broker/native/context.h"
#include "broker/native/tag.h"
#include "broker/native/wire.h"

namespace broker::native {

class UnaryCall : public Tag {
 public:
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  void Complete(bool ok) final;

 protected:
  explicit UnaryCall(Context& context);
  virtual ~UnaryCall();

  // Arms another call of the same method.
  virtual void ArmNext() = 0;
  virtual bool ServesWhileDraining() const { return false; }
  // Serves the request: Reply or Fail comes of it, exactly once, now or later.
  virtual void Serve() = 0;
  // The reply has been sent, or (`!ok`) could not be.
  virtual void Finished(bool ok);

  // A message that lives as long as the call.
  template <class Message>
  Message& New() {
    return *google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }
  // Parses the request and makes its caller; when either fails, answers with the error and returns false.
  template <class Request>
  bool Open(Request& request, engine::Caller& caller) {
    if (auto parsed = ParseRequest(bytes_, &request); !parsed.ok()) return Fail(parsed.error()), false;
    std::string name_space;
    if constexpr (requires { request.namespace_(); }) name_space = request.namespace_();
    auto made = context_.MakeCaller(name_space, rpc_.peer());
    if (!made.ok()) return Fail(made.error()), false;
    caller = *std::move(made);
    return true;
  }
  void Reply(const google::protobuf::Message& response);
  void Fail(const Error& error);

  Context& context_;
  grpc::ServerContext rpc_;
  grpc::ByteBuffer bytes_;  // of the request
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_{&rpc_};

 private:
  enum class State { kArmed, kServing, kReplying };
  State state_ = State::kArmed;
  bool entered_ = false;
  alignas(16) char arena_block_[2'048];  // most small calls need no more
  google::protobuf::Arena arena_{arena_block_, sizeof(arena_block_)};
};

}  // namespace broker::native
