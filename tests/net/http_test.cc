#include "broker/net/http.h"

#include <gtest/gtest.h>

#include "broker/net/response_head.h"

namespace broker::net {
namespace {

TEST(HttpTest, HeadersAreFoundWithoutCaseAndTheFirstCounts) {
  const Request request{.headers = {{"X-One", "1"}, {"x-one", "2"}}};
  EXPECT_EQ(request.Find("x-ONE"), "1");
  EXPECT_EQ(request.Find("x-on"), std::nullopt);
}

TEST(HttpTest, ATargetIsPathAndQuery) {
  const Request both{.target = "/a/b?c=d?e"};
  EXPECT_EQ(both.path(), "/a/b");
  EXPECT_EQ(both.query(), "c=d?e");
  const Request path_only{.target = "/a"};
  EXPECT_EQ(path_only.path(), "/a");
  EXPECT_EQ(path_only.query(), "");
}

TEST(HttpTest, AnAnswersHeadIsWrittenOut) {
  EXPECT_EQ(ResponseHead(Response{404, {{"X", "y"}}, "body"}, true, "now"),
            "HTTP/1.1 404 Not Found\r\nDate: now\r\nX: y\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(ResponseHead(Response{204, {}, "ignored"}, false, "now"),
            "HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(ResponseHead(Response{299, {{"X", std::string("a\0b\x7f\tc", 6)}}, ""}, true, "now"),
            "HTTP/1.1 299 Status\r\nDate: now\r\nX: a b \tc\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(HttpTest, DatesAreThoseOfHttp) {
  EXPECT_EQ(HttpDate(Time(std::chrono::seconds(784'111'777) + std::chrono::milliseconds(999))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace broker::net
