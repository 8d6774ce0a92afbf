// Messages.Consume.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grpcpp/create_channel_posix.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// A stream that gathers what it reads.
class Consumer {
 public:
  explicit Consumer(v1::Messages::Stub& stub) : stream_(stub.Consume(&context_)) {}

  void Open(const std::string& source, std::uint32_t max_messages = 0, std::uint64_t max_bytes = 0,
            std::chrono::milliseconds visibility_timeout = {}) {
    v1::ConsumeRequest request;
    request.mutable_open()->set_source(source);
    request.mutable_open()->set_max_outstanding_messages(max_messages);
    request.mutable_open()->set_max_outstanding_bytes(max_bytes);
    if (visibility_timeout > 0ms) {
      auto& timeout = *request.mutable_open()->mutable_visibility_timeout();
      timeout.set_seconds(visibility_timeout.count() / 1000);
      timeout.set_nanos(static_cast<std::int32_t>(visibility_timeout.count() % 1000 * 1'000'000));
    }
    ASSERT_TRUE(stream_->Write(request));
  }
  bool Write(const v1::ConsumeRequest& request) { return stream_->Write(request); }
  // Reads until `condition` holds; false when the stream ended before.
  bool ReadUntil(const std::function<bool()>& condition) {
    v1::ConsumeResponse response;
    while (!condition()) {
      if (!stream_->Read(&response)) return false;
      opened |= response.opened();
      for (const auto& delivery : response.deliveries()) deliveries.push_back(delivery);
      for (const auto& settled_one : response.settled()) settled.push_back(settled_one);
      most_settled = std::max(most_settled, static_cast<std::size_t>(response.settled_size()));
    }
    return true;
  }
  bool ReadDeliveries(std::size_t count) {
    return ReadUntil([&] { return deliveries.size() >= count; });
  }
  // Settles and reads the answer.
  v1::ConsumeResponse::Settled Settle(v1::ConsumeRequest request) {
    request.set_settle_id(++last_settle_);
    EXPECT_TRUE(stream_->Write(request));
    EXPECT_TRUE(ReadUntil([&] { return !settled.empty() && settled.back().settle_id() == last_settle_; }));
    return settled.empty() ? v1::ConsumeResponse::Settled() : settled.back();
  }
  void Ack(std::size_t index) {
    v1::ConsumeRequest request;
    request.add_acks(deliveries.at(index).receipt());
    const auto answer = Settle(request);
    ASSERT_EQ(answer.acks_size(), 1);
    EXPECT_FALSE(answer.acks(0).has_error()) << answer.acks(0).error().message();
  }
  // Closes our side and reads to the end.
  grpc::Status Close() {
    stream_->WritesDone();
    return End();
  }
  grpc::Status End() {
    ReadUntil([] { return false; });
    return stream_->Finish();
  }
  grpc::Status Cancel() {
    context_.TryCancel();
    return End();
  }

  bool opened = false;
  std::vector<v1::Delivery> deliveries;
  std::vector<v1::ConsumeResponse::Settled> settled;
  std::size_t most_settled = 0;  // in one response

 private:
  TestContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>> stream_;
  std::uint64_t last_settle_ = 0;
};

// A channel over a socket of our own, which can end without a word of gRPC's.
class ConnectionToLose {
 public:
  explicit ConnectionToLose(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::fcntl(socket_, F_SETFL, O_NONBLOCK), 0);
    channel_ = grpc::CreateInsecureChannelFromFd("lost", socket_);
  }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  void Lose() { EXPECT_EQ(::shutdown(socket_, SHUT_RDWR), 0); }

 private:
  const int socket_;  // the channel's
  std::shared_ptr<grpc::Channel> channel_;
};

class ConsumeStreamServer : public NativeHarness {
 protected:
  void DeleteQueue(const std::string& name) {
    v1::DeleteQueueRequest request;
    request.set_name(name);
    TestContext context;
    google::protobuf::Empty empty;
    EXPECT_TRUE(queues->Delete(&context, request, &empty).ok());
  }
};

TEST_F(ConsumeStreamServer, DeliversWhatIsThereAndWhatComes) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  EXPECT_TRUE(consumer.opened);
  Publish("billing", {"b"});
  ASSERT_TRUE(consumer.ReadDeliveries(2));
  EXPECT_EQ(consumer.deliveries[1].message().body(), "b");
  consumer.Ack(0);
  consumer.Ack(1);
  EXPECT_TRUE(consumer.Close().ok());
  const v1::Stats stats = StatsOf("billing");
  EXPECT_EQ(stats.ready() + stats.leased() + stats.retrying(), 0u);
}

