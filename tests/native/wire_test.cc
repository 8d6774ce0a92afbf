#include "broker/native/wire.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <string>

#include "broker/v1/messages.pb.h"

namespace broker::native {
namespace {

grpc::ByteBuffer Buffer(const std::string& bytes, std::size_t pieces = 1) {
  std::vector<grpc::Slice> slices;
  const std::size_t size = bytes.size() / pieces + 1;
  for (std::size_t at = 0; at < bytes.size(); at += size) slices.emplace_back(bytes.substr(at, size));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

v1::PublishRequest Sample() {
  v1::PublishRequest request;
  request.set_target("orders");
  for (const char* body : {"a", "b"}) {
    auto& message = *request.add_messages();
    message.set_body(body);
    message.set_subject("subject");
    (*message.mutable_attributes())["kind"].set_text("MARK");
    message.mutable_delay()->set_seconds(5);
  }
  return request;
}

TEST(Wire, ReadsWhatItWrote) {
  grpc::ByteBuffer bytes = Serialize(Sample());
  v1::PublishRequest read;
  ASSERT_TRUE(ParseRequest(bytes, &read).ok());
  EXPECT_EQ(read.SerializeAsString().size(), Sample().SerializeAsString().size());
  EXPECT_EQ(read.messages(1).attributes().at("kind").text(), "MARK");
}

TEST(Wire, ReadsARequestInPieces) {
  grpc::ByteBuffer bytes = Buffer(Sample().SerializeAsString(), 7);
  v1::PublishRequest read;
  ASSERT_TRUE(ParseRequest(bytes, &read).ok());
  EXPECT_EQ(read.messages_size(), 2);
}

TEST(Wire, AnEmptyRequestIsOne) {
  grpc::ByteBuffer bytes = Serialize(v1::PublishRequest());
  v1::PublishRequest read;
  EXPECT_TRUE(ParseRequest(bytes, &read).ok());
}

// `text` where the sample has `mark`, of the same length, so that the message around it holds.
std::string Spoil(const std::string& mark, const std::string& text, bool last) {
  std::string bytes = Sample().SerializeAsString();
  const std::size_t at = last ? bytes.rfind(mark) : bytes.find(mark);
  EXPECT_NE(at, std::string::npos);
  return bytes.replace(at, text.size(), text);
}

struct Spoilt {
  std::string mark;
  std::string text;
  bool last;
  std::string field;
};
class InvalidText : public testing::TestWithParam<Spoilt> {};
TEST_P(InvalidText, IsNamedByItsField) {
  const auto& [mark, text, last, field] = GetParam();
  grpc::ByteBuffer bytes = Buffer(Spoil(mark, text, last), 3);
  v1::PublishRequest read;
  const Status status = ParseRequest(bytes, &read);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(status.error().violations.size(), 1u);
  EXPECT_EQ(status.error().violations[0].field, field);
}
INSTANTIATE_TEST_SUITE_P(All, InvalidText,
                         testing::Values(Spoilt{"orders", "\xff", false, "target"},
                                         Spoilt{"subject", "\xc0\x80", false, "messages[0].subject"},
                                         Spoilt{"subject", "\xed\xa0\x80", true, "messages[1].subject"},
                                         Spoilt{"kind", "\x80", true, "messages[1].attributes[0].key"},
                                         Spoilt{"MARK", "\xf5", false, "messages[0].attributes[0].value.text"}));

TEST(Wire, BytesMayBeAnything) {
  v1::PublishRequest request = Sample();
  request.mutable_messages(0)->set_body("\xff\xfe");
  grpc::ByteBuffer bytes = Serialize(request);
  v1::PublishRequest read;
  EXPECT_TRUE(ParseRequest(bytes, &read).ok());
}

class Garbage : public testing::TestWithParam<std::string> {};
TEST_P(Garbage, IsRefusedAsNoRequest) {
  grpc::ByteBuffer bytes = Buffer(GetParam());
  v1::PublishRequest read;
  const Status status = ParseRequest(bytes, &read);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "MALFORMED_REQUEST");
  EXPECT_NE(status.error().message.find("broker.v1.PublishRequest"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(All, Garbage,
                         testing::Values("\xff\xff\xff",
                                         std::string("\x12\x7f"
                                                     "ab"),
                                         std::string("\0\0", 2), Sample().SerializeAsString().substr(0, 20),
                                         "\x0b\x0b\x0b"));

TEST(Wire, EveryPrefixOfARequestIsReadOrRefused) {
  const std::string whole = Sample().SerializeAsString();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    grpc::ByteBuffer bytes = Buffer(whole.substr(0, size));
    v1::PublishRequest read;
    const Status status = ParseRequest(bytes, &read);
    if (!status.ok()) {
      EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument) << size;
    }
  }
}

}  // namespace
}  // namespace broker::native
