// The daemon's stop as clients see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

class Drain : public NativeHarness {
 protected:
  static grpc::Status EndOf(grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>& stream) {
    v1::ConsumeResponse response;
    while (stream.Read(&response)) {}
    return stream.Finish();
  }
};

TEST_F(Drain, AnIdleServerIsDrainedAtOnce) {
  EXPECT_TRUE(server().Drain(60s));
  Stop();
}

TEST_F(Drain, AServerThatServedNothingStops) { Stop(); }

TEST_F(Drain, WhoIsInTheMiddleOfItsWorkHearsThatTheBrokerStops) {
  CreateQueue("billing");
  std::atomic<bool> working = false;
  auto last = std::async(std::launch::async, [&] {
    while (true) {
      v1::PublishRequest request;
      request.set_target("billing");
      request.add_messages()->set_body("a");
      v1::PublishResponse response;
      TestContext context;
      const grpc::Status status = messages->Publish(&context, request, &response);
      if (!status.ok()) return RefusalOf(status);
      working = true;
    }
  });
  ASSERT_TRUE(WaitFor([&] { return working.load(); }));
  EXPECT_TRUE(server().Drain(60s));
  Stop();
  EXPECT_EQ(last.get().reason, "STOPPING");
}

TEST_F(Drain, AStreamEndsUnavailableAndItsLeasesComeBackUncounted) {
  CreateQueue("billing");
  Publish("billing", {"a", "b"});
  TestContext context;
  auto stream = messages->Consume(&context);
  v1::ConsumeRequest open;
  open.mutable_open()->set_source("billing");
  ASSERT_TRUE(stream->Write(open));
  v1::ConsumeResponse response;
  std::size_t delivered = 0;
  while (delivered < 2 && stream->Read(&response)) delivered += static_cast<std::size_t>(response.deliveries_size());
  ASSERT_EQ(delivered, 2u);
  EXPECT_TRUE(server().Drain(60s));
  const Refusal refusal = RefusalOf(EndOf(*stream));
  EXPECT_EQ(refusal.code, grpc::UNAVAILABLE);
  EXPECT_EQ(refusal.reason, "STOPPING");
  Stop();
  const auto peeked = PeekReady("billing");
  ASSERT_EQ(peeked.size(), 2u);
  EXPECT_EQ(peeked[0].attempts, 0u);
  EXPECT_EQ(peeked[1].attempts, 0u);
}

TEST_F(Drain, AWaitingReceiveEndsEmpty) {
  CreateQueue("billing");
  auto waiting = std::async(std::launch::async, [&] { return Receive("billing", 1, 600s); });
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").waiting_receivers() == 1; }));
  EXPECT_TRUE(server().Drain(60s));
  EXPECT_THAT(waiting.get(), IsEmpty());
}

TEST_F(Drain, WhatIsInFlightIsFinished) {
  CreateQueue("billing");
  HoldCommits();
  auto publishing = std::async(std::launch::async, [&] { return Publish("billing", {"a"}); });
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  auto drained = std::async(std::launch::async, [&] { return server().Drain(60s); });
  // It has begun when new calls are refused; before that, this one is refused without the engine, which is held.
  ASSERT_TRUE(WaitFor([&] {
    TestContext context;
    v1::PublishRequest request;
    v1::PublishResponse response;
    request.set_target("billing");
    return messages->Publish(&context, request, &response).error_code() == grpc::UNAVAILABLE;
  }));
  EXPECT_EQ(drained.wait_for(0s), std::future_status::timeout);
  LetGo();
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(publishing.get().results_size(), 1);
}

TEST_F(Drain, ItGivesUpAfterItsGrace) {
  CreateQueue("billing");
  HoldCommits();
  std::thread publisher([&] {
    v1::PublishRequest request;
    request.set_target("billing");
    request.add_messages();
    TestContext context;
    v1::PublishResponse response;
    EXPECT_FALSE(messages->Publish(&context, request, &response).ok());
  });
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  EXPECT_FALSE(server().Drain(50ms));
  // Stop cuts it off, but ends only when the engine has answered: what it was given is committed.
  auto stopped = std::async(std::launch::async, [&] { server().Stop(); });
  publisher.join();
  LetGo();
  stopped.get();
  Joined();
}

