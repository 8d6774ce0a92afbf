// The native Publish as an echo: parses the request, answers in its shape, stores nothing. One completion queue, one
// thread: what brokerd is held against. Prints its port, and ends when its standard input does.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "broker/v1/messages.grpc.pb.h"

namespace {

class Call {
 public:
  Call(broker::v1::Messages::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue), responder_(&context_) {
    service_.RequestPublish(&context_, &request_, &responder_, &queue_, &queue_, this);
  }

  void Proceed(bool ok) {
    if (!ok || answered_) {
      delete this;
      return;
    }
    new Call(service_, queue_);
    answered_ = true;
    for (int i = 0; i < request_.messages_size(); ++i) response_.add_results()->set_id("1-1");
    response_.set_subscriptions(1);
    responder_.Finish(response_, grpc::Status::OK, this);
  }

 private:
  broker::v1::Messages::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  grpc::ServerContext context_;
  broker::v1::PublishRequest request_;
  broker::v1::PublishResponse response_;
  grpc::ServerAsyncResponseWriter<broker::v1::PublishResponse> responder_;
  bool answered_ = false;
};

}  // namespace

int main() {
  broker::v1::Messages::AsyncService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  builder.SetMaxReceiveMessageSize(16 << 20);
  auto queue = builder.AddCompletionQueue();
  auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  fmt::print("{}\n", port);
  std::fflush(stdout);
  std::thread stopper([&] {
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    server->Shutdown(std::chrono::system_clock::now());
    queue->Shutdown();
  });
  for (int i = 0; i < 128; ++i) new Call(service, *queue);
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed(ok);
  stopper.join();
  return 0;
}
