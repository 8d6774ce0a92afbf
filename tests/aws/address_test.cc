// ARNs, queue URLs, and names in the caller's own terms.
#include "broker/aws/address.h"

#include <gtest/gtest.h>

#include "broker/aws/arn.h"
#include "broker/aws/identity.h"

namespace broker::aws {
namespace {

constexpr std::string_view kAccount = "123456789012";

TEST(ArnTest, IsSixPartsOfWhichTheLastMayHaveColons) {
  const auto arn = Arn::Parse("arn:aws:sns:us-east-1:123456789012:orders:1-2-3");
  ASSERT_TRUE(arn.has_value());
  EXPECT_EQ(*arn, (Arn{"aws", "sns", "us-east-1", std::string(kAccount), "orders:1-2-3"}));
  EXPECT_EQ(arn->ToString(), "arn:aws:sns:us-east-1:123456789012:orders:1-2-3");
  EXPECT_TRUE(Arn::Parse("arn:aws:s3:::bucket").has_value());
}

TEST(ArnTest, OtherTextsAreNone) {
  for (const char* const text : {"", "arn", "orders", "arn:aws:sqs:us-east-1:123456789012", "arn:aws:sqs:r:a:",
                                 "urn:aws:sqs:r:a:b", "arn::sqs:r:a:b", "arn:aws::r:a:b"}) {
    EXPECT_EQ(Arn::Parse(text), std::nullopt) << text;
  }
}

struct Url {
  const char* text;
  std::optional<QueueAddress> address;
};

class QueueUrlTest : public ::testing::TestWithParam<Url> {};

TEST_P(QueueUrlTest, IsRead) { EXPECT_EQ(QueueAddress::FromUrl(GetParam().text), GetParam().address); }

INSTANTIATE_TEST_SUITE_P(
    All, QueueUrlTest,
    ::testing::Values(
        Url{"http://localhost:4566/123456789012/orders", QueueAddress{"orders", "123456789012", ""}},
        Url{"https://elsewhere/123456789012/orders.fifo", QueueAddress{"orders.fifo", "123456789012", ""}},
        Url{"http://h/queue/eu-west-1/123456789012/q", QueueAddress{"q", "123456789012", "eu-west-1"}},
        Url{"/123456789012/orders", QueueAddress{"orders", "123456789012", ""}},
        Url{"orders", QueueAddress{"orders", "", ""}},
        Url{"http://h/123456789012/a%2Bb", QueueAddress{"a+b", "123456789012", ""}}, Url{"", std::nullopt},
        Url{"http://h", std::nullopt}, Url{"http://h/", std::nullopt}, Url{"http://h/orders", std::nullopt},
        Url{"http://h/12345/orders", std::nullopt}, Url{"http://h/123456789012/", std::nullopt},
        Url{"http://h/123456789012/a/b", std::nullopt}, Url{"http://h/queue/r/123456789012/", std::nullopt},
        Url{"http://h//123456789012/q", std::nullopt}, Url{"http://h/queue/%ff/123456789012/q", std::nullopt},
        Url{"a/b", std::nullopt}, Url{"http://h/123456789012/%zz", std::nullopt}));

TEST(BasePathTest, AQueuesUrlMayStandBelowThePathOfTheDaemonsOwnUrl) {
  const std::string_view base = PathOf("https://broker.example/sqs");
  EXPECT_EQ(base, "/sqs");
  EXPECT_EQ(PathOf("https://broker.example"), "");
  const QueueAddress orders{"orders", std::string(kAccount), ""};
  for (const char* const url : {"https://h/sqs/123456789012/orders", "/sqs/123456789012/orders",
                                "https://h/123456789012/orders", "/123456789012/orders"}) {
    EXPECT_EQ(QueueAddress::FromUrl(url, base), orders) << url;
  }
  for (const char* const url : {"/sqsx/123456789012/orders", "/sns/123456789012/orders", "/sqs/sqs/123456789012/orders"}) {
    EXPECT_EQ(QueueAddress::FromUrl(url, base), std::nullopt) << url;
  }
}

Identity Caller(std::optional<Signature> signature, const Naming& naming = {}) {
  return Identity::Of(net::Request{.headers = {{"Host", "broker:4566"}}, .peer = "p"}, signature, naming);
}

TEST(IdentityTest, AnAccountIsAnAccessKeyOfTwelveDigits) {
  Signature signature;
  signature.region = "eu-west-1";
  signature.access_key = kAccount;
  EXPECT_EQ(Caller(signature).account, kAccount);
  EXPECT_EQ(Caller(signature).region, "eu-west-1");
  signature.access_key = "AKIDEXAMPLE";
  EXPECT_EQ(Caller(signature).account, "000000000000");
  EXPECT_EQ(Caller(signature).access_key, "AKIDEXAMPLE");
  EXPECT_EQ(Caller({}).account, "000000000000");
  EXPECT_EQ(Caller({}).region, "us-east-1");
}

TEST(IdentityTest, NamesAreGivenBackInTheCallersTerms) {
  const Identity caller = Caller({});
  EXPECT_EQ(caller.QueueUrl("orders"), "http://broker:4566/000000000000/orders");
  const Identity as_named = caller.At(*Arn::Parse("arn:aws:sns:eu-west-1:123456789012:t"));
  EXPECT_EQ(as_named.TopicArn("t"), "arn:aws:sns:eu-west-1:123456789012:t");
  EXPECT_EQ(as_named.QueueArn("q"), "arn:aws:sqs:eu-west-1:123456789012:q");
  const Identity at_url = caller.At(*QueueAddress::FromUrl("http://x/123456789012/q"));
  EXPECT_EQ(at_url.QueueUrl("q"), "http://broker:4566/123456789012/q");
  EXPECT_EQ(at_url.region, "us-east-1");
  EXPECT_EQ(Caller({}, Naming{.public_url = "https://b.example"}).QueueUrl("q"), "https://b.example/000000000000/q");
}

TEST(IdentityTest, AHostThatIsNoneIsNotGivenBack) {
  const auto base_url = [](std::string host) {
    return Identity::Of(net::Request{.headers = {{"Host", std::move(host)}}}, std::nullopt, {}).base_url;
  };
  EXPECT_EQ(base_url("[::1]:4566"), "http://[::1]:4566");
  for (const char* const host : {"\xff", "a b", "a\"<b>", "h/path", ""}) EXPECT_EQ(base_url(host), "http://localhost");
  EXPECT_EQ(base_url(std::string(256, 'a')), "http://localhost");
}

TEST(IdentityTest, AQueuesUrlLeadsBackToIt) {
  for (const char* const name : {"orders", "orders.fifo", "a+b~c%d"}) {
    const auto address = QueueAddress::FromUrl(Caller({}).QueueUrl(name));
    ASSERT_TRUE(address.has_value()) << name;
    EXPECT_EQ(address->name, name);
  }
}

}  // namespace
}  // namespace broker::aws
