#include "broker/native/acceptor.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <limits>

namespace broker::native {
namespace {

constexpr int kAnyDescriptor = std::numeric_limits<int>::max();

// A client's socket.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { ::close(socket_); }
  bool connected() const { return connected_; }
  bool ClosedByServer() {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  const int socket_;
  bool connected_ = false;
};

TEST(Acceptor, HandsOverWhoeverComesAlsoBeforeItStarts) {
  auto acceptor = Acceptor::Listen("127.0.0.1", 0).value();
  Client early(acceptor->port());
  ASSERT_TRUE(early.connected());
  std::promise<int> taken;
  acceptor->Start(kAnyDescriptor, [&](int descriptor) { taken.set_value(descriptor); });
  const int descriptor = taken.get_future().get();
  EXPECT_GE(descriptor, 0);
  ::close(descriptor);
  EXPECT_TRUE(early.ClosedByServer());
}

TEST(Acceptor, ADescriptorThatIsTooHighIsClosed) {
  auto acceptor = Acceptor::Listen("127.0.0.1", 0).value();
  acceptor->Start(0, [](int) { ADD_FAILURE() << "it was taken"; });
  Client client(acceptor->port());
  EXPECT_TRUE(client.ClosedByServer());
}

TEST(Acceptor, ThePortIsFreeAgainAtTheEnd) {
  auto acceptor = Acceptor::Listen("127.0.0.1", 0).value();
  const std::uint16_t port = acceptor->port();
  acceptor->Start(kAnyDescriptor, [](int) {});
  EXPECT_FALSE(Acceptor::Listen("127.0.0.1", port).ok());
  acceptor.reset();
  EXPECT_FALSE(Client(port).connected());
  EXPECT_TRUE(Acceptor::Listen("127.0.0.1", port).ok());
}

TEST(Acceptor, WhereItCannotListenIsSaid) {
  const auto elsewhere = Acceptor::Listen("192.0.2.1", 0);
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_EQ(elsewhere.error().reason, "CANNOT_LISTEN");
  EXPECT_EQ(elsewhere.error().message, "cannot listen on 192.0.2.1:0 for grpc: Cannot assign requested address");
  EXPECT_FALSE(Acceptor::Listen("localhost", 0).ok());
}

}  // namespace
}  // namespace broker::native
