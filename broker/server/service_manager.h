// Tells the service manager that started us how far we are, as systemd's Type=notify asks: one datagram to the socket
// that NOTIFY_SOCKET names (sd_notify(3)). Without that variable there is nobody to tell. This line of protocol is all
// that libsystemd would be wanted for.
#pragma once

#include <string_view>

namespace broker::server {

inline constexpr std::string_view kReady = "READY=1";
inline constexpr std::string_view kStopping = "STOPPING=1";

// One try, without waiting. A failure is a warning in the log: serving goes on, and the service manager has its own
// patience.
void TellServiceManager(std::string_view state);

}  // namespace broker::server
