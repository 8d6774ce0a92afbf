#include "broker/native/native_server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>

#include <array>
#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/check.h"
#include "broker/native/dead_letters_service.h"
#include "broker/native/health_service.h"
#include "broker/native/idempotency_service.h"
#include "broker/native/messages_service.h"
#include "broker/native/queues_service.h"
#include "broker/native/reflection_service.h"
#include "broker/native/snapshots_service.h"
#include "broker/native/subscriptions_service.h"
#include "broker/native/tasks_service.h"
#include "broker/native/topics_service.h"

namespace broker::native {
namespace {

constexpr int kMaxRequestBytes = 16 << 20;
constexpr int kMaxConcurrentCalls = 20'000;  // of one connection; more wait at the client
// A peer that is gone without a word is noticed within these two, and its stream's leases go back.
constexpr int kKeepaliveMillis = 30'000;
constexpr int kKeepaliveTimeoutMillis = 10'000;
constexpr int kMinClientPingMillis = 10'000;
// How long clients have to close their connections once the calls have ended.
constexpr auto kConnectionsGrace = std::chrono::milliseconds(100);

gpr_timespec FromNow(Nanos span) { return gpr_time_from_nanos(span.count(), GPR_TIMESPAN); }

// Runs `work` on the strand with a function to call when it is done, on any thread, and waits for that.
bool RunOnStrand(Loop& loop, const std::function<void(std::function<void()>)>& work, std::optional<Nanos> at_most) {
  BROKER_CHECK(!loop.IsOnStrand());
  // Shared with the strand, which may come to it after this call has given up waiting.
  const auto done = std::make_shared<std::promise<void>>();
  auto future = done->get_future();
  loop.Post([work, done] { work([done] { done->set_value(); }); });
  if (at_most) return future.wait_for(*at_most) == std::future_status::ready;
  future.wait();
  return true;
}

}  // namespace

class NativeServer::Services {
 public:
  Services(Context& context, std::function<ServerFacts()> facts)
      : topics_(context),
        queues_(context),
        subscriptions_(context),
        messages_(context),
        dead_letters_(context),
        tasks_(context),
        snapshots_(context),
        idempotency_(context),
        admin_(context, std::move(facts)),
        health_(context, Names()),
        reflection_(context, Names()) {}

  void Register(grpc::ServerBuilder& builder) {
    for (grpc::Service* service : All()) builder.RegisterService(service);
  }
  void Arm() {
    topics_.Arm();
    queues_.Arm();
    subscriptions_.Arm();
    messages_.Arm();
    dead_letters_.Arm();
    tasks_.Arm();
    snapshots_.Arm();
    idempotency_.Arm();
    admin_.Arm();
    health_.Arm();
    reflection_.Arm();
  }

 private:
  std::array<grpc::Service*, 12> All() {
    return {&topics_,    &queues_,      &subscriptions_, &messages_, &dead_letters_,    &tasks_,
            &snapshots_, &idempotency_, &admin_,         &health_,   &reflection_.v1(), &reflection_.v1alpha()};
  }
  static std::vector<std::string> Names() {
    return {v1::Topics::service_full_name(),
            v1::Queues::service_full_name(),
            v1::Subscriptions::service_full_name(),
            v1::Messages::service_full_name(),
            v1::DeadLetters::service_full_name(),
            v1::Tasks::service_full_name(),
            v1::Snapshots::service_full_name(),
            v1::Idempotency::service_full_name(),
            v1::Admin::service_full_name(),
            grpc::health::v1::Health::service_full_name(),
            grpc::reflection::v1::ServerReflection::service_full_name(),
            grpc::reflection::v1alpha::ServerReflection::service_full_name()};
  }

  TopicsService topics_;
  QueuesService queues_;
  SubscriptionsService subscriptions_;
  MessagesService messages_;
  DeadLettersService dead_letters_;
  TasksService tasks_;
  SnapshotsService snapshots_;
  IdempotencyService idempotency_;
  AdminService admin_;
  HealthService health_;
  ReflectionService reflection_;
};

NativeServer::NativeServer(NativeOptions options, Loop& loop, engine::Engine& engine, const Clock& clock)
    : options_(std::move(options)),
      loop_(loop),
      context_(loop, engine, clock, options_.resolve_namespace),
      services_(std::make_unique<Services>(context_, options_.facts)) {}

NativeServer::~NativeServer() = default;

Status NativeServer::Start() {
  auto listening = Acceptor::Listen(options_.host, options_.port);
  if (!listening.ok()) return std::move(listening).error();
  acceptor_ = *std::move(listening);
  port_ = acceptor_->port();
  google::protobuf::SetLogHandler(nullptr);  // process-wide; what cannot be parsed is answered, not logged
  grpc::ServerBuilder builder;
  hand_over_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentCalls);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinClientPingMillis);
  services_->Register(builder);
  loop_.Use(builder.AddCompletionQueue());
  server_ = builder.BuildAndStart();
  BROKER_CHECK(server_ != nullptr);  // it opens nothing that could fail
  services_->Arm();
  acceptor_->Start(options_.max_descriptor, [this](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    hand_over_->HandleNewConnection(&connection);
  });
  return {};
}

bool NativeServer::Drain(Nanos grace) {
  return RunOnStrand(
      loop_, [this](std::function<void()> done) { context_.Drain(std::move(done)); }, grace);
}

void NativeServer::Stop() {
  acceptor_.reset();
  server_->Shutdown(FromNow(kConnectionsGrace));
  RunOnStrand(
      loop_, [this](std::function<void()> done) { context_.Drain(std::move(done)); }, std::nullopt);
  loop_.Stop();
}

}  // namespace broker::native
