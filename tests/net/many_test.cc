// Numbers: many who wait, many requests on one connection.
#include <gmock/gmock.h>

#include <malloc.h>

#include "tests/net/server_fixture.h"

namespace broker::net {
namespace {

using test::Get;
using test::HttpClient;
using test::Post;

TEST_F(ServerTest, TwoThousandWhoWaitCostLittleMemoryAndDisturbNobody) {
  constexpr std::size_t kPolls = 2'000;
  constexpr std::size_t kBytesEach = 4'096;
  test::RaiseDescriptorLimit();
  Start();
  HttpClient other(port());
  ASSERT_TRUE(other.Call(Get("/")).has_value());
  std::vector<std::unique_ptr<HttpClient>> polls;
  polls.reserve(kPolls);
  const std::size_t before = ::mallinfo2().uordblks;
  for (std::size_t i = 0; i < kPolls; ++i) polls.push_back(std::make_unique<HttpClient>(port()));
  ASSERT_TRUE(WaitUntilConnections(kPolls + 1));
  for (auto& poll : polls) poll->Send(Post("/wait", std::string(1'000, 'q')));
  ASSERT_TRUE(WaitUntilWaiting(kPolls));
  const std::size_t after = ::mallinfo2().uordblks;
  if (after != before) {  // a sanitizer's own allocator says nothing
    EXPECT_LT(after - before, kPolls * kBytesEach);
    RecordProperty("bytes_per_poll", static_cast<int>((after - before) / kPolls));
  }
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(other.Call(Get("/")).has_value());

  AnswerWaiting("now");
  for (auto& poll : polls) {
    const auto answer = poll->Receive();
    ASSERT_TRUE(answer.has_value());
    ASSERT_EQ(answer->body, "now");
  }
}

TEST_F(ServerTest, TenThousandRequestsGoOverOneConnection) {
  Start();
  HttpClient client(port());
  for (int i = 0; i < 10'000; ++i) {
    const auto answer = client.Call(Post("/", std::to_string(i)));
    ASSERT_TRUE(answer.has_value());
    ASSERT_EQ(answer->body, "POST /\n" + std::to_string(i));
  }
  EXPECT_EQ(server_->connections(), 1u);
}

}  // namespace
}  // namespace broker::net
