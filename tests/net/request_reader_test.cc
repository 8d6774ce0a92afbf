// Bytes to requests, without sockets. What is refused, and with which status, is in limits_test.cc.
#include "broker/net/request_reader.h"

#include <gtest/gtest.h>

namespace broker::net {
namespace {

using Progress = RequestReader::Progress;

class RequestReaderTest : public ::testing::Test {
 protected:
  // Feeds one whole request.
  Request Read(std::string_view bytes) {
    EXPECT_EQ(reader_.Feed(bytes), Progress::kDone) << bytes;
    return reader_.progress() == Progress::kDone ? reader_.Take() : Request{};
  }

  RequestReader reader_{Limits{}};
};

TEST_F(RequestReaderTest, ARequestsPartsAreTakenAsSent) {
  const Request request = Read("OPTIONS /a%20b?x=%41 HTTP/1.1\r\nHost: h:80\r\nX-Y:  spaced \r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(request.method, "OPTIONS");
  EXPECT_EQ(request.target, "/a%20b?x=%41");
  EXPECT_EQ(request.Find("host"), "h:80");
  EXPECT_EQ(request.Find("x-y"), "spaced");
  EXPECT_EQ(request.body, "hi");
  EXPECT_TRUE(reader_.keep_alive());
}

TEST_F(RequestReaderTest, AnAbsoluteTargetNamesTheHost) {
  EXPECT_EQ(Read("GET http://real:1/p?q HTTP/1.1\r\nHost: other\r\n\r\n").Find("Host"), "real:1");
  EXPECT_EQ(Read("GET http://real/p?q HTTP/1.1\r\nHost: other\r\n\r\n").target, "/p?q");
  EXPECT_EQ(Read("GET HTTP://real HTTP/1.1\r\nHost: other\r\n\r\n").target, "/");
  EXPECT_EQ(Read("GET https://real?q HTTP/1.1\r\nHost: other\r\n\r\n").target, "/?q");
}

TEST_F(RequestReaderTest, EmptyLinesBeforeARequestAreSkipped) {
  EXPECT_EQ(reader_.Feed("\r\n\r\n"), Progress::kNothing);
  EXPECT_EQ(Read("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n").target, "/");
}

TEST_F(RequestReaderTest, WhatFollowsWaitsUntilTheFirstIsTaken) {
  EXPECT_EQ(reader_.Feed("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3"), Progress::kDone);
  EXPECT_EQ(reader_.Take().target, "/1");
  EXPECT_EQ(reader_.progress(), Progress::kNothing);
  EXPECT_EQ(reader_.Feed({}), Progress::kDone);
  EXPECT_EQ(reader_.Take().target, "/2");
  EXPECT_EQ(reader_.Feed({}), Progress::kHeader);
  EXPECT_EQ(reader_.Feed(" HTTP/1.1\r\nHost: x\r\n\r\n"), Progress::kDone);
  EXPECT_EQ(reader_.Take().target, "/3");
  EXPECT_EQ(reader_.held_bytes(), 0u);
}

TEST_F(RequestReaderTest, ByteByByteIsTheSameAsAtOnce) {
  const std::string text = "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1;a=b\r\ne\r\n0\r\n\r\n";
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    ASSERT_NE(reader_.Feed(std::string_view(text).substr(i, 1)), Progress::kDone) << i;
  }
  EXPECT_EQ(Read(text.substr(text.size() - 1)).body, "abcde");
}

TEST_F(RequestReaderTest, AnEmptyChunkedBodyMayComeByteByByte) {
  const std::string text = "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (const char c : text) reader_.Feed({&c, 1});
  ASSERT_EQ(reader_.progress(), Progress::kDone);
  EXPECT_EQ(reader_.Take().body, "");
}

TEST_F(RequestReaderTest, ATrailerIsNoHeader) {
  const Request request = Read(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nAuthorization: forged\r\n\r\n");
  EXPECT_EQ(request.body, "a");
  EXPECT_EQ(request.Find("Authorization"), std::nullopt);
}

TEST_F(RequestReaderTest, AnExpectationIsTakenOnceAndOnlyWhileTheBodyIsMissing) {
  EXPECT_EQ(reader_.Feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"), Progress::kBody);
  EXPECT_TRUE(reader_.TakeExpectation());
  EXPECT_FALSE(reader_.TakeExpectation());
  EXPECT_EQ(Read("ab").body, "ab");
  EXPECT_EQ(reader_.Feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"), Progress::kBody);
  EXPECT_FALSE(reader_.TakeExpectation());
}

TEST_F(RequestReaderTest, ALengthThatIsOnlyPromisedCostsNothing) {
  reader_.Feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\nx");
  EXPECT_EQ(reader_.held_bytes(), 1u);
}

TEST_F(RequestReaderTest, NothingFollowsARefusal) {
  EXPECT_EQ(reader_.Feed("BAD\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(reader_.Feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(reader_.refusal().status, 400);
  EXPECT_EQ(reader_.held_bytes(), 0u);
}

}  // namespace
}  // namespace broker::net
