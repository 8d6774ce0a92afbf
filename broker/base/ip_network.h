// An IPv4 or IPv6 network such as "10.0.0.0/8", and whether an address lies in it. Immutable value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace broker {

class IpNetwork {
 public:
  struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Address&) const = default;
  };
  static std::optional<Address> ParseAddress(std::string_view text);  // allocates nothing

  // ADDRESS or ADDRESS/BITS; without bits the one address. Bits of the address below the prefix are ignored.
  static std::optional<IpNetwork> Parse(std::string_view text);

  // False for one of the other version.
  bool Contains(const Address& address) const;
  // Whether all of the other's addresses lie in it.
  bool Contains(const IpNetwork& other) const { return bits_ <= other.bits_ && Contains(other.base_); }
  const Address& first() const { return base_; }
  // By the first address; of those that share it the larger network comes first.
  auto operator<=>(const IpNetwork&) const = default;

 private:
  Address base_;  // bits below the prefix are 0
  unsigned bits_ = 0;
};

}  // namespace broker
