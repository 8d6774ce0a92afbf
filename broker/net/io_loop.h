// One thread of the server with its connections: reading, writing, and once in sweep_interval a look at who is late.
// Private to broker/net. Thread contract: Post, Run and Stop from any thread; the rest on the loop's own.
// Shared by the server and by Responders, which may outlive it.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "broker/net/connection.h"
#include "broker/net/server.h"

namespace broker::net {

// What all loops of a server share.
struct Shared {
  Shared(ServerOptions o, Handler h, const Clock& c) : options(std::move(o)), handler(std::move(h)), clock(c) {}

  const ServerOptions options;
  const Handler handler;
  const Clock& clock;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> held_bytes{0};  // of requests being read or handled
};

class IoLoop : public std::enable_shared_from_this<IoLoop> {
 public:
  explicit IoLoop(std::shared_ptr<Shared> shared);

  boost::asio::io_context& context() { return context_; }
  void Run();
  // Ends the thread, and with it every connection.
  void Stop();

  // Of the server. `socket` belongs to this loop's context.
  void Adopt(Stream::Socket socket);
  // `done` once there is no connection any more.
  void Drain(std::function<void()> done);

  // Of connections.
  const ServerOptions& options() const { return shared_->options; }
  bool draining() const { return drained_ != nullptr; }
  std::span<char> scratch() { return scratch_; }
  MonotonicTime Now() const { return shared_->clock.Monotonic(); }
  const std::string& Date();
  void Handle(Request request, std::weak_ptr<Connection> connection, std::uint64_t exchange);
  void Forget(const std::shared_ptr<Connection>& connection);
  void HeldChanged(std::size_t from, std::size_t to) { shared_->held_bytes += to - from; }  // wraps, so it may shrink
  void AnswerChanged(std::size_t from, std::size_t to) { answers_bytes_ += to - from; }
  // Closes who has been taking an answer the longest, but never `but`, until all answers are within their bound.
  void BoundAnswers(const Connection& but);
  bool HasRoom() const { return shared_->held_bytes <= options().all_bodies_bytes; }

 private:
  void SweepLater();
  void Sweep();

  const std::shared_ptr<Shared> shared_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::function<void()> drained_;
  std::size_t answers_bytes_ = 0;
  std::vector<char> scratch_;
  std::string date_;
  std::chrono::seconds date_second_{-1};
  boost::asio::io_context context_{1};
  boost::asio::steady_timer sweep_timer_{context_};
  std::thread thread_;
};

}  // namespace broker::net
