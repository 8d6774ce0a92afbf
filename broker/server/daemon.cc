#include "broker/server/daemon.h"

#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "broker/aws/face.h"
#include "broker/base/check.h"
#include "broker/base/clock.h"
#include "broker/base/duration.h"
#include "broker/base/entropy.h"
#include "broker/base/log.h"
#include "broker/engine/engine.h"
#include "broker/model/namespaces.h"
#include "broker/native/loop.h"
#include "broker/native/native_server.h"
#include "broker/net/router.h"
#include "broker/net/server.h"
#include "broker/server/commit_thread.h"
#include "broker/server/descriptors.h"
#include "broker/server/health_routes.h"
#include "broker/server/readiness.h"
#include "broker/server/service_manager.h"
#include "broker/server/signing_key_file.h"
#include "broker/server/storage_watch.h"
#include "broker/server/thread_executor.h"
#include "storage/data_folder.h"

namespace broker::server {
namespace {

constexpr int kReadThreads = 2;
constexpr Nanos kWatchInterval = std::chrono::seconds(1);

// Nobody is answered any more: what was not durable must not be seen. So no destructors and no flushing of replies.
[[noreturn]] void EndOnFailedCommit(const Error& error) {
  Log(LogLevel::kError, "commit_failed",
      {{"reason", error.reason}, {"message", error.message}, {"do", AdviceAfterCommit(error)}});
  ::_exit(static_cast<int>(ExitCodeOfCommit(error)));
}

// What a start that failed leaves behind.
struct Failure {
  ExitCode code;
  Error error;
};

class Daemon {
 public:
  Daemon(const Config& config, const Descriptors& descriptors)
      : config_(config),
        descriptors_(descriptors),
        started_(clock_.Wall()),
        started_monotonic_(clock_.Monotonic()) {}

  std::optional<Failure> Start();
  void Watch() {
    loop_.Post([this] { watch_->Look(); });
  }
  void Stop(std::string_view signal);

 private:
  void WarnOfStrangers() const;
  void WarnOfFewDescriptors() const;
  std::optional<Failure> StartHttp();
  std::optional<Failure> OpenEngine();
  std::optional<Failure> StartNative();
  void StartAws(aws::sns::SigningKey key);
  std::function<std::string(std::string_view)> ResolveNamespace() const;
  void DriveCommits();
  bool CommitsInline(const engine::PendingGroup& group) const;
  void TellStorageFull(std::optional<std::string> why);
  void TellStoreFailed(const Error& error);
  native::ServerFacts Facts() const;

  const Config& config_;
  const Descriptors descriptors_;
  SystemClock clock_;
  SystemEntropy entropy_;
  const Time started_;
  const MonotonicTime started_monotonic_;

