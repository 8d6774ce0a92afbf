// Publish, receive and settle by unary calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MessagesServer : public NativeHarness {
 protected:
  grpc::Status TryPublish(const v1::PublishRequest& request, v1::PublishResponse* response) {
    TestContext context;
    return messages->Publish(&context, request, response);
  }
  v1::AckResponse TryAck(const std::string& source, const std::vector<std::string>& receipts) {
    v1::AckRequest request;
    request.set_source(source);
    for (const auto& receipt : receipts) request.add_receipts(receipt);
    TestContext context;
    v1::AckResponse response;
    const grpc::Status status = messages->Ack(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
};

TEST_F(MessagesServer, WhatIsPublishedIsReceivedAndAcked) {
  CreateQueue("billing");
  const auto published = Publish("billing", {"a", "b"});
  EXPECT_EQ(published.subscriptions(), 1u);
  const auto deliveries = Receive("billing");
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].message().body(), "a");
  EXPECT_EQ(deliveries[0].message().id(), published.results(0).id());
  EXPECT_EQ(deliveries[0].attempt(), 1u);
  EXPECT_GT(deliveries[0].lease_deadline().seconds(), deliveries[0].message().publish_time().seconds());
  const auto acked =
      TryAck("billing", {deliveries[0].receipt(), "nonsense", deliveries[0].receipt(), deliveries[1].receipt()});
  ASSERT_EQ(acked.results_size(), 4);
  EXPECT_FALSE(acked.results(0).has_error());
  EXPECT_EQ(acked.results(1).error().code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(acked.results(2).error().reason(), "DUPLICATE_ENTRY");
  EXPECT_FALSE(acked.results(3).has_error());
  const v1::Stats stats = StatsOf("billing");
  EXPECT_EQ(stats.ready() + stats.leased() + stats.retrying(), 0u);
}

TEST_F(MessagesServer, ATopicReachesItsSubscriptions) {
  CreateTopic("orders");
  EXPECT_EQ(Publish("orders", {"nobody hears"}).subscriptions(), 0u);
  CreateQueue("billing");
  CreatePull("audit", "orders");
  Subscribe("billing-orders", "orders", "billing");
  const auto published = Publish("orders", {"a"});
  EXPECT_EQ(published.subscriptions(), 2u);
  const auto pulled = Receive("subscription/audit");
  ASSERT_EQ(pulled.size(), 1u);
  EXPECT_EQ(pulled[0].message().id(), published.results(0).id());
  const auto queued = Receive("queue/billing");
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].message().origin_id(), published.results(0).id());
  EXPECT_EQ(queued[0].message().subscription(), "billing-orders");
}