TEST_F(ConsumeStreamServer, AnEmptySourceIsOpenedAtOnce) {
  CreateQueue("billing");
  Consumer consumer(*messages);
  consumer.Open("billing");
  EXPECT_TRUE(consumer.ReadUntil([&] { return consumer.opened; }));
  EXPECT_TRUE(consumer.Close().ok());
  EXPECT_EQ(StatsOf("billing").waiting_receivers(), 0u);
}

TEST_F(ConsumeStreamServer, AClientThatClosesAtOnceIsStillToldWhatIsNotThere) {
  for (int i = 0; i < 50; ++i) {
    Consumer consumer(*messages);
    consumer.Open("nowhere");
    EXPECT_EQ(consumer.Close().error_code(), grpc::StatusCode::NOT_FOUND);
  }
}

TEST_F(ConsumeStreamServer, AClientThatClosesAtOnceLeavesNothingLeased) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  for (int i = 0; i < 50; ++i) {
    Consumer consumer(*messages);
    consumer.Open("billing");
    EXPECT_TRUE(consumer.Close().ok());
  }
  EXPECT_EQ(StatsOf("billing").leased(), 0u);
  EXPECT_EQ(StatsOf("billing").ready() + StatsOf("billing").retrying(), 1u);
}

TEST_F(ConsumeStreamServer, NeverHasMoreMessagesOutstandingThanAllowed) {
  CreateQueue("billing");
  Publish("billing", {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"});
  Consumer consumer(*messages);
  consumer.Open("billing", 3);
  ASSERT_TRUE(consumer.ReadDeliveries(3));
  Barrier();
  EXPECT_EQ(StatsOf("billing").leased(), 3u);
  EXPECT_EQ(StatsOf("billing").ready(), 7u);
  consumer.Ack(0);
  ASSERT_TRUE(consumer.ReadDeliveries(4));
  EXPECT_EQ(StatsOf("billing").leased(), 3u);
  for (std::size_t i = 1; i < 10; ++i) {
    ASSERT_TRUE(consumer.ReadDeliveries(i + 1));
    consumer.Ack(i);
  }
  EXPECT_EQ(consumer.deliveries.size(), 10u);
  EXPECT_TRUE(consumer.Close().ok());
  EXPECT_EQ(StatsOf("billing").leased() + StatsOf("billing").ready(), 0u);
}

TEST_F(ConsumeStreamServer, NeverHasMoreBytesOutstandingThanAllowedButForTheLastMessage) {
  CreateQueue("billing");
  const std::string body(1'000, 'x');
  Publish("billing", {body, body, body, body, body});
  Consumer consumer(*messages);
  consumer.Open("billing", 100, 2'500);
  ASSERT_TRUE(consumer.ReadDeliveries(3));
  Barrier();
  EXPECT_EQ(StatsOf("billing").leased(), 3u);
  consumer.Ack(0);
  ASSERT_TRUE(consumer.ReadDeliveries(4));
  Barrier();
  EXPECT_EQ(StatsOf("billing").leased(), 3u);
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
  consumer.Close();
}

TEST_F(ConsumeStreamServer, AMessageLargerThanTheBytesAllowedComesAlone) {
  CreateQueue("billing");
  Publish("billing", {std::string(3u << 20, 'x'), "small"});
  Consumer consumer(*messages);
  consumer.Open("billing", 10, 1'000);
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  Barrier();
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
  consumer.Ack(0);
  ASSERT_TRUE(consumer.ReadDeliveries(2));
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, ALeaseThatRanOutMakesRoom) {
  CreateQueue("billing");
  Publish("billing", {"a", "b"});
  Consumer consumer(*messages);
  consumer.Open("billing", 1, 0, 300ms);
  ASSERT_TRUE(consumer.ReadDeliveries(2));  // nothing is settled
  ASSERT_TRUE(consumer.ReadDeliveries(3));
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, AUnaryAckFreesNothingOnTheStream) {
  CreateQueue("billing");
  Publish("billing", {"a", "b"});
  Consumer consumer(*messages);
  consumer.Open("billing", 1);
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  Ack("billing", consumer.deliveries[0].receipt());
  Barrier();
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
  EXPECT_EQ(StatsOf("billing").leased(), 0u);
  consumer.Ack(0);  // again, here: a stale receipt is answered OK
  ASSERT_TRUE(consumer.ReadDeliveries(2));
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, SettlesAreAnsweredPerEntry) {
  CreateQueue("billing");
  Publish("billing", {"a", "b", "c"});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(3));
  v1::ConsumeRequest request;
  request.add_acks(consumer.deliveries[0].receipt());
  request.add_acks("nonsense");
  request.add_nacks()->set_receipt(consumer.deliveries[1].receipt());
  request.mutable_nacks(0)->mutable_backoff()->set_seconds(3'600);
  request.add_nacks()->set_receipt(consumer.deliveries[0].receipt());
  request.add_extends()->set_receipt(consumer.deliveries[2].receipt());
  request.mutable_extends(0)->mutable_visibility_timeout()->set_seconds(600);
  request.add_extends()->set_receipt("x");
  const auto answer = consumer.Settle(request);
  ASSERT_EQ(answer.acks_size(), 2);
  EXPECT_FALSE(answer.acks(0).has_error());
  EXPECT_EQ(answer.acks(1).error().code(), grpc::INVALID_ARGUMENT);
  ASSERT_EQ(answer.nacks_size(), 2);
  EXPECT_FALSE(answer.nacks(0).has_error());
  EXPECT_EQ(answer.nacks(1).error().reason(), "DUPLICATE_ENTRY");
  ASSERT_EQ(answer.extends_size(), 2);
  EXPECT_FALSE(answer.extends(0).has_error());
  EXPECT_THAT(answer.extends(1).error().message(), HasSubstr("visibility_timeout"));
  const v1::Stats stats = StatsOf("billing");
  EXPECT_EQ(stats.leased(), 1u);
  EXPECT_EQ(stats.retrying(), 1u);
  consumer.Close();
}

TEST_F(ConsumeStreamServer, ManySettlesAreAnsweredInTheirOrder) {
  CreateQueue("billing");
  constexpr std::uint64_t kMessages = 500;
  Publish("billing", std::vector<std::string>(kMessages, "x"));
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(kMessages));
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kMessages; ++i) {
      v1::ConsumeRequest request;
      request.set_settle_id(i);
      request.add_acks(consumer.deliveries[i].receipt());
      EXPECT_TRUE(consumer.Write(request));
    }
  });
  EXPECT_TRUE(consumer.ReadUntil([&] { return consumer.settled.size() == kMessages; }));
  writer.join();
  for (std::uint64_t i = 0; i < kMessages; ++i) EXPECT_EQ(consumer.settled[i].settle_id(), i);
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, AStreamWithItsBudgetUsedUpIsToldThatItsSourceIsGone) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  Consumer consumer(*messages);
  consumer.Open("billing", 1);
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  Barrier();
  DeleteQueue("billing");
  CreateQueue("billing");  // another one: the stream does not move to it
  Publish("billing", {"b"});
  const grpc::Status end = consumer.End();
  EXPECT_EQ(end.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(RefusalOf(end).resource, "queue/billing");
  EXPECT_EQ(consumer.deliveries.size(), 1u);
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
}

TEST_F(ConsumeStreamServer, SettlesWhoseAnswersAreNotReadAreNotTakenInWithoutEnd) {
  CreateQueue("billing");
  Publish("billing", {std::string(9u << 20, 'x')});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").leased() == 1; }));  // its delivery fills the way to the client
  constexpr std::uint64_t kSettles = 300;
  for (std::uint64_t i = 0; i < kSettles; ++i) {
    v1::ConsumeRequest request;
    request.set_settle_id(i);
    request.add_acks("nonsense");
    ASSERT_TRUE(consumer.Write(request));
  }
  Barrier();
  EXPECT_TRUE(consumer.ReadUntil([&] { return consumer.settled.size() == kSettles; }));
  for (std::uint64_t i = 0; i < kSettles; ++i) EXPECT_EQ(consumer.settled[i].settle_id(), i);
  EXPECT_LE(consumer.most_settled, 64u);
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, AClosedStreamGivesBackWhatItDeliveredCounted) {
  CreateQueue("billing");
  Publish("billing", {"a", "b"});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(2));
  consumer.Ack(0);
  EXPECT_TRUE(consumer.Close().ok());
  const auto again = Receive("billing");  // at once
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].message().body(), "b");
  EXPECT_EQ(again[0].attempt(), 2u);
}

