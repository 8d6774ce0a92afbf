// One broker, reached over gRPC when the first call is made; every call has a deadline.
// Confined to one thread.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/v1/admin.grpc.pb.h"
#include "broker/v1/dead_letters.grpc.pb.h"
#include "broker/v1/idempotency.grpc.pb.h"
#include "broker/v1/messages.grpc.pb.h"
#include "broker/v1/queues.grpc.pb.h"
#include "broker/v1/snapshots.grpc.pb.h"
#include "broker/v1/subscriptions.grpc.pb.h"
#include "broker/v1/tasks.grpc.pb.h"
#include "broker/v1/topics.grpc.pb.h"
#include "cli/connection.h"
#include "cli/status.h"

namespace broker::cli {

class Client {
 public:
  Client(Connection connection, Nanos timeout, const Clock& clock);

  // One unary call, e.g. Call(&v1::Queues::Stub::Get, request). `wait` is how long the broker itself may take on
  // purpose (a long poll), on top of the timeout. The request's namespace is set here, where it has one.
  template <class Service, class Request, class Response>
  Result<Response> Call(grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                        Request request, Nanos wait = Nanos{0}) {
    if constexpr (requires { request.set_namespace_(std::string()); }) request.set_namespace_(connection_.name_space);
    grpc::ClientContext context;
    SetDeadline(context, wait);
    Response response;
    Service stub(channel_);
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ErrorOf(status, connection_);
    return response;
  }

  const Connection& connection() const { return connection_; }
  // For questions: "namespace default at 127.0.0.1:8085".
  std::string Where() const { return "namespace " + connection_.name_space + " at " + connection_.address; }

 private:
  void SetDeadline(grpc::ClientContext& context, Nanos wait) const;

  Connection connection_;
  Nanos timeout_;
  const Clock& clock_;
  std::shared_ptr<grpc::Channel> channel_;  // gRPC shares it with its stubs
};

}  // namespace broker::cli