TEST_F(MessagesServer, AWrongMessageFailsAlone) {
  CreateQueue("billing");
  v1::PublishRequest request;
  request.set_target("billing");
  request.add_messages()->set_body("good");
  request.add_messages()->set_subject(std::string(1'025, 's'));
  request.add_messages()->mutable_delay()->set_seconds(-1);
  (*request.add_messages()->mutable_attributes())["n"].set_number("no number");
  v1::PublishResponse response;
  ASSERT_TRUE(TryPublish(request, &response).ok());
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_FALSE(response.results(0).has_error());
  EXPECT_THAT(response.results(1).error().message(), HasSubstr("messages[1].subject"));
  EXPECT_THAT(response.results(2).error().message(), HasSubstr("messages[2].delay"));
  EXPECT_EQ(response.results(3).error().code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
}

TEST_F(MessagesServer, AllOrNothingStoresNothing) {
  CreateQueue("billing");
  v1::PublishRequest request;
  request.set_target("billing");
  request.set_all_or_nothing(true);
  request.add_messages()->set_body("good");
  request.add_messages()->set_subject(std::string(1'025, 's'));
  v1::PublishResponse response;
  const Refusal refusal = RefusalOf(TryPublish(request, &response));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  EXPECT_THAT(refusal.fields, ElementsAre("messages[1].subject"));
  EXPECT_EQ(StatsOf("billing").ready(), 0u);
}

TEST_F(MessagesServer, RefusesWhatCanNeverBePublished) {
  CreateQueue("billing");
  v1::PublishRequest request;
  v1::PublishResponse response;
  request.set_target("billing");
  EXPECT_THAT(RefusalOf(TryPublish(request, &response)).fields, ElementsAre("messages"));
  request.add_messages();
  request.set_target("nowhere");
  const Refusal unknown = RefusalOf(TryPublish(request, &response));
  EXPECT_EQ(unknown.code, grpc::NOT_FOUND);
  EXPECT_THAT(unknown.message, HasSubstr("nowhere"));
  request.set_target("box/billing");
  EXPECT_THAT(RefusalOf(TryPublish(request, &response)).fields, ElementsAre("target"));
}

TEST_F(MessagesServer, AnAmbiguousTargetAsksForItsKind) {
  CreateQueue("orders");
  CreateTopic("orders");
  v1::PublishRequest request;
  v1::PublishResponse response;
  request.set_target("orders");
  request.add_messages();
  EXPECT_THAT(RefusalOf(TryPublish(request, &response)).message, HasSubstr("queue/orders"));
  request.set_target("queue/orders");
  EXPECT_TRUE(TryPublish(request, &response).ok());
}

TEST_F(MessagesServer, ABodyOfTenMebibytesIsTheLargest) {
  CreateQueue("billing");
  v1::PublishRequest request;
  v1::PublishResponse response;
  request.set_target("billing");
  request.add_messages()->set_body(std::string(10u << 20, 'b'));
  ASSERT_TRUE(TryPublish(request, &response).ok());
  EXPECT_FALSE(response.results(0).has_error());
  request.mutable_messages(0)->mutable_body()->push_back('b');
  ASSERT_TRUE(TryPublish(request, &response).ok());
  EXPECT_THAT(response.results(0).error().message(), HasSubstr("messages[0].body"));
  request.mutable_messages(0)->mutable_body()->resize(17u << 20);
  EXPECT_EQ(TryPublish(request, &response).error_code(), grpc::RESOURCE_EXHAUSTED);
  const auto deliveries = Receive("billing");  // larger than max_bytes: alone
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0].message().body().size(), 10u << 20);
}

TEST_F(MessagesServer, AReceiveStopsAtItsBytes) {
  CreateQueue("billing");
  Publish("billing", {std::string(1u << 20, 'a'), std::string(1u << 20, 'b'), std::string(1u << 20, 'c')});
  EXPECT_EQ(Receive("billing").size(), 2u);  // 2 MiB unless asked otherwise
}

TEST_F(MessagesServer, TheSamePublishTwiceIsStoredOnce) {
  CreateQueue("billing");
  v1::PublishRequest request;
  request.set_target("billing");
  request.add_messages()->set_deduplication_id("d");
  v1::PublishResponse first;
  v1::PublishResponse second;
  ASSERT_TRUE(TryPublish(request, &first).ok());
  ASSERT_TRUE(TryPublish(request, &second).ok());
  EXPECT_TRUE(second.results(0).duplicate());
  EXPECT_EQ(second.results(0).id(), first.results(0).id());
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
}

TEST_F(MessagesServer, TextThatIsNotUtf8IsRefusedByField) {
  v1::PublishRequest request;
  request.set_target("billing");
  request.add_messages()->set_subject("MARK");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("MARK"), 1, "\xff");
  const Refusal refusal = RefusalOf(CallRaw("/broker.v1.Messages/Publish", bytes));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  EXPECT_THAT(refusal.fields, ElementsAre("messages[0].subject"));
}

TEST_F(MessagesServer, ANackGivesBackWithBackoffAndReason) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  v1::NackRequest nack;
  nack.set_source("billing");
  auto& entry = *nack.add_entries();
  entry.set_receipt(Receive("billing").at(0).receipt());
  entry.set_reason("card declined");
  entry.mutable_backoff()->set_seconds(3'600);
  TestContext context;
  v1::NackResponse response;
  ASSERT_TRUE(messages->Nack(&context, nack, &response).ok());
  EXPECT_FALSE(response.results(0).has_error());
  v1::PeekRequest peek;
  peek.set_source("billing");
  peek.set_state(v1::RETRYING);
  TestContext peeking;
  v1::PeekResponse peeked;
  ASSERT_TRUE(messages->Peek(&peeking, peek, &peeked).ok());
  ASSERT_EQ(peeked.messages_size(), 1);
  EXPECT_EQ(peeked.messages(0).last_reason(), "card declined");
  EXPECT_EQ(peeked.messages(0).attempts(), 1u);
}

TEST_F(MessagesServer, AnExtensionByZeroGivesBackAtOnce) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  v1::ExtendRequest extend;
  extend.set_source("billing");
  extend.add_entries()->set_receipt(Receive("billing").at(0).receipt());
  TestContext without;
  v1::ExtendResponse response;
  ASSERT_TRUE(messages->Extend(&without, extend, &response).ok());
  EXPECT_THAT(response.results(0).error().message(), HasSubstr("visibility_timeout"));
  EXPECT_EQ(StatsOf("billing").leased(), 1u);
  extend.mutable_entries(0)->mutable_visibility_timeout();
  TestContext zero;
  ASSERT_TRUE(messages->Extend(&zero, extend, &response).ok());
  EXPECT_FALSE(response.results(0).has_error());
  const auto again = Receive("billing");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt(), 2u);
}