TEST_F(ConsumeStreamServer, ACancelledStreamGivesBackWhatItDeliveredCounted) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  EXPECT_EQ(consumer.Cancel().error_code(), grpc::CANCELLED);
  const auto again = Receive("billing", 1, 60s);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt(), 2u);
}

TEST_F(ConsumeStreamServer, ALostConnectionGivesBackWhatItDeliveredCounted) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  ConnectionToLose connection(server().port());
  auto stub = v1::Messages::NewStub(connection.channel());
  Consumer consumer(*stub);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  connection.Lose();
  EXPECT_EQ(consumer.End().error_code(), grpc::UNAVAILABLE);
  const auto again = Receive("billing", 1, 60s);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt(), 2u);
}

TEST_F(ConsumeStreamServer, WhatWasLeasedButNotSentIsGivenBackUncounted) {
  CreateQueue("billing");
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadUntil([&] { return consumer.opened; }));
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == 1; }));
  HoldCommits();
  v1::PublishRequest publish;
  publish.set_target("billing");
  publish.add_messages()->set_body("a");
  TestContext publishing;
  v1::PublishResponse published;
  grpc::CompletionQueue queue;
  auto call = messages->AsyncPublish(&publishing, publish, &queue);
  grpc::Status status;
  call->Finish(&published, &status, nullptr);
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  EXPECT_EQ(consumer.Cancel().error_code(), grpc::CANCELLED);
  Barrier();
  LetGo();
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  const auto again = Receive("billing", 1, 60s);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt(), 1u);
}

