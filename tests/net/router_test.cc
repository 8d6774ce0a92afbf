#include "broker/net/router.h"

#include <gtest/gtest.h>

#include "broker/base/clock.h"
#include "tests/support/http_client.h"

namespace broker::net {
namespace {

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    auto started = Server::Start(
        {}, [this](Request q, Responder r) { router_.Handle(std::move(q), std::move(r)); }, clock_);
    EXPECT_TRUE(started.ok());
    server_ = *std::move(started);
  }

  void Add(Router::Match match, const std::string& answer) {
    router_.Add(std::move(match), [answer](Request, Responder responder) { responder.Send(Response{200, {}, answer}); });
  }
  std::string Ask(const std::string& target) {
    test::HttpClient client(server_->port());
    const auto response = client.Call(test::Get(target));
    return !response ? "(none)" : response->status == 200 ? response->body : std::to_string(response->status);
  }

  SystemClock clock_;
  Router router_;
  std::unique_ptr<Server> server_;
};

TEST_F(RouterTest, TheFirstRouteThatMatchesTakesTheRequest) {
  Add(Router::PathIs("/a"), "exact");
  Add(Router::PathBegins("/a/"), "below");
  Add([](const Request& request) { return request.Find("X-None").has_value(); }, "never");
  Add([](const Request&) { return true; }, "rest");
  EXPECT_EQ(Ask("/a?query"), "exact");
  EXPECT_EQ(Ask("/a/b"), "below");
  EXPECT_EQ(Ask("/b"), "rest");
}

TEST_F(RouterTest, WhatNoRouteTakesIsNotFoundUntilOneIsAdded) {
  EXPECT_EQ(Ask("/late"), "404");
  Add(Router::PathIs("/late"), "here now");
  EXPECT_EQ(Ask("/late"), "here now");
}

}  // namespace
}  // namespace broker::net
