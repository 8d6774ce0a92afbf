#include "broker/server/listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace broker::server {
namespace {

Error BadAddress(std::string_view text, std::string_view why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_ADDRESS",
               fmt::format("\"{}\" is not an address to listen on: {}; write one like 127.0.0.1:8085 or [::1]:8085",
                           text, why));
}

}  // namespace

Result<ListenAddress> ListenAddress::Parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return BadAddress(text, "the port is missing");
  const std::string_view port_text = text.substr(colon + 1);
  std::string_view host = text.substr(0, colon);

  ListenAddress address;
  const auto [end, errc] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), address.port);
  if (errc != std::errc() || end != port_text.data() + port_text.size()) {
    return BadAddress(text, "the port must be a number from 0 to 65535");
  }

  unsigned char bytes[sizeof(in6_addr)];
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    address.host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, address.host.c_str(), bytes) != 1) return BadAddress(text, "that is no IPv6 address");
    return address;
  }
  if (host == "localhost") host = "127.0.0.1";
  address.host = host;
  if (host.empty()) return BadAddress(text, "the host is missing");
  if (host.find(':') != std::string_view::npos) return BadAddress(text, "an IPv6 address stands in brackets");
  if (inet_pton(AF_INET, address.host.c_str(), bytes) != 1) {
    return BadAddress(text, "the host must be an IP address or localhost");
  }
  return address;
}

bool ListenAddress::IsLoopback() const {
  if (host.find(':') == std::string::npos) return host.starts_with("127.");
  in6_addr parsed{};
  return inet_pton(AF_INET6, host.c_str(), &parsed) == 1 && std::memcmp(&parsed, &in6addr_loopback, sizeof parsed) == 0;
}

std::string ListenAddress::ToString() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

}  // namespace broker::server