TEST_F(ConsumeStreamServer, AWrongOpeningEndsTheStream) {
  CreateQueue("billing");
  struct Case {
    const char* what;
    std::function<void(v1::ConsumeRequest&)> make;
    grpc::StatusCode code;
    std::string field;
  };
  const std::vector<Case> cases = {
      {"none", [](v1::ConsumeRequest& r) { r.add_acks("x"); }, grpc::INVALID_ARGUMENT, "open"},
      {"with acks", [](v1::ConsumeRequest& r) { r.add_acks("x"), r.mutable_open()->set_source("billing"); },
       grpc::INVALID_ARGUMENT, "acks"},
      {"no source", [](v1::ConsumeRequest& r) { r.mutable_open(); }, grpc::INVALID_ARGUMENT, "open.source"},
      {"namespace", [](v1::ConsumeRequest& r) { r.mutable_open()->set_namespace_("a b"); }, grpc::INVALID_ARGUMENT,
       "namespace"},
      {"unknown", [](v1::ConsumeRequest& r) { r.mutable_open()->set_source("nowhere"); }, grpc::NOT_FOUND, ""},
      {"too many",
       [](v1::ConsumeRequest& r) {
         r.mutable_open()->set_source("billing");
         r.mutable_open()->set_max_outstanding_messages(1'000'000);
       },
       grpc::INVALID_ARGUMENT, "open.max_outstanding_messages"},
  };
  for (const auto& [what, make, code, field] : cases) {
    Consumer consumer(*messages);
    v1::ConsumeRequest request;
    make(request);
    ASSERT_TRUE(consumer.Write(request));
    const Refusal refusal = RefusalOf(consumer.End());
    EXPECT_EQ(refusal.code, code) << what;
    if (!field.empty()) {
      EXPECT_THAT(refusal.fields, ElementsAre(field)) << what;
    }
    EXPECT_FALSE(consumer.opened) << what;
  }
}

TEST_F(ConsumeStreamServer, ASecondOpeningEndsTheStreamAndGivesBack) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  consumer.Open("billing");
  EXPECT_THAT(RefusalOf(consumer.End()).fields, ElementsAre("open"));
  EXPECT_EQ(Receive("billing").at(0).attempt(), 2u);
}

TEST_F(ConsumeStreamServer, ADeletedSourceEndsTheStream) {
  CreateQueue("billing");
  Consumer consumer(*messages);
  consumer.Open("billing");
  ASSERT_TRUE(consumer.ReadUntil([&] { return consumer.opened; }));
  DeleteQueue("billing");
  EXPECT_EQ(RefusalOf(consumer.End()).code, grpc::NOT_FOUND);
}

TEST_F(ConsumeStreamServer, AStreamThatClosesWithoutOpeningEndsWell) {
  Consumer consumer(*messages);
  EXPECT_TRUE(consumer.Close().ok());
}

TEST_F(ConsumeStreamServer, APullSubscriptionIsASourceToo) {
  CreateTopic("orders");
  CreatePull("audit", "orders");
  Publish("orders", {"a"});
  Consumer consumer(*messages);
  consumer.Open("subscription/audit");
  ASSERT_TRUE(consumer.ReadDeliveries(1));
  consumer.Ack(0);
  EXPECT_TRUE(consumer.Close().ok());
}

}  // namespace
}  // namespace broker::native
