// What a load balancer or a person with curl sees. Requests go over real sockets, written by hand.
#include "broker/server/health_http.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace broker::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval deadline{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(const std::string& bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  // Everything until the other side closes.
  std::string ReadAll() {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return all;
      all.append(buffer, static_cast<std::size_t>(got));
    }
  }

  std::string ReadUntil(const std::string& end) {
    std::string all;
    char c = 0;
    while (!all.ends_with(end) && ::recv(socket_, &c, 1, 0) == 1) all += c;
    return all;
  }

 private:
  int socket_;
};

class HealthHttpTest : public ::testing::Test {
 protected:
  HealthHttpTest() {
    auto started = HealthHttp::Start(ListenAddress{"127.0.0.1", 0}, readiness_);
    EXPECT_TRUE(started.ok()) << started.error().message;
    server_ = *std::move(started);
  }

  std::string Request(const std::string& line) {
    Client client(server_->port());
    client.Send(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return client.ReadAll();
  }

  Readiness readiness_;
  std::unique_ptr<HealthHttp> server_;
};

TEST_F(HealthHttpTest, IsLiveFromTheStartButReadyOnlyWhenNothingStandsInTheWay) {
  EXPECT_THAT(Request("GET /livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Request("GET /readyz"), ::testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\"ready\":false"),
                                                       HasSubstr("\"starting\":\"reading the data folder\"")));
  readiness_.Unblock("starting");
  EXPECT_THAT(Request("GET /readyz"),
              ::testing::AllOf(StartsWith("HTTP/1.1 200"),
                               HasSubstr(R"({"ready":true,"reasons":{},"warnings":{}})")));
  readiness_.Block("stopping", "told to");
  EXPECT_THAT(Request("GET /readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Request("GET /livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HealthHttpTest, AWarningDoesNotTakeReadinessAway) {
  readiness_.Unblock("starting");
  readiness_.Warn("storage_full", "1 \"GiB\" left");
  EXPECT_THAT(Request("GET /readyz?verbose"),
              ::testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr(R"("warnings":{"storage_full":"1 \"GiB\" left"})")));
  readiness_.Unwarn("storage_full");
  EXPECT_THAT(Request("GET /readyz"), HasSubstr(R"("warnings":{})"));
}

TEST_F(HealthHttpTest, OtherPathsAndMethodsAreRefused) {
  EXPECT_THAT(Request("GET /"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Request("DELETE /livez"), StartsWith("HTTP/1.1 405"));
}

TEST_F(HealthHttpTest, HeadAnswersWithoutABody) {
  EXPECT_THAT(Request("HEAD /livez"), ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(HealthHttpTest, AConnectionCanBeUsedAgain) {
  Client client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("}\n"), HasSubstr("200 OK"));
  }
}

TEST_F(HealthHttpTest, WhatIsNotHttpIsClosed) {
  Client client(server_->port());
  client.Send("nonsense\r\n\r\n");
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(HealthHttpTest, HeadersBeyondTheBoundAreClosed) {
  Client client(server_->port());
  client.Send("GET /livez HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(HealthHttpTest, ConnectionsBeyondTheBoundAreClosedAndRoomComesBack) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < HealthHttp::kMaxConnections; ++i) {
    clients.push_back(std::make_unique<Client>(server_->port()));
    clients.back()->Send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_THAT(clients.back()->ReadUntil("}\n"), HasSubstr("200 OK"));
  }
  Client refused(server_->port());
  EXPECT_EQ(refused.ReadAll(), "");

  // The bound is met again once an earlier one has been seen to end.
  clients.front()->Send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  clients.front()->ReadAll();
  clients.front().reset();
  std::string answer;
  for (int attempt = 0; attempt < 10'000 && answer.empty(); ++attempt) {
    answer = Request("GET /livez");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST_F(HealthHttpTest, AnAddressInUseIsNamed) {
  const auto second = HealthHttp::Start(ListenAddress{"127.0.0.1", server_->port()}, readiness_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "ADDRESS_IN_USE");
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(server_->port())));
}

TEST_F(HealthHttpTest, StopsWithConnectionsOpen) {
  Client client(server_->port());
  client.Send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReadUntil("}\n");
  server_.reset();
  EXPECT_EQ(client.ReadAll(), "");
}

}  // namespace
}  // namespace broker::server
