#include "broker/net/io_loop.h"

#include "broker/net/responder.h"
#include "broker/net/response_head.h"

namespace broker::net {

IoLoop::IoLoop(std::shared_ptr<Shared> shared) : shared_(std::move(shared)), scratch_(64u << 10) {}

void IoLoop::Run() {
  SweepLater();
  thread_ = std::thread([this] { context_.run(); });
}

void IoLoop::Stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  for (auto connections = std::exchange(connections_, {}); const auto& connection : connections) connection->Abandon();
}

void IoLoop::Adopt(Stream::Socket socket) {
  auto connection = std::make_shared<Connection>(*this, std::move(socket));
  connections_.insert(connection);
  connection->Start();
}

void IoLoop::Forget(const std::shared_ptr<Connection>& connection) {
  --shared_->connections;
  connections_.erase(connection);
  if (drained_ && connections_.empty()) drained_();
}

void IoLoop::BoundAnswers(const Connection& but) {
  while (answers_bytes_ > options().all_answers_bytes) {
    std::shared_ptr<Connection> slowest;
    for (const auto& connection : connections_) {
      if (!connection->writing_until() || connection.get() == &but) continue;
      if (!slowest || *connection->writing_until() < *slowest->writing_until()) slowest = connection;
    }
    if (!slowest) return;
    slowest->Close();
  }
}

void IoLoop::Drain(std::function<void()> done) {
  drained_ = std::move(done);
  if (connections_.empty()) return drained_();
  for (const auto open = connections_; const auto& connection : open) connection->Drain();
}

void IoLoop::SweepLater() {
  sweep_timer_.expires_after(options().sweep_interval);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) Sweep();
  });
}

void IoLoop::Sweep() {
  const MonotonicTime now = Now();
  for (const auto open = connections_; const auto& connection : open) connection->Sweep(now);
  SweepLater();
}

const std::string& IoLoop::Date() {
  const Time now = shared_->clock.Wall();
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (second != date_second_) {
    date_second_ = second;
    date_ = HttpDate(now);
  }
  return date_;
}

void IoLoop::Handle(Request request, std::weak_ptr<Connection> connection, std::uint64_t exchange) {
  shared_->handler(std::move(request), Responder(std::make_unique<Responder::Exchange>(
                                           shared_from_this(), std::move(connection), exchange)));
}

}  // namespace broker::net
