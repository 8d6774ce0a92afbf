// The native Publish as an echo: parses the request, answers in its shape. One completion queue, one thread: what brokerd
// is held against. With a folder as its argument it also does the least that a durable broker must: one value per message,
// one synced write for all that is at hand, then the answers; what is left between the two is the broker's own.
// Prints its port, and ends when its standard input does.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "broker/base/check.h"
#include "broker/v1/messages.grpc.pb.h"
#include "storage/keys.h"
#include "storage/rocksdb_kv.h"

namespace {

using broker::storage::Family;

class Call;

struct Echo {
  broker::v1::Messages::AsyncService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::unique_ptr<broker::storage::Kv> store;  // null: nothing is stored
  std::unique_ptr<broker::storage::Batch> batch;
  std::vector<Call*> waiting;  // for the batch
  std::uint64_t sequence = 0;
};

class Call {
 public:
  explicit Call(Echo& echo) : echo_(echo), responder_(&context_) {
    echo_.service.RequestPublish(&context_, &request_, &responder_, echo_.queue.get(), echo_.queue.get(), this);
  }

  void Proceed(bool ok) {
    if (!ok || answered_) {
      delete this;
      return;
    }
    new Call(echo_);
    answered_ = true;
    if (echo_.store == nullptr) return Answer();
    if (echo_.batch == nullptr) echo_.batch = echo_.store->NewBatch();
    for (const auto& message : request_.messages()) {
      echo_.batch->Put(Family::kLog, broker::storage::PairKey(1, ++echo_.sequence), message.body());
    }
    echo_.waiting.push_back(this);
  }

  void Answer() {
    for (int i = 0; i < request_.messages_size(); ++i) response_.add_results()->set_id("1-1");
    response_.set_subscriptions(1);
    responder_.Finish(response_, grpc::Status::OK, this);
  }

 private:
  Echo& echo_;
  grpc::ServerContext context_;
  broker::v1::PublishRequest request_;
  broker::v1::PublishResponse response_;
  grpc::ServerAsyncResponseWriter<broker::v1::PublishResponse> responder_;
  bool answered_ = false;
};

void Commit(Echo& echo) {
  BROKER_CHECK(echo.store->Write(std::move(echo.batch), broker::storage::Sync::kYes).ok());
  for (Call* call : echo.waiting) call->Answer();
  echo.waiting.clear();
}

// Until the queue is shut down.
void Serve(Echo& echo) {
  void* tag = nullptr;
  bool ok = false;
  while (true) {
    const auto deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    const auto next = echo.queue->AsyncNext(&tag, &ok, echo.waiting.empty() ? deadline : gpr_time_0(GPR_CLOCK_MONOTONIC));
    switch (next) {
      case grpc::CompletionQueue::SHUTDOWN: return;
      case grpc::CompletionQueue::TIMEOUT: Commit(echo); break;
      case grpc::CompletionQueue::GOT_EVENT: static_cast<Call*>(tag)->Proceed(ok); break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Echo echo;
  if (argc > 1) {
    auto store = broker::storage::RocksdbKv::Open(argv[1], {});
    if (!store.ok()) return fmt::print(stderr, "{}\n", store.error().message), 1;
    echo.store = std::move(*store);
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo.service);
  builder.SetMaxReceiveMessageSize(16 << 20);
  echo.queue = builder.AddCompletionQueue();
  auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  fmt::print("{}\n", port);
  std::fflush(stdout);
  std::thread stopper([&] {
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    server->Shutdown(std::chrono::system_clock::now());
    echo.queue->Shutdown();
  });
  for (int i = 0; i < 128; ++i) new Call(echo);
  Serve(echo);
  stopper.join();
  return 0;
}
