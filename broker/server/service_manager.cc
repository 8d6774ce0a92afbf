#include "broker/server/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <system_error>

#include "broker/base/log.h"

namespace broker::server {
namespace {

// 0, or the error.
int Send(std::string_view socket_name, std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_name.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
  std::copy(socket_name.begin(), socket_name.end(), address.sun_path);
  if (socket_name.front() == '@') address.sun_path[0] = '\0';  // an abstract name: one without a file

  const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (sender < 0) return errno;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name.size());
  const auto sent =
      ::sendto(sender, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  const int error = sent < 0 ? errno : 0;
  ::close(sender);
  return error;
}

}  // namespace

void TellServiceManager(std::string_view state) {
  const char* socket_name = std::getenv("NOTIFY_SOCKET");
  if (socket_name == nullptr || *socket_name == '\0') return;
  if (const int error = Send(socket_name, state); error != 0) {
    Log(LogLevel::kWarning, "service_manager_not_told",
        {{"state", state}, {"socket", socket_name}, {"reason", std::generic_category().message(error)}});
  }
}

}  // namespace broker::server
