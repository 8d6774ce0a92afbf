// Clients that leave, half or wholly, at each moment of a request.
#include <gmock/gmock.h>

#include "tests/net/server_fixture.h"

namespace broker::net {
namespace {

using test::Get;
using test::HttpClient;
using test::Post;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST_F(ServerTest, AHandlerThatWaitsIsToldWhenItsClientLeaves) {
  Start();
  auto client = std::make_unique<HttpClient>(port());
  client->Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  EXPECT_EQ(HangUps(), 0u);
  client.reset();
  EXPECT_TRUE(test::WaitFor([&] { return HangUps() == 1; }));
  AnswerWaiting("to nobody");
  EXPECT_TRUE(WaitUntilConnections(0));
}

TEST_F(ServerTest, WhoLeavesWhileTheThreadIsBusyIsNoticedBeforeTheAnswer) {
  Start();
  auto waiting = std::make_unique<HttpClient>(port());
  waiting->Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  std::size_t told = 0;
  hook_ = [&] {
    waiting.reset();
    AnswerWaiting("to nobody");
    told = HangUps();
  };
  HttpClient other(port());
  ASSERT_TRUE(other.Call(Get("/hook")).has_value());
  EXPECT_EQ(told, 1u);
  EXPECT_TRUE(WaitUntilConnections(1));
}

TEST_F(ServerTest, AResetIsToldTooAndTheAnswerIsKnownNotToBeWritten) {
  Start();
  HttpClient client(port());
  client.Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  client.Reset();
  ASSERT_TRUE(test::WaitFor([&] { return HangUps() == 1; }));
  EXPECT_TRUE(WaitUntilConnections(0));
  AnswerWaiting("to nobody");
  ASSERT_TRUE(test::WaitFor([&] { return Written().second == 1; }));
  EXPECT_THAT(Written(), Pair(0, 1));
}

TEST_F(ServerTest, WhoOnlyStopsSendingStillGetsTheAnswer) {
  Start();
  HttpClient client(port());
  client.Send(Get("/wait"));
  client.FinishSending();
  ASSERT_TRUE(test::WaitFor([&] { return HangUps() == 1 && Waiting() == 1; }));
  AnswerWaiting("still there");
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "still there");
  EXPECT_TRUE(client.ClosedByServer());
  ASSERT_TRUE(test::WaitFor([&] { return Written().first == 1; }));
}

TEST_F(ServerTest, AllThatWasPipelinedBeforeAHalfCloseIsAnswered) {
  Start();
  HttpClient client(port());
  client.Send(Get("/wait") + Get("/1") + Post("/2", "body"));
  client.FinishSending();
  ASSERT_TRUE(WaitUntilWaiting(1));
  AnswerWaiting("first");
  const std::string all = client.ReceiveAll();
  EXPECT_THAT(all, HasSubstr("first"));
  EXPECT_THAT(all, HasSubstr("GET /1\n"));
  EXPECT_THAT(all, HasSubstr("POST /2\nbody"));
}

TEST_F(ServerTest, ATruncatedRequestIsRefusedAndReachesNoHandler) {
  Start();
  for (const char* const part : {"GET / HT", "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
                                 "POST /wait HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    HttpClient client(port());
    client.Send(part);
    client.FinishSending();
    const auto answer = client.Receive();
    ASSERT_TRUE(answer.has_value()) << part;
    EXPECT_EQ(answer->status, 400);
    EXPECT_THAT(answer->body, HasSubstr("before it is whole"));
    EXPECT_TRUE(client.ClosedByServer());
  }
  EXPECT_EQ(Waiting(), 0u);
}

TEST_F(ServerTest, WhoLeavesInTheMiddleOfARequestDisturbsNobody) {
  Start();
  HttpClient other(port());
  for (int i = 0; i < 50; ++i) {
    HttpClient client(port());
    client.Send(i % 2 == 0 ? "GET / HT" : "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    if (i % 3 == 0) client.Reset();
    ASSERT_TRUE(other.Call(Get("/")).has_value());
  }
  EXPECT_TRUE(WaitUntilConnections(1));
}

TEST_F(ServerTest, WhoLeavesWhileItsAnswerIsWrittenIsForgotten) {
  Start();
  {
    HttpClient client(port(), /*receive_buffer=*/4'096);
    client.Send(Get("/large"));
    ASSERT_TRUE(WaitUntilConnections(1));
    client.Reset();
  }
  EXPECT_TRUE(WaitUntilConnections(0));
}

TEST_F(ServerTest, AResponderMayOutliveTheServer) {
  Start();
  HttpClient client(port());
  client.Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  server_.reset();
  EXPECT_TRUE(client.ClosedByServer());
  AnswerWaiting("to nobody");
  EXPECT_EQ(HangUps(), 0u);
}

}  // namespace
}  // namespace broker::net
