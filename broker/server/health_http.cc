// The only unit that instantiates Beast: it takes long to compile.
#include "broker/server/health_http.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <string>
#include <thread>

#include "broker/base/log.h"

namespace broker::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr unsigned kMaxHeaderBytes = 8u << 10;

using Response = http::response<http::string_body>;

Response Answer(const http::request<http::empty_body>& request, const Readiness& readiness) {
  Response response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  const std::string path(request.target().substr(0, request.target().find('?')));
  if (path != "/livez" && path != "/readyz") {
    response.result(http::status::not_found);
    response.body() = R"({"error":"nothing here but /livez and /readyz"})" "\n";
  } else if (!reads) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = R"({"error":"only GET and HEAD"})" "\n";
  } else if (path == "/livez") {
    response.body() = R"({"live":true})" "\n";
  } else {
    response.body() = readiness.Json();
    if (!readiness.ready()) response.result(http::status::service_unavailable);
  }
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

// One client. Confined to the io_context's one thread. Shared with the handlers of its own operations: it lives as long
// as one is pending.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const Readiness& readiness, int& open)
      : stream_(std::move(socket)), readiness_(readiness), open_(open) {
    ++open_;
  }
  ~Connection() { --open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->Write();
    });
  }

 private:
  void Write() {
    response_ = Answer(parser_->get(), readiness_);
    stream_.expires_after(kPatience);
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return;
      if (self->response_.keep_alive()) return self->Read();
      beast::error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  const Readiness& readiness_;
  int& open_;
  beast::flat_buffer buffer_{kMaxHeaderBytes};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response response_;
};

class Listener final : public HealthHttp {
 public:
  explicit Listener(const Readiness& readiness) : readiness_(readiness), acceptor_(context_) {}
  ~Listener() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Status Listen(const ListenAddress& address) {
    beast::error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(address.host, error), address.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      const bool in_use = error == asio::error::address_in_use;
      return Error(in_use ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument,
                   in_use ? "ADDRESS_IN_USE" : "CANNOT_LISTEN",
                   fmt::format("cannot listen on {} for http: {}; choose another with --http-address",
                               address.ToString(), error.message()));
    }
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        // Out of file descriptors, most likely: that passes when connections end, and must not spin until then.
        Log(LogLevel::kWarning, "http_accept_failed", {{"reason", error.message()}});
        retry_.expires_after(std::chrono::seconds(1));
        return retry_.async_wait([this](beast::error_code stopped) {
          if (!stopped) Accept();
        });
      }
      if (open_ < kMaxConnections) std::make_shared<Connection>(std::move(socket), readiness_, open_)->Read();
      Accept();
    });
  }

  const Readiness& readiness_;
  int open_ = 0;  // of the thread; outlives the context, whose handlers count it down
  std::uint16_t port_ = 0;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_{context_};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HealthHttp>> HealthHttp::Start(const ListenAddress& address, const Readiness& readiness) {
  auto listener = std::make_unique<Listener>(readiness);
  BROKER_RETURN_IF_ERROR(listener->Listen(address));
  return std::unique_ptr<HealthHttp>(std::move(listener));
}

}  // namespace broker::server
