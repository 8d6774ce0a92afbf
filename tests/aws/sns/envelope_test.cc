#include "broker/aws/sns/envelope.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "broker/aws/attribute_type.h"
#include "broker/aws/message_id.h"
#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/json_reader.h"
#include "tests/aws/sns/sns_fixture.h"

namespace broker::aws::sns {
namespace {

using namespace std::chrono_literals;

const SigningKey& Key() { return test::TestKey(); }

// As a client verifies it: with nothing but the certificate.
bool Verifies(const std::string& certificate, const EVP_MD* digest, const std::string& text,
              const std::string& signature) {
  BIO* const bio = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
  X509* const x509 = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  EVP_PKEY* const key = X509_get_pubkey(x509);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const std::string bytes = Base64Decode(signature).value_or("");
  const bool good = X509_verify(x509, key) == 1 && EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
                    EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  X509_free(x509);
  BIO_free(bio);
  return good;
}

Notification Example() {
  return {.message_id = "8f6e5a4b-0000-4000-8000-000000000001",
          .topic_arn = "arn:aws:sns:us-east-1:000000000000:orders",
          .subject = "Order \"1\"",
          .message = "{\"id\":1}\n",
          .timestamp = Time(1'700'000'000'123ms),
          .unsubscribe_url = "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=a:b",
          .attributes = {{"image", {model::AttributeKind::kBytes, std::string("\0\1", 2), {}}},
                         {"price", {model::AttributeKind::kNumber, "12.50", "Number.eur"}},
                         {"tint", {model::AttributeKind::kText, "red", "colour"}}}};
}

TEST(Envelope, IsLaidOutAsTheServiceDoes) {
  EXPECT_EQ(RenderEnvelope(Example(), EnvelopeSignature{"1", "c2ln", "http://127.0.0.1:4566/cert.pem"}),
            R"({
  "Type" : "Notification",
  "MessageId" : "8f6e5a4b-0000-4000-8000-000000000001",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:orders",
  "Subject" : "Order \"1\"",
  "Message" : "{\"id\":1}\n",
  "Timestamp" : "2023-11-14T22:13:20.123Z",
  "SignatureVersion" : "1",
  "Signature" : "c2ln",
  "SigningCertURL" : "http://127.0.0.1:4566/cert.pem",
  "UnsubscribeURL" : "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=a:b",
  "MessageAttributes" : {
    "image" : {"Type":"Binary","Value":"AAE="},
    "price" : {"Type":"Number.eur","Value":"12.50"},
    "tint" : {"Type":"String.colour","Value":"red"}
  }
})");
}

TEST(Envelope, OfAFifoTopicHasASequenceNumberAndNoSignature) {
  Notification notification = Example();
  notification.sequence_number = "00000000000000000007";
  notification.subject = {};
  notification.attributes = {};
  EXPECT_EQ(RenderEnvelope(notification, std::nullopt), R"({
  "Type" : "Notification",
  "MessageId" : "8f6e5a4b-0000-4000-8000-000000000001",
  "SequenceNumber" : "00000000000000000007",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:orders",
  "Message" : "{\"id\":1}\n",
  "Timestamp" : "2023-11-14T22:13:20.123Z",
  "UnsubscribeURL" : "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=a:b"
})");
}

TEST(Envelope, WhatIsSignedLeavesOutASubjectThatIsNotThere) {
  Notification notification = Example();
  EXPECT_EQ(
      TextToSign(notification),
      "Message\n{\"id\":1}\n\nMessageId\n8f6e5a4b-0000-4000-8000-000000000001\nSubject\nOrder \"1\"\n"
      "Timestamp\n2023-11-14T22:13:20.123Z\nTopicArn\narn:aws:sns:us-east-1:000000000000:orders\nType\nNotification\n");
  notification.subject = {};
  EXPECT_THAT(TextToSign(notification), Not(HasSubstr("Subject")));
}

TEST(SigningKey, SignaturesVerifyWithTheCertificate) {
  const std::string text = TextToSign(Example());
  EXPECT_TRUE(Verifies(Key().certificate(), EVP_sha1(), text, Key().Sign(SigningKey::Digest::kSha1, text)));
  EXPECT_TRUE(Verifies(Key().certificate(), EVP_sha256(), text, Key().Sign(SigningKey::Digest::kSha256, text)));
  EXPECT_FALSE(Verifies(Key().certificate(), EVP_sha1(), text + "x", Key().Sign(SigningKey::Digest::kSha1, text)));
}

TEST(SigningKey, IsTheSameFromItsText) {
  const auto again = SigningKey::FromPem(Key().ToPem());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->certificate(), Key().certificate());
  EXPECT_EQ(again->certificate_path(), Key().certificate_path());
  EXPECT_THAT(again->certificate_path(), ::testing::MatchesRegex("/SimpleNotificationService-[0-9a-f]{32}\\.pem"));
  EXPECT_EQ(again->Sign(SigningKey::Digest::kSha256, "a"), Key().Sign(SigningKey::Digest::kSha256, "a"));
}

TEST(SigningKey, DamagedTextIsRefused) {
  const std::string pem = Key().ToPem();
  EXPECT_FALSE(SigningKey::FromPem("").ok());
  EXPECT_FALSE(SigningKey::FromPem(Key().certificate()).ok());
  EXPECT_FALSE(SigningKey::FromPem(pem.substr(0, pem.size() / 3)).ok());
  const SigningKey other = SigningKey::Generate(Time{}).value();
  const auto mixed = SigningKey::FromPem(pem.substr(0, pem.find("-----BEGIN CERT")) + other.certificate());
  ASSERT_FALSE(mixed.ok());
  EXPECT_THAT(mixed.error().message, HasSubstr("of another key"));
}