TEST_F(MessagesServer, ReceiptsBelongToTheirSource) {
  CreateQueue("billing");
  CreateQueue("other");
  Publish("billing", {"a"});
  const std::string receipt = Receive("billing").at(0).receipt();
  EXPECT_EQ(TryAck("other", {receipt}).results(0).error().code(), grpc::INVALID_ARGUMENT);
  EXPECT_FALSE(TryAck("billing", {receipt}).results(0).has_error());
}

TEST_F(MessagesServer, ExactlyOnceRefusesAReplacedReceipt) {
  CreateQueue("billing", [](v1::Queue& queue) { queue.set_exactly_once(true); });
  Publish("billing", {"a"});
  const std::string old = Receive("billing").at(0).receipt();
  v1::ExtendRequest extend;
  extend.set_source("billing");
  extend.add_entries()->set_receipt(old);
  extend.mutable_entries(0)->mutable_visibility_timeout();
  TestContext context;
  v1::ExtendResponse response;
  ASSERT_TRUE(messages->Extend(&context, extend, &response).ok());
  ASSERT_EQ(Receive("billing").size(), 1u);
  const auto acked = TryAck("billing", {old});
  EXPECT_EQ(acked.results(0).error().reason(), "LEASE_LOST");
  EXPECT_EQ(acked.results(0).error().code(), grpc::FAILED_PRECONDITION);
}

TEST_F(MessagesServer, EmptyAndTooLargeSettlesAreRefused) {
  CreateQueue("billing");
  v1::AckRequest request;
  request.set_source("billing");
  v1::AckResponse response;
  TestContext none;
  EXPECT_THAT(RefusalOf(messages->Ack(&none, request, &response)).fields, ElementsAre("receipts"));
  for (int i = 0; i < 1'001; ++i) request.add_receipts(std::to_string(i));
  TestContext many;
  EXPECT_THAT(RefusalOf(messages->Ack(&many, request, &response)).fields, ElementsAre("receipts"));
  request.mutable_receipts()->Clear();
  request.add_receipts("x");
  request.set_source("nowhere");
  TestContext unknown;
  EXPECT_EQ(RefusalOf(messages->Ack(&unknown, request, &response)).code, grpc::NOT_FOUND);
}

// ---- long polls

TEST_F(MessagesServer, AWaitingReceiveIsWokenByAPublish) {
  CreateQueue("billing");
  auto waiting = std::async(std::launch::async, [&] { return Receive("billing", 10, 60s); });
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == 1; }));
  Publish("billing", {"a"});
  EXPECT_EQ(waiting.get().size(), 1u);
}

