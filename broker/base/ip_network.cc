#include "broker/base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace broker {
namespace {

// Of an address's byte, the bits that belong to the prefix.
std::uint8_t Mask(unsigned prefix_bits, unsigned byte) {
  const unsigned in_byte = std::clamp(prefix_bits, 8 * byte, 8 * byte + 8) - 8 * byte;
  return static_cast<std::uint8_t>(0xffu << (8 - in_byte));
}

}  // namespace

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
  for (unsigned byte = 0; byte < network.base_.bytes.size(); ++byte) network.base_.bytes[byte] &= Mask(network.bits_, byte);
  return network;
}

bool IpNetwork::Contains(const Address& address) const {
  if (address.v6 != base_.v6) return false;
  for (unsigned byte = 0; 8 * byte < bits_; ++byte) {
    if (((address.bytes[byte] ^ base_.bytes[byte]) & Mask(bits_, byte)) != 0) return false;
  }
  return true;
}

}  // namespace broker
