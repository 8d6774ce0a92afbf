// What is refused before any handler, and who is too slow.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/net/gzip.h"
#include "tests/net/server_fixture.h"

namespace broker::net {
namespace {

using test::Get;
using test::HttpClient;
using test::Post;
using ::testing::HasSubstr;

class LimitsTest : public ServerTest {
 protected:
  LimitsTest() { options_.limits = Limits{.header_bytes = 4'096, .body_bytes = 100'000}; }

  // Sends `request`; expects that answer, and the connection to end after it.
  void ExpectRefused(const std::string& request, int status, const std::string& why) {
    HttpClient client(port());
    const auto answer = client.Call(request);
    ASSERT_TRUE(answer.has_value()) << request.substr(0, 100);
    EXPECT_EQ(answer->status, status) << request.substr(0, 100);
    EXPECT_THAT(answer->body, HasSubstr(why));
    EXPECT_TRUE(client.ClosedByServer());
  }
};

TEST_F(LimitsTest, WhatIsNotHttpIsRefusedAndClosed) {
  Start();
  ExpectRefused("nonsense\r\n\r\n", 400, "not a well-formed HTTP request");
  ExpectRefused("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "version");
  ExpectRefused("GET / HTTP/1.1\r\n\r\n", 400, "no Host");
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host");
}

TEST_F(LimitsTest, LengthsThatContradictEachOtherAreRefused) {
  Start();
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  ExpectRefused(head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "");
  ExpectRefused(head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400, "");
  ExpectRefused(head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "");
  ExpectRefused(head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "gzip, chunked");
  ExpectRefused(head + "Transfer-Encoding: identity\r\n\r\n", 501, "identity");
}

TEST_F(LimitsTest, UnknownCodingsAndExpectationsAreRefused) {
  Start();
  ExpectRefused(Post("/", "x", "Content-Encoding: br\r\n"), 415, "br");
  ExpectRefused(Post("/", "x", "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"), 415, "gzip");
  ExpectRefused(Post("/", "x", "Expect: 200-ok\r\n"), 417, "200-ok");
  ExpectRefused(Post("/", "not gzip", "Content-Encoding: gzip\r\n"), 400, "gzip");
}

TEST_F(LimitsTest, AHeaderBeyondTheLimitIsRefusedHoweverItComes) {
  Start();
  ExpectRefused("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(5'000, 'x') + "\r\n\r\n", 431, "4096 bytes");
  ExpectRefused("GET /" + std::string(5'000, 'x'), 431, "4096 bytes");
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 300; ++i) many += fmt::format("X-{}: some value\r\n", i);
  ExpectRefused(many + "\r\n", 431, "4096 bytes");

  HttpClient line_by_line(port());
  line_by_line.Send("GET / HTTP/1.1\r\nHost: x\r\n");
  for (int i = 0; i < 300 && line_by_line.Send(fmt::format("X-{}: some value\r\n", i)); ++i) {
  }
  const auto answer = line_by_line.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 431);
}

TEST_F(LimitsTest, AChunksHeaderAndTheTrailerAreBoundedToo) {
  Start();
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  ExpectRefused(head + "5;" + std::string(5'000, 'e'), 431, "4096 bytes");
  ExpectRefused(head + "0\r\nX: " + std::string(5'000, 'e'), 431, "4096 bytes");
  ExpectRefused(head + "5;x=" + std::string(5'000, 'e') + "\r\nhello\r\n0\r\n\r\n", 431, "4096 bytes");
  ExpectRefused(head + "0\r\nX: " + std::string(5'000, 'e') + "\r\n\r\n", 431, "4096 bytes");
}

TEST_F(LimitsTest, ABodyBeyondTheLimitIsRefusedHoweverItComes) {
  Start();
  ExpectRefused(Post("/", std::string(100'001, 'x')), 413, "100000 bytes");
  ExpectRefused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\nExpect: 100-continue\r\n\r\n", 413, "");
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  ExpectRefused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + chunk, 413,
                "100000 bytes");
  ExpectRefused(Post("/", test::Gzip(std::string(100'001, 'x')), "Content-Encoding: gzip\r\n"), 413, "inflated");
}

TEST_F(LimitsTest, AClientThatGoesOnSendingStillReadsWhyItWasRefused) {
  Start();
  HttpClient client(port());
  const std::string piece(64 * 1024, 'x');
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.Send(piece)) << "after " << i;
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 413);
}

TEST_F(LimitsTest, AllBodiesTogetherAreBounded) {
  options_.all_bodies_bytes = 150'000;
  Start();
  HttpClient first(port());
  first.Send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 99000\r\n\r\n" + std::string(99'000, 'x'));
  ASSERT_TRUE(WaitUntilWaiting(1));
  ExpectRefused(Post("/", std::string(99'000, 'x')), 503, "try again");
  AnswerWaiting("done");
  ASSERT_TRUE(first.Receive().has_value());
  HttpClient again(port());
  const auto answer = again.Call(Post("/", std::string(99'000, 'x')));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
}

TEST_F(LimitsTest, WhoIsSlowestToTakeAnAnswerIsClosedWhenAllTogetherAreTooLarge) {
  options_.all_answers_bytes = 5 * kLarge / 2;
  Start();
  HttpClient other(port());
  const auto asks = [&](HttpClient& client) {
    client.Send(Get("/large"));
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(other.Call(Get("/")).has_value());  // so it is being written
    clock_.Advance(std::chrono::seconds(1));
  };
  HttpClient first(port(), 4'096), second(port(), 4'096), third(port(), 4'096);
  for (HttpClient* const client : {&first, &second, &third}) asks(*client);
  EXPECT_LT(first.ReceiveAll().size(), kLarge);
  for (HttpClient* const client : {&second, &third}) {
    const auto answer = client->Receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body.size(), kLarge);
  }
}

TEST_F(LimitsTest, ConnectionsBeyondTheBoundAreClosedAndRoomComesBack) {
  options_.max_connections = 3;
  Start();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    ASSERT_TRUE(clients.back()->Call(Get("/")).has_value());
  }
  HttpClient refused(port());
  EXPECT_TRUE(refused.ClosedByServer());
  clients.pop_back();
  ASSERT_TRUE(WaitUntilConnections(2));
  HttpClient taken(port());
  EXPECT_TRUE(taken.Call(Get("/")).has_value());
}

TEST_F(LimitsTest, AConnectionWhoseDescriptorIsTooHighIsClosed) {
  options_.max_descriptor = 0;
  Start();
  HttpClient refused(port());
  EXPECT_TRUE(refused.ClosedByServer());
}

TEST_F(LimitsTest, WhoSendsAHeaderByteByByteIsRefusedInTimeAndDisturbsNobody) {
  Start();
  HttpClient slow(port());
  HttpClient other(port());
  for (const char byte : std::string_view("GET /slow HTTP/1.1\r\nHos")) {
    slow.Send(std::string(1, byte));
    clock_.Advance(std::chrono::milliseconds(400));  // bytes do not prolong it: 9.2 s
    ASSERT_TRUE(other.Call(Get("/")).has_value());
  }
  clock_.Advance(std::chrono::seconds(2));
  const auto answer = slow.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(slow.ClosedByServer());
  EXPECT_TRUE(other.Call(Get("/")).has_value());
}

TEST_F(LimitsTest, ABodyThatDoesNotComeIsRefusedInTime) {
  Start();
  HttpClient slow(port());
  slow.Send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
  ASSERT_EQ(slow.Receive()->status, 100);
  clock_.Advance(options_.body_timeout);
  const auto answer = slow.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 408);
}

TEST_F(LimitsTest, AnIdleConnectionIsClosedInTime) {
  Start();
  HttpClient fresh(port());
  HttpClient used(port());
  ASSERT_TRUE(used.Call(Get("/")).has_value());
  ASSERT_TRUE(WaitUntilConnections(2));
  ASSERT_TRUE(AdvanceUntilConnections(0, options_.idle_timeout));
  EXPECT_TRUE(fresh.ClosedByServer());
  EXPECT_TRUE(used.ClosedByServer());
}

TEST_F(LimitsTest, WhoDoesNotReadItsAnswerIsClosedInTime) {
  options_.idle_timeout = std::chrono::hours(1'000);
  Start();
  HttpClient deaf(port(), /*receive_buffer=*/4'096);
  deaf.Send(Get("/large"));
  ASSERT_TRUE(WaitUntilConnections(1));
  ASSERT_TRUE(AdvanceUntilConnections(0, options_.write_timeout));
  EXPECT_LT(deaf.ReceiveAll().size(), kLarge);
}

TEST_F(LimitsTest, AWaitingRequestHasAllTheTimeItNeeds) {
  Start();
  HttpClient client(port());
  client.Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  HttpClient idle(port());
  ASSERT_TRUE(idle.Call(Get("/")).has_value());
  ASSERT_TRUE(AdvanceUntilConnections(1, std::chrono::hours(1)));  // so the sweep has been
  ASSERT_TRUE(idle.ClosedByServer());
  AnswerWaiting("at last");
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "at last");
}

}  // namespace
}  // namespace broker::net
