#include "broker/base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace broker {

std::optional<IpNetwork::Address> IpNetwork::ParseAddress(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  Address address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = ParseAddress(text.substr(0, slash));
  if (!base) return std::nullopt;
  const unsigned most = base->v6 ? 128 : 32;
  IpNetwork network;
  network.base_ = *base;
  network.bits_ = most;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    const char* end = bits.data() + bits.size();
    const auto [at, error] = std::from_chars(bits.data(), end, network.bits_);
    if (error != std::errc() || at != end || network.bits_ > most) return std::nullopt;
  }
  return network;
}

bool IpNetwork::Contains(std::string_view text) const {
  const auto address = ParseAddress(text);
  if (!address || address->v6 != base_.v6) return false;
  for (unsigned bit = 0; bit < bits_; bit += 8) {
    const unsigned left = std::min(8u, bits_ - bit);
    const auto mask = static_cast<std::uint8_t>(0xffu << (8 - left));
    if (((address->bytes[bit / 8] ^ base_.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace broker
