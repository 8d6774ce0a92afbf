// Publishes over the native API as fast as the other side answers: a fixed number of unary calls in flight, one thread,
// one completion queue. Prints one line of key=value. Works against brokerd and against echo_server.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "broker/v1/messages.grpc.pb.h"

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string address;
  std::string target = "queue/load";
  int in_flight = 64;
  int channels = 1;
  int batch = 1;
  std::size_t body_bytes = 1'024;
  double warmup_seconds = 1;
  double seconds = 5;
};

struct Call {
  grpc::ClientContext* context = nullptr;
  broker::v1::PublishResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<broker::v1::PublishResponse>> reader;
  SteadyClock::time_point start;
  int channel = 0;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)) {
    request_.set_target(options_.target);
    for (int i = 0; i < options_.batch; ++i) request_.add_messages()->set_body(std::string(options_.body_bytes, 'x'));
    for (int i = 0; i < options_.channels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("load_client.channel", i);  // else gRPC shares one connection
      stubs_.push_back(broker::v1::Messages::NewStub(
          grpc::CreateCustomChannel(options_.address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  int Run() {
    std::vector<Call> calls(static_cast<std::size_t>(options_.in_flight));
    for (std::size_t i = 0; i < calls.size(); ++i) {
      calls[i].channel = static_cast<int>(i) % options_.channels;
      Start(calls[i]);
    }
    const auto begin = SteadyClock::now();
    const auto from = begin + Seconds(options_.warmup_seconds);
    const auto to = from + Seconds(options_.seconds);
    std::size_t in_flight = calls.size();
    while (in_flight > 0) {
      void* tag = nullptr;
      bool ok = false;
      if (!queue_.Next(&tag, &ok)) break;
      Call& call = *static_cast<Call*>(tag);
      const auto now = SteadyClock::now();
      if (!call.status.ok()) {
        fmt::print(stderr, "publish failed: {}\n", call.status.error_message());
        return 1;
      }
      for (const auto& result : call.response.results()) {
        if (!result.has_error()) continue;
        fmt::print(stderr, "a message was refused: {}\n", result.error().message());
        return 1;
      }
      if (now >= from && now < to) micros_.push_back(std::chrono::duration<double, std::micro>(now - call.start).count());
      if (now < to) {
        Start(call);
      } else {
        delete call.context;
        call.context = nullptr;
        --in_flight;
      }
    }
    Print();
    return 0;
  }

 private:
  static SteadyClock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  }

  void Start(Call& call) {
    delete call.context;
    call.context = new grpc::ClientContext;
    call.response.Clear();
    call.start = SteadyClock::now();
    call.reader = stubs_[static_cast<std::size_t>(call.channel)]->AsyncPublish(call.context, request_, &queue_);
    call.reader->Finish(&call.response, &call.status, &call);
  }

  void Print() {
    std::sort(micros_.begin(), micros_.end());
    const auto at = [&](double share) {
      return micros_.empty() ? 0.0 : micros_[static_cast<std::size_t>(share * static_cast<double>(micros_.size() - 1))];
    };
    const double calls = static_cast<double>(micros_.size()) / options_.seconds;
    fmt::print("in_flight={} batch={} body_bytes={} calls_per_s={:.0f} messages_per_s={:.0f} p50_us={:.0f} p99_us={:.0f}\n",
               options_.in_flight, options_.batch, options_.body_bytes, calls, calls * options_.batch, at(0.5), at(0.99));
  }

  Options options_;
  broker::v1::PublishRequest request_;
  std::vector<std::unique_ptr<broker::v1::Messages::Stub>> stubs_;
  grpc::CompletionQueue queue_;
  std::vector<double> micros_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Publish as fast as the other side answers"};
  app.add_option("--address", options.address, "host:port")->required();
  app.add_option("--target", options.target, "topic or queue");
  app.add_option("--in-flight", options.in_flight, "unary calls in flight")->check(CLI::Range(1, 10'000));
  app.add_option("--channels", options.channels, "connections")->check(CLI::Range(1, 64));
  app.add_option("--batch", options.batch, "messages a call")->check(CLI::Range(1, 1'000));
  app.add_option("--body-bytes", options.body_bytes, "bytes a message");
  app.add_option("--warmup-seconds", options.warmup_seconds, "not counted");
  app.add_option("--seconds", options.seconds, "counted");
  CLI11_PARSE(app, argc, argv);
  return Load(options).Run();
}
