#include "broker/native/acceptor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "broker/base/check.h"
#include "broker/base/log.h"

namespace broker::native {
namespace {

constexpr int kRetryMillis = 1'000;  // after an accept that failed

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = sizeof(bytes);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
};

std::optional<Address> MakeAddress(const std::string& host, std::uint16_t port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.bytes);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.bytes);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof(v4);
    return address;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof(v6);
    return address;
  }
  return std::nullopt;
}

std::uint16_t PortOf(int socket) {
  Address address;
  BROKER_CHECK(::getsockname(socket, address.get(), &address.size) == 0);
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address.bytes).sin_port);
}

bool Listens(int socket, Address& address) {
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) return false;
  // Accepted sockets inherit it: answers are small, and must not wait for one another.
  if (::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) return false;
  return ::bind(socket, address.get(), address.size) == 0 && ::listen(socket, SOMAXCONN) == 0;
}

bool IsConnected(int socket) {
  Address peer;
  return ::getpeername(socket, peer.get(), &peer.size) == 0;
}

// A client that has gone again while it waited in the backlog.
bool IsOfTheClient(int error) { return error == ECONNABORTED || error == EINTR || error == EAGAIN || error == EPROTO; }

}  // namespace

Result<std::unique_ptr<Acceptor>> Acceptor::Listen(const std::string& host, std::uint16_t port) {
  const auto fail = [&](std::string_view why) {
    const bool v6 = host.find(':') != std::string::npos;
    return Error(ErrorCode::kUnavailable, "CANNOT_LISTEN",
                 fmt::format("cannot listen on {}{}{}:{} for grpc: {}", v6 ? "[" : "", host, v6 ? "]" : "", port, why));
  };
  auto address = MakeAddress(host, port);
  if (!address) return fail("that is no IP address");
  const int socket = ::socket(address->bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(std::strerror(errno));
  const int wake = Listens(socket, *address) ? ::eventfd(0, EFD_CLOEXEC) : -1;
  if (wake < 0) {
    const int why = errno;
    ::close(socket);
    return fail(std::strerror(why));
  }
  return std::unique_ptr<Acceptor>(new Acceptor(socket, wake, PortOf(socket)));
}

Acceptor::~Acceptor() {
  if (thread_.joinable()) {
    BROKER_CHECK(::eventfd_write(wake_, 1) == 0);
    thread_.join();
  }
  ::close(listening_);
  ::close(wake_);
}

void Acceptor::Start(int max_descriptor, Take take) {
  BROKER_CHECK(!thread_.joinable());
  thread_ = std::thread([this, max_descriptor, take = std::move(take)] { Run(max_descriptor, take); });
}

void Acceptor::Run(int max_descriptor, const Take& take) {
  bool full = false;
  while (Wait(/*for_clients=*/true, -1)) {
    const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (IsOfTheClient(errno)) continue;
      // It passes when others give descriptors or memory back, and must not spin until then.
      Log(LogLevel::kWarning, "grpc_accept_failed", {{"reason", std::strerror(errno)}});
      if (!Wait(/*for_clients=*/false, kRetryMillis)) return;
    } else if (socket >= max_descriptor) {
      ::close(socket);
      if (!std::exchange(full, true))
        Log(LogLevel::kWarning, "grpc_connections_full", {{"descriptors", max_descriptor}});
    } else if (!IsConnected(socket)) {
      ::close(socket);
    } else {
      full = false;
      take(socket);
    }
  }
}

bool Acceptor::Wait(bool for_clients, int patience_ms) const {
  pollfd looks[] = {{wake_, POLLIN, 0}, {listening_, POLLIN, 0}};
  int found = 0;
  do {
    found = ::poll(looks, for_clients ? 2 : 1, patience_ms);
  } while (found < 0 && errno == EINTR);
  return looks[0].revents == 0;
}

}  // namespace broker::native