  // Destroyed from the last to the first: who uses a thing stands below it.
  Readiness readiness_;
  net::Router routes_;
  std::unique_ptr<storage::DataFolder> folder_;
  native::Loop loop_{clock_};
  ThreadExecutor reads_{kReadThreads};
  std::unique_ptr<engine::Engine> engine_;
  std::optional<std::string> storage_full_;  // of the strand
  std::optional<CommitThread> commit_thread_;
  std::optional<aws::Face> aws_;
  std::unique_ptr<net::Server> http_;
  std::unique_ptr<native::NativeServer> native_;
  std::optional<StorageWatch> watch_;  // of the strand, once that runs
  std::thread strand_;
};

std::optional<Failure> Daemon::Start() {
  Log(LogLevel::kInfo, "starting", {{"version", BROKER_VERSION}, {"data", config_.data}});
  WarnOfStrangers();
  WarnOfFewDescriptors();
  if (auto failure = StartHttp()) return failure;
  if (auto failure = OpenEngine()) return failure;
  DriveCommits();
  // Before calls are served: a start that fails from then on would have to stop them first.
  auto key = OpenSigningKey(folder_->path(), clock_);
  if (!key.ok()) return Failure{ExitCodeOfDataFolder(key.error()), std::move(key).error()};
  if (auto failure = StartNative()) return failure;
  StartAws(*std::move(key));

  watch_.emplace(
      folder_->space(), folder_->kv(), [this](auto why) { TellStorageFull(std::move(why)); },
      [this](const Error& error) { TellStoreFailed(error); });
  watch_->Look();
  strand_ = std::thread([this] { loop_.Run(); });
  readiness_.Unblock("starting");
  Log(LogLevel::kInfo, "ready", {{"after", FormatDuration(clock_.Monotonic() - started_monotonic_)}});
  TellServiceManager(kReady);
  return std::nullopt;
}

void Daemon::WarnOfStrangers() const {
  if (config_.grpc_address.IsLoopback() && config_.http_address.IsLoopback()) return;
  Log(LogLevel::kWarning, "no_authentication",
      {{"message",
        "there is no authentication and no encryption yet: whoever reaches these addresses may read, publish and delete"},
       {"grpc", config_.grpc_address.ToString()},
       {"http", config_.http_address.ToString()}});
}

void Daemon::WarnOfFewDescriptors() const {
  if (!descriptors_.few()) return;
  Log(LogLevel::kWarning, "few_descriptors",
      {{"message", "the process may open few files: raise the limit (ulimit -n, LimitNOFILE) for more connections"},
       {"limit", descriptors_.limit},
       {"http_connections", descriptors_.http_connections},
       {"table_files", descriptors_.table_files}});
}

std::optional<Failure> Daemon::StartHttp() {
  AddHealthRoutes(routes_, readiness_);
  net::ServerOptions options;
  options.host = config_.http_address.host;
  options.port = config_.http_address.port;
  options.max_connections = descriptors_.http_connections;
  options.max_descriptor = descriptors_.http_below;
  auto http = net::Server::Start(
      std::move(options),
      [this](net::Request request, net::Responder responder) {
        routes_.Handle(std::move(request), std::move(responder));
      },
      clock_);
  if (!http.ok()) {
    Error error = std::move(http).error();
    error.message += "; choose another with --http-address";
    return Failure{ExitCode::kAddress, std::move(error)};
  }
  http_ = *std::move(http);
  const ListenAddress bound{config_.http_address.host, http_->port()};
  Log(LogLevel::kInfo, "listening", {{"api", "http"}, {"address", bound.ToString()}});
  return std::nullopt;
}

std::optional<Failure> Daemon::OpenEngine() {
  storage::DataFolderOptions options;
  options.rocksdb.block_cache_bytes = config_.block_cache_bytes;
  options.rocksdb.memtable_bytes = config_.write_buffer_bytes;
  options.rocksdb.max_open_files = descriptors_.table_files;
  auto folder = storage::DataFolder::Open(config_.data, entropy_, std::move(options));
  if (!folder.ok()) return Failure{ExitCodeOfDataFolder(folder.error()), std::move(folder).error()};
  folder_ = *std::move(folder);

  engine::EngineOptions engine_options;
  engine_options.tail_cache_bytes = config_.tail_cache_bytes;
  engine_options.read_ahead_bytes = config_.read_ahead_bytes;
  engine_options.clock_max_forward = config_.clock_max_forward;
  engine_options.max_topics = config_.max_topics;
  engine_options.max_queues = config_.max_queues;
  engine_options.max_subscriptions = config_.max_subscriptions;
  engine_options.max_snapshots = config_.max_snapshots;
  engine_options.max_running_tasks = config_.max_running_tasks;
  const storage::GroupState recovered = folder_->committer().state();
  auto engine = engine::Engine::Open(
      engine::EngineDeps{.clock = clock_, .entropy = entropy_, .kv = folder_->kv(), .strand = loop_, .reads = reads_},
      engine_options, recovered);
  if (!engine.ok()) return Failure{ExitCodeOfDataFolder(engine.error()), std::move(engine).error()};
  engine_ = *std::move(engine);
  Log(LogLevel::kInfo, "recovered", {{"group", recovered.number}});
  return std::nullopt;
}

void Daemon::DriveCommits() {
  if (config_.commit != CommitMode::kInline) {
    commit_thread_.emplace(
        folder_->committer(),
        [this](engine::PendingGroup group) {
          // Shared because work that is posted must be copyable; it has one owner at a time.
          auto durable = std::make_shared<engine::PendingGroup>(std::move(group));
          loop_.Post([this, durable] { loop_.Committed(std::move(*durable)); });
        },
        [](const Error& error) { EndOnFailedCommit(error); });
  }
  loop_.Drive(*engine_, [this](engine::PendingGroup group) {
    if (group.commit.batch != nullptr) watch_->Wrote(group.commit.batch->size_bytes());
    if (!CommitsInline(group)) return commit_thread_->Submit(std::move(group));
    if (auto done = folder_->committer().Commit(std::move(group.commit)); !done.ok()) EndOnFailedCommit(done.error());
    loop_.Committed(std::move(group));
  });
}

// A group of a few calls is soonest durable without a hand-over between threads; while a large one is written, the engine's
// thread may as well take in the next.
bool Daemon::CommitsInline(const engine::PendingGroup& group) const {
  constexpr std::size_t kLargeBytes = 192u << 10;
  return config_.commit == CommitMode::kInline ||
         (config_.commit == CommitMode::kAuto && group.commit.batch->size_bytes() < kLargeBytes);
}

std::function<std::string(std::string_view)> Daemon::ResolveNamespace() const {
  auto aliases = model::NamespaceAliases::Make(config_.namespace_alias);
  BROKER_CHECK(aliases.ok());  // the setting's own check made sure of it
  return [names = *std::move(aliases)](std::string_view id) { return names.Resolve(id); };
}

std::optional<Failure> Daemon::StartNative() {
  native::NativeOptions options;
  options.host = config_.grpc_address.host;
  options.port = config_.grpc_address.port;
  options.max_descriptor = descriptors_.grpc_below;
  options.resolve_namespace = ResolveNamespace();
  options.facts = [this] { return Facts(); };
  native_ = std::make_unique<native::NativeServer>(std::move(options), loop_, *engine_, clock_);
  if (auto started = native_->Start(); !started.ok()) {
    Error error = std::move(started).error();
    error.message += "; choose another with --grpc-address";
    return Failure{ExitCode::kAddress, std::move(error)};
  }
  const ListenAddress bound{config_.grpc_address.host, native_->port()};
  Log(LogLevel::kInfo, "listening", {{"api", "grpc"}, {"address", bound.ToString()}});
  return std::nullopt;
}

void Daemon::StartAws(aws::sns::SigningKey key) {
  aws_.emplace(aws::Naming{.public_url = config_.aws_public_url, .default_region = config_.aws_region},
               aws::Backend{.engine = *engine_,
                            .clock = clock_,
                            .entropy = entropy_,
                            .resolve_namespace = ResolveNamespace(),
                            .folder_id = folder_->id(),
                            .strict = config_.aws_strict},
               std::move(key), loop_);
  aws_->AddTo(routes_);
}

void Daemon::TellStorageFull(std::optional<std::string> why) {
  if (why) {
    Log(LogLevel::kError, "storage_full", {{"message", *why}});
    readiness_.Warn("storage_full", *why);
  } else {
    Log(LogLevel::kInfo, "storage_has_room", {{"folder", folder_->path()}});
    readiness_.Unwarn("storage_full");
  }
  loop_.Post([this, why = std::move(why)] {
    storage_full_ = why;
    engine_->SetStorageFull(why);
  });
}

// What only reads may still go on; the next commit ends the process.
void Daemon::TellStoreFailed(const Error& error) {
  const bool damaged = error.code == ErrorCode::kDataLoss;
  Log(LogLevel::kError, damaged ? "store_damaged" : "store_failed",
      {{"reason", error.reason}, {"message", error.message}, {"do", AdviceAfterCommit(error)}});
  readiness_.Block(damaged ? "store_damaged" : "store_failed", error.message);
}

native::ServerFacts Daemon::Facts() const {
  return {.version = BROKER_VERSION,
          .folder_id = fmt::format("{:016x}", folder_->id()),
          .started = started_,
          .started_monotonic = started_monotonic_,
          .storage_full = storage_full_};
}

void Daemon::Stop(std::string_view signal) {
  readiness_.Block("stopping", "told to by " + std::string(signal));
  Log(LogLevel::kInfo, "stopping", {{"signal", signal}, {"grace", FormatDuration(config_.shutdown_grace)}});
  TellServiceManager(kStopping);
  const MonotonicTime end = clock_.Monotonic() + config_.shutdown_grace;
  loop_.Post([this] { aws_->Drain([] {}); });
  // Health is answered until nothing else is left to answer.
  const bool calls_ended = native_->Drain(config_.shutdown_grace);
  const bool requests_ended = http_->Drain(end - clock_.Monotonic());
  if (!calls_ended || !requests_ended) {
    Log(LogLevel::kWarning, "grace_passed", {{"message", "calls that were still in flight are cut off"}});
  }
  http_.reset();  // while the strand still answers whatever reached it
  native_->Stop();
  strand_.join();
  commit_thread_.reset();
  reads_.Stop();
  // Leases were written without a sync each: one for all, so that a power cut after a stop takes none back.
  storage::CommitGroup last;
  last.batch = folder_->kv().NewBatch();
  last.engine_time = folder_->committer().state().engine_time;
  if (auto done = folder_->committer().Commit(std::move(last)); !done.ok()) EndOnFailedCommit(done.error());
  Log(LogLevel::kInfo, "stopped", {{"group", folder_->committer().state().number}});
}

}  // namespace

ExitCode RunDaemon(const Config& config, StopSignals& signals) {
  const auto descriptors = ShareDescriptors(RaiseDescriptorLimit());
  if (!descriptors.ok()) {
    fmt::print(stderr, "brokerd: {}\n", descriptors.error().message);
    return ExitCode::kConfiguration;
  }
  Daemon daemon(config, *descriptors);
  if (auto failure = daemon.Start()) {
    fmt::print(stderr, "brokerd: {}\n", failure->error.message);
    return failure->code;
  }
  std::string_view signal;
  while ((signal = signals.Wait(kWatchInterval)).empty()) daemon.Watch();
  signals.LetTheNextAbort();
  daemon.Stop(signal);
  return ExitCode::kOk;
}

}  // namespace broker::server
