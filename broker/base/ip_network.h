// An IPv4 or IPv6 network such as "10.0.0.0/8", and whether an address lies in it. Immutable value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace broker {

class IpNetwork {
 public:
  // ADDRESS or ADDRESS/BITS; without bits the one address. Bits of the address below the prefix are ignored.
  static std::optional<IpNetwork> Parse(std::string_view text);

  // False for what is no address, and for one of the other version. Allocates nothing.
  bool Contains(std::string_view address) const;

 private:
  struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};
  };
  static std::optional<Address> ParseAddress(std::string_view text);

  Address base_;
  unsigned bits_ = 0;
};

}  // namespace broker