// ---- of deliveries

class SnsEnvelopes : public SnsTest {
 public:
  SnsEnvelopes() { CreateQueue("billing"); }

  Value Envelope(const engine::Delivery& delivery) {
    auto json = ReadJson(backend.envelopes->Render(delivery, identity));
    EXPECT_TRUE(json.ok());
    return *std::move(json);
  }
  engine::Delivery OneFrom(const std::string& queue) {
    const auto deliveries = Deliveries(queue);
    EXPECT_EQ(deliveries.size(), 1u);
    return deliveries.front();
  }
  static std::string At(const Value& envelope, std::string_view name) {
    const Value* const found = envelope.Find(name);
    return found == nullptr ? "(none)" : found->text;
  }
};

TEST_F(SnsEnvelopes, AreInTheReceiversTerms) {
  const std::string topic = Topic("orders");
  const std::string subscription = SubscribeQueue(topic, "billing");
  const std::string id = Text(Ok("Publish", {{"TopicArn", topic}, {"Message", "m"}}), "MessageId");
  const engine::Delivery delivery = OneFrom("billing");
  ASSERT_TRUE(EnvelopeRenderer::Renders(delivery.delivery_format));
  identity.account = "210987654321";
  identity.base_url = "https://broker.example";
  const Value envelope = Envelope(delivery);
  EXPECT_EQ(At(envelope, "MessageId"), id);
  EXPECT_EQ(At(envelope, "TopicArn"), "arn:aws:sns:us-east-1:210987654321:orders");
  EXPECT_EQ(At(envelope, "Message"), "m");
  EXPECT_EQ(At(envelope, "SignatureVersion"), "1");
  EXPECT_EQ(At(envelope, "SigningCertURL"), "https://broker.example" + Key().certificate_path());
  EXPECT_EQ(At(envelope, "UnsubscribeURL"),
            "https://broker.example/?Action=Unsubscribe&SubscriptionArn="
            "arn:aws:sns:us-east-1:210987654321:orders" +
                subscription.substr(topic.size()));
  EXPECT_EQ(At(envelope, "Subject"), "(none)");
  EXPECT_EQ(At(envelope, "MessageAttributes"), "(none)");
}

TEST_F(SnsEnvelopes, AreSignedAsTheirTopicSaidWhenTheyWerePublished) {
  const std::string topic = Topic("orders");
  SubscribeQueue(topic, "billing");
  Ok("SetTopicAttributes", {{"TopicArn", topic}, {"AttributeName", "SignatureVersion"}, {"AttributeValue", "2"}});
  Publish(topic, "m");
  const engine::Delivery delivery = OneFrom("billing");
  DeleteTopic("orders");
  const Value envelope = Envelope(delivery);
  EXPECT_EQ(At(envelope, "SignatureVersion"), "2");
  const std::string text = fmt::format("Message\nm\nMessageId\n{}\nTimestamp\n{}\nTopicArn\n{}\nType\nNotification\n",
                                       At(envelope, "MessageId"), At(envelope, "Timestamp"), topic);
  EXPECT_TRUE(Verifies(Key().certificate(), EVP_sha256(), text, At(envelope, "Signature")));
  EXPECT_EQ(At(Envelope(delivery), "Signature"), At(envelope, "Signature"));
}

TEST_F(SnsEnvelopes, OfFifoTopicsAreNotSigned) {
  CreateQueue("billing.fifo", {.delivery = {.ordered = true}});
  const std::string topic = Topic("orders.fifo");
  SubscribeQueue(topic, "billing.fifo");
  const std::string answer =
      Ok("Publish", {{"TopicArn", topic}, {"Message", "m"}, {"MessageGroupId", "g"}, {"MessageDeduplicationId", "1"}});
  const Value envelope = Envelope(OneFrom("billing.fifo"));
  EXPECT_EQ(At(envelope, "SequenceNumber"), Text(answer, "SequenceNumber"));
  EXPECT_EQ(At(envelope, "Signature"), "(none)");
}

TEST_F(SnsEnvelopes, BytesThatAreNoTextGoInBase64) {
  const std::string topic = Topic("orders");
  SubscribeQueue(topic, "billing");
  EngineHarness::Publish("orders", "\xff");
  const Value envelope = Envelope(OneFrom("billing"));
  EXPECT_EQ(At(envelope, "Message"), "/w==");
  EXPECT_EQ(envelope.Find("MessageAttributes")->Find(kBodyEncodingAttribute)->Find("Value")->text, "base64");
}

TEST_F(SnsEnvelopes, OfADeadLetterAreTheSame) {
  CreateQueue("dlq");
  CreateQueue("strict", {.delivery = {.redrive = test::DeadLetterTo("dlq", 1)}});
  const std::string topic = Topic("orders");
  SubscribeQueue(topic, "strict");
  Publish(topic, "m");
  const engine::Delivery first = OneFrom("strict");
  const std::string before = backend.envelopes->Render(first, identity);
  GiveUp("strict", "m");
  const engine::Delivery dead = OneFrom("dlq");
  ASSERT_TRUE(EnvelopeRenderer::Renders(dead.delivery_format));
  EXPECT_EQ(backend.envelopes->Render(dead, identity), before);
}

TEST_F(SnsEnvelopes, RawDeliveryHasNone) {
  SubscribeQueue(Topic("orders"), "billing", {{"RawMessageDelivery", "true"}});
  EngineHarness::Publish("orders", "m");
  EXPECT_FALSE(EnvelopeRenderer::Renders(OneFrom("billing").delivery_format));
}

}  // namespace
}  // namespace broker::aws::sns
