#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "broker/base/check.h"

namespace broker::test {

HttpClient::HttpClient(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  BROKER_CHECK(socket_ >= 0);
  const timeval patience{60, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const int now = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BROKER_CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

HttpClient::~HttpClient() { ::close(socket_); }

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void HttpClient::FinishSending() { ::shutdown(socket_, SHUT_WR); }

void HttpClient::Reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(socket_);
  socket_ = -1;
}

bool HttpClient::Fill() {
  char buffer[16 * 1024];
  const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::optional<net::Response> HttpClient::Receive(bool head_only) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  net::Response response;
  response.status = std::atoi(received_.c_str() + std::string_view("HTTP/1.1 ").size());
  for (std::size_t line = received_.find("\r\n") + 2; line < end + 2;) {
    const std::size_t next = received_.find("\r\n", line);
    const std::size_t colon = received_.find(": ", line);
    response.headers.push_back({received_.substr(line, colon - line), received_.substr(colon + 2, next - colon - 2)});
    line = next + 2;
  }
  received_.erase(0, end + 4);
  if (response.status < 200) return response;
  const auto length = net::FindHeader(response.headers, "Content-Length");
  const std::size_t size = length && !head_only ? std::stoul(std::string(*length)) : 0;
  while (received_.size() < size) {
    if (!Fill()) return std::nullopt;
  }
  response.body = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

std::optional<net::Response> HttpClient::Call(std::string_view bytes) {
  Send(bytes);
  return Receive();
}

std::string HttpClient::ReceiveAll() {
  while (Fill()) {
  }
  return std::move(received_);
}

std::string Get(std::string_view target) { return fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", target); }

std::string Post(std::string_view target, std::string_view body, std::string_view more_headers) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: test\r\n{}Content-Length: {}\r\n\r\n{}", target, more_headers,
                     body.size(), body);
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  BROKER_CHECK(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  BROKER_CHECK(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

}  // namespace broker::test