TEST_F(MessagesServer, ACancelledReceiveLeavesNoWaiterAndLeasesNothing) {
  CreateQueue("billing");
  v1::ReceiveRequest request;
  request.set_source("billing");
  request.mutable_wait()->set_seconds(600);
  TestContext context;
  v1::ReceiveResponse response;
  auto call = std::async(std::launch::async, [&] { return messages->Receive(&context, request, &response); });
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == 1; }));
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::CANCELLED);
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == 0; }));
  Publish("billing", {"a"});
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
  EXPECT_EQ(Receive("billing").at(0).attempt(), 1u);
}

TEST_F(MessagesServer, TheClientsDeadlineIsAnsweredBeforeItPasses) {
  CreateQueue("billing");
  v1::ReceiveRequest request;
  request.set_source("billing");
  request.mutable_wait()->set_seconds(3'600);
  TestContext context(2s);
  v1::ReceiveResponse response;
  const grpc::Status status = messages->Receive(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(response.deliveries(), IsEmpty());
  EXPECT_EQ(StatsOf("billing").waiting_receivers(), 0u);
}

TEST_F(MessagesServer, AnAnswerThatCannotBeDeliveredGivesItsLeasesBackUncounted) {
  CreateQueue("billing");
  Publish("billing", {"a", "b"});
  HoldCommits();
  v1::ReceiveRequest request;
  request.set_source("billing");
  request.set_max_messages(2);
  TestContext context;
  v1::ReceiveResponse response;
  auto call = std::async(std::launch::async, [&] { return messages->Receive(&context, request, &response); });
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));  // both are leased, and the answer waits for its group
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::CANCELLED);
  Barrier();
  LetGo();
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").ready() == 2; }));
  const auto deliveries = Receive("billing");
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].attempt(), 1u);
  EXPECT_EQ(deliveries[1].attempt(), 1u);
}

TEST_F(MessagesServer, AnAnswerForALostConnectionGivesItsLeasesBackUncounted) {
  CreateQueue("billing");
  Publish("billing", {"a"});
  HoldCommits();
  auto connection = NewChannel();
  auto stub = v1::Messages::NewStub(connection);
  v1::ReceiveRequest request;
  request.set_source("billing");
  auto context = std::make_unique<TestContext>();
  grpc::CompletionQueue queue;
  auto call = stub->AsyncReceive(context.get(), request, &queue);
  v1::ReceiveResponse response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  context->TryCancel();
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  call.reset();
  stub.reset();
  connection.reset();
  Barrier();
  LetGo();
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").ready() == 1; }));
  EXPECT_EQ(Receive("billing").at(0).attempt(), 1u);
}

TEST_F(MessagesServer, ManyLongPollsAreAnsweredOneByOne) {
  CreateQueue("billing");
  constexpr int kPolls = 500;
  grpc::CompletionQueue queue;
  struct Poll {
    TestContext context;
    v1::ReceiveResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::ReceiveResponse>> call;
  };
  std::vector<std::unique_ptr<Poll>> polls;
  v1::ReceiveRequest request;
  request.set_source("billing");
  request.mutable_wait()->set_seconds(600);
  for (int i = 0; i < kPolls; ++i) {
    auto& poll = *polls.emplace_back(std::make_unique<Poll>());
    poll.call = messages->AsyncReceive(&poll.context, request, &queue);
    poll.call->Finish(&poll.response, &poll.status, &poll);
  }
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == kPolls; }));
  Publish("billing", std::vector<std::string>(kPolls, "x"));
  for (int i = 0; i < kPolls; ++i) {
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    const auto& poll = *static_cast<Poll*>(tag);
    EXPECT_TRUE(poll.status.ok());
    EXPECT_EQ(poll.response.deliveries_size(), 1);
  }
  EXPECT_EQ(StatsOf("billing").leased(), static_cast<std::uint64_t>(kPolls));
}

}  // namespace
}  // namespace broker::native
