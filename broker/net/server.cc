#include "broker/net/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "broker/base/log.h"
#include "broker/net/io_loop.h"

namespace broker::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string Text(const ServerOptions& options) {
  const bool v6 = options.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", options.host, options.port) : fmt::format("{}:{}", options.host, options.port);
}

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, Handler handler, const Clock& clock)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(handler), clock)) {
    for (int i = 0; i < shared_->options.threads; ++i) loops_.push_back(std::make_shared<IoLoop>(shared_));
    acceptor_.emplace(loops_.front()->context());
    retry_.emplace(loops_.front()->context());
  }
  ~ServerImpl() override {
    for (const auto& loop : loops_) loop->Stop();
  }

  Status Listen() {
    const ServerOptions& options = shared_->options;
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(options.host, error), options.port);
    if (!error) acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_->local_endpoint(error).port();
    if (error) {
      const bool in_use = error == asio::error::address_in_use;
      return Error(in_use ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument,
                   in_use ? "ADDRESS_IN_USE" : "CANNOT_LISTEN",
                   fmt::format("cannot listen on {} for http: {}", Text(options), error.message()));
    }
    Accept();
    for (const auto& loop : loops_) loop->Run();
    return {};
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return shared_->connections; }

  bool Drain(Nanos grace) override {
    std::vector<std::future<void>> drained;
    for (const auto& loop : loops_) {
      // Shared because posted work must be copyable.
      auto done = std::make_shared<std::promise<void>>();
      drained.push_back(done->get_future());
      asio::post(loops_.front()->context(), [this, &loop = *loop, done = std::move(done)]() mutable {
        error_code ignored;
        acceptor_->close(ignored);
        retry_->cancel();
        // After what this thread has handed over.
        asio::post(loop.context(), [&loop, done = std::move(done)] {
          loop.Drain([done, told = false]() mutable {
            if (!std::exchange(told, true)) done->set_value();
          });
        });
      });
    }
    const MonotonicTime end = shared_->clock.Monotonic() + grace;
    bool all = true;
    for (const auto& each : drained) {
      const Nanos left = std::max(Nanos(0), Nanos(end - shared_->clock.Monotonic()));
      all = each.wait_for(left) == std::future_status::ready && all;
    }
    return all;
  }

 private:
  // On the first loop's thread.
  void Accept() {
    const std::shared_ptr<IoLoop>& loop = loops_[next_];
    next_ = (next_ + 1) % loops_.size();
    acceptor_->async_accept(loop->context(), [this, &loop](error_code error, tcp::socket socket) {
      if (!acceptor_->is_open() || error == asio::error::operation_aborted) return;
      if (error) return AcceptLater(error);
      Take(*loop, std::move(socket));
      Accept();
    });
  }

  // Out of file descriptors, most likely: that passes when connections end, and must not spin until then.
  void AcceptLater(error_code why) {
    Log(LogLevel::kWarning, "http_accept_failed", {{"reason", why.message()}});
    retry_->expires_after(std::chrono::seconds(1));
    retry_->async_wait([this](error_code stopped) {
      if (!stopped) Accept();
    });
  }

  void Take(IoLoop& loop, tcp::socket socket) {
    const ServerOptions& options = shared_->options;
    if (shared_->connections >= options.max_connections || socket.native_handle() >= options.max_descriptor) {
      if (!std::exchange(full_, true)) {
        Log(LogLevel::kWarning, "http_connections_full",
            {{"limit", options.max_connections}, {"descriptors", options.max_descriptor}});
      }
      return;  // closes it
    }
    full_ = false;
    ++shared_->connections;
    asio::dispatch(loop.context(), [&loop, socket = std::move(socket)]() mutable { loop.Adopt(std::move(socket)); });
  }

  const std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<IoLoop>> loops_;
  std::optional<tcp::acceptor> acceptor_;     // of the first loop, as are the rest
  std::optional<asio::steady_timer> retry_;
  std::size_t next_ = 0;
  bool full_ = false;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, Handler handler, const Clock& clock) {
  auto server = std::make_unique<ServerImpl>(std::move(options), std::move(handler), clock);
  BROKER_RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace broker::net
