#include "cli/bench_load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "broker/base/mutex.h"
#include "cli/proto_values.h"

namespace broker::cli {
namespace {

constexpr Nanos kReceiveWait = std::chrono::milliseconds(500);
constexpr const char* kSentAttribute = "sent_ns";  // on this process's monotonic clock

// What the threads share. All of it is atomic or locked; the rest of a worker is its own.
class Load {
 public:
  Load(const LoadPlan& plan, const Clock& clock)
      : plan_(plan), clock_(clock), began_(clock.Monotonic()), to_receive_(plan.messages * plan.sources.size()) {}

  void Publish(Client client) {
    LoadResult mine;
    const std::string body(plan_.size_bytes, 'x');
    while (!stopped_) {
      const std::uint64_t first = claimed_.fetch_add(plan_.batch);
      if (first >= plan_.messages) break;
      const MonotonicTime sent = clock_.Monotonic();
      v1::PublishRequest request;
      request.set_target(plan_.target);
      for (std::uint64_t i = first; i < std::min(first + plan_.batch, plan_.messages); ++i) {
        v1::PublishMessage& message = *request.add_messages();
        message.set_body(body);
        (*message.mutable_attributes())[kSentAttribute].set_number(std::to_string(sent.time_since_epoch().count()));
      }
      const auto answer = client.Call(&v1::Messages::Stub::Publish, request);
      if (!answer.ok()) return Fail(answer.error());
      for (const v1::PublishResult& result : answer->results()) {
        if (result.has_error()) return Fail(ErrorOf(result.error()));
      }
      const MonotonicTime now = clock_.Monotonic();
      mine.latencies.push_back((now - sent).count());
      mine.messages += static_cast<std::uint64_t>(answer->results_size());
      mine.seconds = Seconds(now);
      published_ += static_cast<std::uint64_t>(answer->results_size());
    }
    Merge(std::move(mine), &LoadReport::published);
  }

  void Receive(Client client, const std::string& source) {
    LoadResult mine;
    v1::ReceiveRequest request;
    request.set_source(source);
    request.set_max_messages(plan_.receive_batch);
    request.set_consumer("brokerctl bench");
    *request.mutable_wait() = ToProto(kReceiveWait);
    while (!stopped_ && received_ < to_receive_) {
      const auto answer = client.Call(&v1::Messages::Stub::Receive, request, kReceiveWait);
      if (!answer.ok()) return Fail(answer.error());
      if (answer->deliveries().empty()) continue;
      const MonotonicTime now = clock_.Monotonic();
      v1::AckRequest ack;
      ack.set_source(source);
      for (const v1::Delivery& delivery : answer->deliveries()) {
        ack.add_receipts(delivery.receipt());
        const auto sent = delivery.message().attributes().find(kSentAttribute);
        if (sent == delivery.message().attributes().end()) continue;
        mine.latencies.push_back(now.time_since_epoch().count() - std::atoll(sent->second.number().c_str()));
      }
      const auto acked = client.Call(&v1::Messages::Stub::Ack, ack);
      if (!acked.ok()) return Fail(acked.error());
      mine.messages += static_cast<std::uint64_t>(answer->deliveries_size());
      mine.seconds = Seconds(clock_.Monotonic());
      received_ += static_cast<std::uint64_t>(answer->deliveries_size());
    }
    Merge(std::move(mine), &LoadReport::received);
  }

  std::uint64_t published() const { return published_; }
  std::uint64_t received() const { return received_; }
  bool Over() const {
    const bool done = published_ >= plan_.messages && received_ >= to_receive_;
    return stopped_ || done || clock_.Monotonic() - began_ > plan_.at_most;
  }
  void Stop() { stopped_ = true; }

  // REQUIRES: the threads have ended.
  Result<LoadReport> Take() {
    const MutexLock lock(mutex_);
    if (error_) return *error_;
    report_.finished = published_ >= plan_.messages && received_ >= to_receive_;
    std::sort(report_.published.latencies.begin(), report_.published.latencies.end());
    std::sort(report_.received.latencies.begin(), report_.received.latencies.end());
    return std::move(report_);
  }

 private:
  double Seconds(MonotonicTime now) const { return std::chrono::duration<double>(now - began_).count(); }

  void Merge(LoadResult mine, LoadResult LoadReport::*kind) {
    const MutexLock lock(mutex_);
    LoadResult& into = report_.*kind;
    into.messages += mine.messages;
    into.seconds = std::max(into.seconds, mine.seconds);
    into.latencies.insert(into.latencies.end(), mine.latencies.begin(), mine.latencies.end());
  }
  void Fail(const Error& error) {
    stopped_ = true;
    const MutexLock lock(mutex_);
    if (!error_) error_ = error;
  }

  const LoadPlan& plan_;
  const Clock& clock_;
  const MonotonicTime began_;
  const std::uint64_t to_receive_;
  std::atomic<std::uint64_t> claimed_{0};
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> stopped_{false};
  Mutex mutex_;
  LoadReport report_ BROKER_GUARDED_BY(mutex_);
  std::optional<Error> error_ BROKER_GUARDED_BY(mutex_);
};

}  // namespace

Result<LoadReport> RunLoad(const LoadPlan& plan, const NewClient& new_client, const Clock& clock,
                           const LoadProgress& progress) {
  Load load(plan, clock);
  std::vector<std::thread> threads;
  for (const std::string& source : plan.sources) {
    for (std::uint32_t i = 0; i < plan.consumers; ++i) {
      threads.emplace_back(
          [&load, &source, client = new_client()]() mutable { load.Receive(std::move(client), source); });
    }
  }
  for (std::uint32_t i = 0; i < plan.publishers; ++i) {
    threads.emplace_back([&load, client = new_client()]() mutable { load.Publish(std::move(client)); });
  }
  while (!load.Over() && progress(load.published(), load.received())) {}
  load.Stop();
  for (std::thread& thread : threads) thread.join();
  return load.Take();
}

std::int64_t Percentile(const std::vector<std::int64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

}  // namespace broker::cli
