// What a load balancer or a person with curl sees.
#include "broker/server/health_routes.h"

#include <gmock/gmock.h>

namespace broker::server {
namespace {

using ::testing::HasSubstr;

class HealthTest : public ::testing::Test {
 protected:
  net::Response Ask(std::string method, std::string target) {
    return AnswerHealth(net::Request{.method = std::move(method), .target = std::move(target)}, readiness_);
  }

  Readiness readiness_;
};

TEST_F(HealthTest, IsLiveFromTheStartButReadyOnlyWhenNothingStandsInTheWay) {
  EXPECT_EQ(Ask("GET", "/livez").status, 200);
  const net::Response starting = Ask("GET", "/readyz");
  EXPECT_EQ(starting.status, 503);
  EXPECT_THAT(starting.body, ::testing::AllOf(HasSubstr("\"ready\":false"),
                                              HasSubstr("\"starting\":\"reading the data folder\"")));
  readiness_.Unblock("starting");
  const net::Response ready = Ask("GET", "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.body, HasSubstr(R"({"ready":true,"reasons":{},"warnings":{}})"));
  readiness_.Block("stopping", "told to");
  EXPECT_EQ(Ask("GET", "/readyz").status, 503);
  EXPECT_EQ(Ask("GET", "/livez").status, 200);
}

TEST_F(HealthTest, AWarningDoesNotTakeReadinessAway) {
  readiness_.Unblock("starting");
  readiness_.Warn("storage_full", "1 \"GiB\" left");
  const net::Response warned = Ask("GET", "/readyz?verbose");
  EXPECT_EQ(warned.status, 200);
  EXPECT_THAT(warned.body, HasSubstr(R"("warnings":{"storage_full":"1 \"GiB\" left"})"));
  readiness_.Unwarn("storage_full");
  EXPECT_THAT(Ask("GET", "/readyz").body, HasSubstr(R"("warnings":{})"));
}

TEST_F(HealthTest, OnlyReadingIsAllowed) {
  EXPECT_EQ(Ask("HEAD", "/livez").status, 200);
  const net::Response refused = Ask("DELETE", "/livez");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(net::FindHeader(refused.headers, "Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace broker::server
