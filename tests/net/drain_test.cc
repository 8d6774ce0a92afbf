// The orderly end: what has begun is finished, nothing new begins.
#include <gmock/gmock.h>

#include <future>

#include "tests/net/server_fixture.h"

namespace broker::net {
namespace {

using test::Get;
using test::HttpClient;

constexpr Nanos kGrace = std::chrono::seconds(60);

TEST_F(ServerTest, DrainingFinishesWhatHasBegunAndClosesWhatIsIdle) {
  Start();
  HttpClient idle(port());
  ASSERT_TRUE(idle.Call(Get("/")).has_value());
  HttpClient waiting(port());
  waiting.Send(Get("/wait"));
  HttpClient half(port());
  half.Send("POST /half HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  ASSERT_EQ(half.Receive()->status, 100);
  ASSERT_TRUE(WaitUntilWaiting(1));

  auto drained = std::async(std::launch::async, [&] { return server_->Drain(kGrace); });
  EXPECT_TRUE(idle.ClosedByServer());
  const auto rest = half.Call("rest");
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->body, "POST /half\nrest");
  EXPECT_EQ(FindHeader(rest->headers, "Connection"), "close");
  EXPECT_TRUE(half.ClosedByServer());
  half.FinishSending();

  AnswerWaiting("done");
  const auto answer = waiting.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(FindHeader(answer->headers, "Connection"), "close");
  waiting.FinishSending();
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(ServerTest, DrainingWithoutConnectionsIsDoneAtOnce) {
  options_.threads = 3;
  Start();
  EXPECT_TRUE(server_->Drain(kGrace));
}

TEST_F(ServerTest, DrainingSaysWhenTheGraceWasNotEnough) {
  Start();
  HttpClient waiting(port());
  waiting.Send(Get("/wait"));
  ASSERT_TRUE(WaitUntilWaiting(1));
  EXPECT_FALSE(server_->Drain(Nanos(0)));
  server_.reset();
  EXPECT_TRUE(waiting.ClosedByServer());
  AnswerWaiting("to nobody");
}

}  // namespace
}  // namespace broker::net
