#include "broker/base/ip_network.h"

#include <gtest/gtest.h>

namespace broker {
namespace {

struct Case {
  std::string_view network;
  std::string_view address;
  bool contains;
};

class Network : public testing::TestWithParam<Case> {};
TEST_P(Network, ContainsTheAddressesOfItsPrefix) {
  const auto network = IpNetwork::Parse(GetParam().network);
  ASSERT_TRUE(network.has_value());
  const auto address = IpNetwork::ParseAddress(GetParam().address);
  EXPECT_EQ(address && network->Contains(*address), GetParam().contains)
      << GetParam().address << " in " << GetParam().network;
}
INSTANTIATE_TEST_SUITE_P(Table, Network,
                         testing::Values(Case{"10.0.0.0/8", "10.255.1.2", true}, Case{"10.0.0.0/8", "11.0.0.0", false},
                                         Case{"10.1.2.3/8", "10.9.9.9", true}, Case{"0.0.0.0/0", "1.2.3.4", true},
                                         Case{"192.168.1.128/25", "192.168.1.127", false},
                                         Case{"192.168.1.128/25", "192.168.1.129", true},
                                         Case{"1.2.3.4", "1.2.3.4", true}, Case{"1.2.3.4/32", "1.2.3.5", false},
                                         Case{"2001:db8::/32", "2001:db8:1::1", true},
                                         Case{"2001:db8::/33", "2001:db8:8000::1", false},
                                         Case{"::/0", "1.2.3.4", false}, Case{"0.0.0.0/0", "::1", false},
                                         Case{"10.0.0.0/8", "10.0.0", false}, Case{"10.0.0.0/8", "", false},
                                         Case{"10.0.0.0/8", "10.0.0.1/8", false},
                                         Case{"10.0.0.0/8", "a text longer than any address could ever be, by far", false}));

TEST(Network, ContainsSmallerOnesAndComesBeforeThem) {
  const auto network = [](std::string_view text) { return *IpNetwork::Parse(text); };
  EXPECT_TRUE(network("10.0.0.0/8").Contains(network("10.9.0.0/16")));
  EXPECT_TRUE(network("10.0.0.0/8").Contains(network("10.0.0.0/8")));
  EXPECT_FALSE(network("10.9.0.0/16").Contains(network("10.0.0.0/8")));
  EXPECT_FALSE(network("10.0.0.0/8").Contains(network("11.0.0.0/16")));
  EXPECT_FALSE(network("0.0.0.0/0").Contains(network("::/0")));
  EXPECT_EQ(network("10.1.2.3/8"), network("10.0.0.0/8"));
  EXPECT_LT(network("10.0.0.0/8"), network("10.0.0.0/9"));
  EXPECT_LT(network("10.0.0.0/9"), network("10.128.0.0/9"));
  EXPECT_LT(network("255.0.0.0/8"), network("::/0"));
}

TEST(Network, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "2001:db8::/129",
                                      "ten", "10.0.0/8", "10.0.0.0.0"}) {
    EXPECT_FALSE(IpNetwork::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace broker
