// What a client gets, request by request, over real sockets.
#include "broker/net/server.h"

#include <gmock/gmock.h>

#include "tests/net/gzip.h"
#include "tests/net/server_fixture.h"

namespace broker::net {
namespace {

using test::Get;
using test::HttpClient;
using test::Post;
using ::testing::HasSubstr;

std::string BodyOf(const std::optional<Response>& response) { return response ? response->body : "(no answer)"; }
std::string HeaderOf(const std::optional<Response>& response, std::string_view name) {
  return response ? std::string(FindHeader(response->headers, name).value_or("(none)")) : "(no answer)";
}

TEST_F(ServerTest, AConnectionIsUsedAgain) {
  Start();
  HttpClient client(port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Call(Post("/a?b=c", "hello"));
    EXPECT_EQ(BodyOf(answer), "POST /a?b=c\nhello");
    EXPECT_EQ(HeaderOf(answer, "connection"), "keep-alive");
    EXPECT_EQ(HeaderOf(answer, "date"), "Thu, 01 Jan 2026 00:00:00 GMT");
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(ServerTest, CloseIsHonouredAndSoIsHttp10) {
  Start();
  for (const char* const request : {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    HttpClient client(port());
    const auto answer = client.Call(request);
    EXPECT_EQ(BodyOf(answer), "GET /\n");
    EXPECT_EQ(HeaderOf(answer, "connection"), "close");
    EXPECT_TRUE(client.ClosedByServer());
  }
  HttpClient client(port());
  EXPECT_EQ(HeaderOf(client.Call("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "connection"), "keep-alive");
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  HttpClient client(port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += Post("/" + std::to_string(i), std::string(100, 'b'));
  client.Send(all);
  for (int i = 0; i < 100; ++i) EXPECT_THAT(BodyOf(client.Receive()), HasSubstr("POST /" + std::to_string(i) + "\nbbb"));
}

TEST_F(ServerTest, WhatIsPipelinedBehindAWaitingRequestIsAnsweredAfterIt) {
  Start();
  HttpClient client(port());
  // More than is read ahead.
  std::string behind;
  for (int i = 0; i < 40; ++i) behind += Post("/" + std::to_string(i), std::string(10'000, 'b'));
  client.Send(Get("/wait") + behind);
  ASSERT_TRUE(WaitUntilWaiting(1));
  AnswerWaiting("first");
  EXPECT_EQ(BodyOf(client.Receive()), "first");
  for (int i = 0; i < 40; ++i) EXPECT_THAT(BodyOf(client.Receive()), HasSubstr("POST /" + std::to_string(i) + "\nb"));
}

TEST_F(ServerTest, ChunkedBodiesAreJoined) {
  Start();
  HttpClient client(port());
  const std::string head = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(BodyOf(client.Call(head + "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n")),
            "POST /c\nhello world");
  EXPECT_EQ(BodyOf(client.Call(Get("/next"))), "GET /next\n");
}

TEST_F(ServerTest, GzipBodiesAreInflated) {
  Start();
  HttpClient client(port());
  const std::string text(100'000, 'z');
  EXPECT_EQ(BodyOf(client.Call(Post("/z", test::Gzip(text), "Content-Encoding: gzip\r\n"))), "POST /z\n" + text);
}

TEST_F(ServerTest, ContinueIsSaidToWhoWaitsForIt) {
  Start();
  HttpClient client(port());
  client.Send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const auto interim = client.Receive();
  ASSERT_TRUE(interim.has_value());
  EXPECT_EQ(interim->status, 100);
  EXPECT_EQ(BodyOf(client.Call("body")), "POST /e\nbody");
}

TEST_F(ServerTest, ContinueIsNotSaidWhenTheBodyIsThereAlready) {
  Start();
  HttpClient client(port());
  EXPECT_EQ(BodyOf(client.Call(Post("/e", "body", "Expect: 100-continue\r\n"))), "POST /e\nbody");
}

TEST_F(ServerTest, HeadIsAnsweredWithoutABody) {
  Start();
  HttpClient client(port());
  client.Send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.Receive(/*head_only=*/true);
  EXPECT_EQ(HeaderOf(answer, "content-length"), "8");  // "HEAD /h\n"
  EXPECT_EQ(BodyOf(client.Call(Get("/g"))), "GET /g\n");
}

TEST_F(ServerTest, ARequestCutAnywhereIsTheSameRequest) {
  Start();
  const std::string request = Post("/cut", "0123456789") + "POST /cut HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
                              "\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  HttpClient client(port());
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    client.Send(std::string_view(request).substr(0, cut));
    client.Send(std::string_view(request).substr(cut));
    ASSERT_EQ(BodyOf(client.Receive()), "POST /cut\n0123456789") << "cut at " << cut;
    ASSERT_EQ(BodyOf(client.Receive()), "POST /cut\nabc") << "cut at " << cut;
  }
}

TEST_F(ServerTest, AnAnswerMayComeFromAnotherThread) {
  Start();
  HttpClient client(port());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(BodyOf(client.Call(Get("/thread"))), "GET /thread\n");
}

TEST_F(ServerTest, ALargeAnswerArrivesWhole) {
  Start();
  HttpClient client(port());
  EXPECT_EQ(BodyOf(client.Call(Get("/large"))).size(), kLarge);
  EXPECT_EQ(BodyOf(client.Call(Get("/"))), "GET /\n");
}

TEST_F(ServerTest, AHandlerThatDoesNotAnswerIsA500) {
  Start();
  HttpClient client(port());
  const auto answer = client.Call(Get("/lost"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(BodyOf(client.Call(Get("/"))), "GET /\n");
}

TEST_F(ServerTest, AHeadersValueCannotBecomeAnotherHeader) {
  Start();
  HttpClient client(port());
  const auto answer = client.Call(Get("/boom"));
  EXPECT_EQ(HeaderOf(answer, "X-A"), "1  X-B: 2");
  EXPECT_EQ(HeaderOf(answer, "X-B"), "(none)");
}

TEST_F(ServerTest, SeveralThreadsServeManyConnections) {
  options_.threads = 3;
  Start();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<HttpClient>(port()));
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients) client->Send(Get(round == 1 ? "/thread" : "/"));
    for (auto& client : clients) EXPECT_THAT(BodyOf(client->Receive()), HasSubstr("GET /"));
  }
}

TEST_F(ServerTest, AnAddressInUseIsNamed) {
  Start();
  options_.port = port();
  const auto second = Server::Start(options_, [](Request, Responder) {}, clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "ADDRESS_IN_USE");
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(port())));
}

}  // namespace
}  // namespace broker::net
