#include "broker/aws/sigv4.h"

#include <gmock/gmock.h>

namespace broker::aws {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHex(64, 'a');
const std::string kScope = "AKID/20260102/eu-west-1/sqs/aws4_request";

net::Request WithHeader(const std::string& authorization) {
  return {.method = "POST", .target = "/", .headers = {{"X-Amz-Date", "20260102T000000Z"}, {"authorization", authorization}}};
}

TEST(SigV4Test, IsReadFromTheHeader) {
  for (const char* const separator : {", ", ","}) {
    const auto read = ReadSignature(WithHeader("AWS4-HMAC-SHA256 Credential=" + kScope + separator +
                                               "SignedHeaders=host;x-amz-date" + separator + "Signature=" + kHex));
    ASSERT_TRUE(read.ok()) << read.error().message;
    ASSERT_TRUE(read->has_value());
    const Signature& signature = **read;
    EXPECT_EQ(signature.access_key, "AKID");
    EXPECT_EQ(signature.date, "20260102");
    EXPECT_EQ(signature.region, "eu-west-1");
    EXPECT_EQ(signature.service, "sqs");
    EXPECT_THAT(signature.signed_headers, ElementsAre("host", "x-amz-date"));
    EXPECT_EQ(signature.signature, kHex);
    EXPECT_FALSE(signature.presigned);
  }
}

TEST(SigV4Test, IsReadFromAPresignedUrl) {
  const auto read = ReadSignature(
      {.target = "/?Action=ListQueues&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260102%2Feu-west-1%2Fsqs"
                 "%2Faws4_request&X-Amz-Date=20260102T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx&X-Amz-Signature=" +
                 kHex});
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_TRUE(read->has_value());
  EXPECT_EQ((*read)->region, "eu-west-1");
  EXPECT_THAT((*read)->signed_headers, ElementsAre("host", "x"));
  EXPECT_TRUE((*read)->presigned);
}

TEST(SigV4Test, ARequestNeedNotBeSigned) {
  const auto read = ReadSignature({.target = "/?Action=ListQueues"});
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
}

TEST(SigV4Test, AnAccessKeyMayHaveSlashes) {
  const auto read =
      ReadSignature(WithHeader("AWS4-HMAC-SHA256 Credential=a/b/" + kScope + ",SignedHeaders=host,Signature=" + kHex));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->access_key, "a/b/AKID");
}

struct Bad {
  std::string authorization;
  std::string why;
};

class MalformedSignatureTest : public ::testing::TestWithParam<Bad> {};

TEST_P(MalformedSignatureTest, IsIncomplete) {
  const auto read = ReadSignature(WithHeader(GetParam().authorization));
  ASSERT_FALSE(read.ok()) << GetParam().authorization;
  EXPECT_EQ(read.error().fault.code, "IncompleteSignature");
  EXPECT_EQ(read.error().fault.json_type, "com.amazon.coral.service#IncompleteSignatureException");
  EXPECT_EQ(read.error().fault.status, 400);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().why));
}

const std::string kRest = ", SignedHeaders=host, Signature=" + std::string(64, 'a');

INSTANTIATE_TEST_SUITE_P(
    All, MalformedSignatureTest,
    ::testing::Values(
        Bad{"", "Unsupported AWS 'algorithm': ''"}, Bad{"Basic dXNlcg==", "Unsupported AWS 'algorithm': 'Basic'"},
        Bad{"AWS4-HMAC-SHA256", "requires 'Credential' parameter. Authorization header requires 'Signature'"},
        Bad{"AWS4-HMAC-SHA256 Credential=" + kScope + ", Signature=" + std::string(64, 'a'),
            "requires 'SignedHeaders' parameter"},
        Bad{"AWS4-HMAC-SHA256 Credential=AKID/20260102/sqs/aws4_request" + kRest, "5 slash-delimited elements"},
        Bad{"AWS4-HMAC-SHA256 Credential=A/20260102/r/sqs/aws3_request" + kRest, "valid terminator"},
        Bad{"AWS4-HMAC-SHA256 Credential=/20260102/r/sqs/aws4_request" + kRest, "empty or malformed"},
        Bad{"AWS4-HMAC-SHA256 Credential=A/2026/r/sqs/aws4_request" + kRest, "empty or malformed"},
        Bad{"AWS4-HMAC-SHA256 Credential=A/20260102//sqs/aws4_request" + kRest, "empty or malformed"},
        Bad{"AWS4-HMAC-SHA256 Credential=A/20260102/\xff/sqs/aws4_request" + kRest, "empty or malformed"},
        Bad{"AWS4-HMAC-SHA256 Credential=" + kScope + ", SignedHeaders=host, Signature=xyz", "64 hexadecimal digits"}));

TEST(SigV4Test, AHeaderWithoutADateIsIncomplete) {
  net::Request request = WithHeader("AWS4-HMAC-SHA256 Credential=" + kScope + kRest);
  request.headers.erase(request.headers.begin());
  const auto read = ReadSignature(request);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("'X-Amz-Date' or a 'Date' header"));
}

TEST(SigV4Test, APresignedUrlNamesAllThatItLacks) {
  const auto read = ReadSignature({.target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=d&X-Amz-Expires=1"});
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("'X-Amz-Credential'"));
  EXPECT_THAT(read.error().message, HasSubstr("'X-Amz-Signature'"));
  EXPECT_FALSE(ReadSignature({.target = "/?X-Amz-Algorithm=other"}).ok());
}

}  // namespace
}  // namespace broker::aws