TEST_F(Drain, APublishStreamIsAnsweredInFullAndEndsUnavailable) {
  CreateQueue("billing");
  HoldCommits();
  TestContext context;
  auto stream = messages->PublishStream(&context);
  v1::PublishStreamRequest request;
  request.set_request_id(1);
  request.mutable_publish()->set_target("billing");
  request.mutable_publish()->add_messages();
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  auto drained = std::async(std::launch::async, [&] { return server().Drain(60s); });
  LetGo();
  v1::PublishStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.answers(0).request_id(), 1u);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(RefusalOf(stream->Finish()).code, grpc::UNAVAILABLE);
  EXPECT_TRUE(drained.get());
}

TEST_F(Drain, SaysThatItDoesNotServe) {
  ASSERT_TRUE(server().Drain(60s));
  std::string response;
  ASSERT_TRUE(CallRaw("/grpc.health.v1.Health/Check", "", &response).ok());
  EXPECT_EQ(response, "\x08\x02");  // NOT_SERVING
  for (const char* method : {"/broker.v1.Messages/Ack", "/broker.v1.Messages/Receive", "/broker.v1.Queues/List"}) {
    EXPECT_EQ(RefusalOf(CallRaw(method, "")).code, grpc::UNAVAILABLE) << method;
  }
  TestContext context;
  auto stream = messages->Consume(&context);
  EXPECT_EQ(EndOf(*stream).error_code(), grpc::UNAVAILABLE);
}

TEST_F(Drain, AStreamWhoseClientReadsNothingIsCutOffAndItsLeasesComeBackUncounted) {
  CreateQueue("billing");
  Publish("billing", {std::string(4u << 20, 'x')});  // more than fits between the two
  TestContext context;
  auto stream = messages->Consume(&context);
  v1::ConsumeRequest open;
  open.mutable_open()->set_source("billing");
  ASSERT_TRUE(stream->Write(open));
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").leased() > 0; }));
  EXPECT_TRUE(server().Drain(60s));
  Stop();
  EXPECT_EQ(PeekReady("billing").at(0).attempts, 0u);
}

TEST_F(Drain, AReceiveWhoseClientReadsNothingIsCutOff) {
  CreateQueue("billing");
  Publish("billing", {std::string(4u << 20, 'x')});
  v1::ReceiveRequest request;
  request.set_source("billing");
  grpc::CompletionQueue queue;
  TestContext context;
  auto call = StartStream(context, "/broker.v1.Messages/Receive", queue, request.SerializeAsString());
  void* tag = nullptr;
  bool ok = false;
  call->WritesDone(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").leased() > 0; }));
  EXPECT_TRUE(server().Drain(60s));
  Stop();
  EXPECT_EQ(PeekReady("billing").at(0).attempts, 0u);
}

TEST_F(Drain, AWatchOfHealthDoesNotHoldUpTheStop) {
  grpc::CompletionQueue queue;
  TestContext context;
  // A client that reads whether it is served for as long as it lives; method and message by their bytes.
  auto watch = StartStream(context, "/grpc.health.v1.Health/Watch", queue);
  grpc::ByteBuffer bytes;
  watch->Read(&bytes, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);  // it is being served
  EXPECT_TRUE(server().Drain(60s));
  Stop();
}

TEST_F(Drain, APortThatIsTakenIsRefused) {
  Loop loop(clock());
  NativeOptions options;
  options.port = server().port();
  NativeServer second(options, loop, engine(), clock());
  const Status started = second.Start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "CANNOT_LISTEN");
  EXPECT_NE(started.error().message.find("127.0.0.1:" + std::to_string(server().port())), std::string::npos);
}

}  // namespace
}  // namespace broker::native
