// Messages.PublishStream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <numeric>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using testing::HasSubstr;

class PublishStreamServer : public NativeHarness {
 protected:
  using Stream = grpc::ClientReaderWriter<v1::PublishStreamRequest, v1::PublishStreamResponse>;
  using Answer = v1::PublishStreamResponse::Answer;

  static v1::PublishStreamRequest Request(std::uint64_t id, const std::string& target, const std::string& body) {
    v1::PublishStreamRequest request;
    request.set_request_id(id);
    request.mutable_publish()->set_target(target);
    request.mutable_publish()->add_messages()->set_body(body);
    return request;
  }
  // Reads until `count` answers have come.
  static std::map<std::uint64_t, Answer> ReadAnswers(Stream& stream, std::size_t count) {
    std::map<std::uint64_t, Answer> answers;
    v1::PublishStreamResponse response;
    while (answers.size() < count && stream.Read(&response)) {
      for (const auto& answer : response.answers()) {
        EXPECT_TRUE(answers.emplace(answer.request_id(), answer).second) << answer.request_id();
      }
    }
    return answers;
  }
};

TEST_F(PublishStreamServer, EveryRequestIsAnsweredByItsId) {
  CreateQueue("billing");
  TestContext context;
  auto stream = messages->PublishStream(&context);
  constexpr std::uint64_t kRequests = 2'000;
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= kRequests; ++id) {
      // Only the first names its target.
      EXPECT_TRUE(stream->Write(Request(id, id == 1 ? "billing" : "", std::to_string(id))));
    }
    EXPECT_TRUE(stream->WritesDone());
  });
  const auto answers = ReadAnswers(*stream, kRequests);
  writer.join();
  ASSERT_EQ(answers.size(), kRequests);
  for (const auto& [id, answer] : answers) {
    ASSERT_FALSE(answer.has_error()) << answer.error().message();
    ASSERT_EQ(answer.published().results_size(), 1);
    EXPECT_NE(answer.published().results(0).id(), "");
  }
  v1::PublishStreamResponse none;
  EXPECT_FALSE(stream->Read(&none));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(StatsOf("billing").ready(), kRequests);
  EXPECT_EQ(Receive("billing", 1).at(0).message().body(), "1");  // in the order of the requests
}

TEST_F(PublishStreamServer, ARequestThatFailsDoesNotEndTheStream) {
  CreateQueue("billing");
  TestContext context;
  auto stream = messages->PublishStream(&context);
  ASSERT_TRUE(stream->Write(Request(1, "nowhere", "a")));
  ASSERT_TRUE(stream->Write(Request(2, "a b", "a")));
  v1::PublishStreamRequest empty;
  empty.set_request_id(3);
  empty.mutable_publish()->set_target("billing");
  ASSERT_TRUE(stream->Write(empty));
  v1::PublishStreamRequest partly = Request(4, "billing", "good");
  partly.mutable_publish()->add_messages()->mutable_delay()->set_seconds(-1);
  ASSERT_TRUE(stream->Write(partly));
  v1::PublishStreamRequest other = Request(5, "billing", "elsewhere");
  other.mutable_publish()->set_namespace_("other");
  ASSERT_TRUE(stream->Write(other));
  ASSERT_TRUE(stream->WritesDone());
  const auto answers = ReadAnswers(*stream, 5);
  ASSERT_EQ(answers.size(), 5u);
  EXPECT_EQ(answers.at(1).error().code(), grpc::NOT_FOUND);
  EXPECT_THAT(answers.at(2).error().message(), HasSubstr("target"));
  EXPECT_THAT(answers.at(3).error().message(), HasSubstr("messages"));
  ASSERT_EQ(answers.at(4).published().results_size(), 2);
  EXPECT_FALSE(answers.at(4).published().results(0).has_error());
  EXPECT_TRUE(answers.at(4).published().results(1).has_error());
  EXPECT_EQ(answers.at(5).error().code(), grpc::NOT_FOUND);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(PublishStreamServer, NothingIsAnsweredBeforeItIsCommitted) {
  CreateQueue("billing");
  HoldCommits();
  TestContext context;
  auto stream = messages->PublishStream(&context);
  ASSERT_TRUE(stream->Write(Request(1, "billing", "a")));
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  std::atomic<bool> answered = false;
  std::thread reader([&] {
    v1::PublishStreamResponse response;
    EXPECT_TRUE(stream->Read(&response));
    answered = true;
  });
  Barrier();
  EXPECT_FALSE(answered);
  LetGo();
  reader.join();
  EXPECT_TRUE(answered);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(PublishStreamServer, AnIdThatIsStillUnansweredEndsTheStream) {
  CreateQueue("billing");
  HoldCommits();
  TestContext context;
  auto stream = messages->PublishStream(&context);
  ASSERT_TRUE(stream->Write(Request(7, "billing", "a")));
  ASSERT_TRUE(stream->Write(Request(7, "billing", "b")));
  ASSERT_TRUE(WaitFor([&] { return Holds(); }));
  Barrier();
  LetGo();
  EXPECT_EQ(ReadAnswers(*stream, 2).size(), 1u);  // the first is answered
  EXPECT_THAT(RefusalOf(stream->Finish()).fields, testing::ElementsAre("request_id"));
  EXPECT_EQ(StatsOf("billing").ready(), 1u);
}

TEST_F(PublishStreamServer, AnAnsweredIdMayBeUsedAgain) {
  CreateQueue("billing");
  TestContext context;
  auto stream = messages->PublishStream(&context);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(stream->Write(Request(7, "billing", "a")));
    ASSERT_EQ(ReadAnswers(*stream, 1).size(), 1u);
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(StatsOf("billing").ready(), 50u);
}

TEST_F(PublishStreamServer, ReadsNoFurtherThanItsBound) {
  CreateQueue("billing");
  HoldCommits();
  TestContext context;
  auto stream = messages->PublishStream(&context);
  constexpr std::uint64_t kRequests = 64;  // of 1 MiB each; 16 MiB may be unanswered
  std::atomic<std::uint64_t> written = 0;
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= kRequests; ++id) {
      EXPECT_TRUE(stream->Write(Request(id, "billing", std::string(1u << 20, 'x'))));
      ++written;
    }
    stream->WritesDone();
  });
  ASSERT_TRUE(WaitFor([&] { return written >= 16 && Holds(); }));
  Barrier();
  LetGo();
  EXPECT_EQ(ReadAnswers(*stream, kRequests).size(), kRequests);
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  // Each group gathered while the one before it was not answered.
  for (const std::size_t answers : GroupAnswers()) EXPECT_LE(answers, 17u);
  EXPECT_EQ(StatsOf("billing").ready(), kRequests);
}

TEST_F(PublishStreamServer, ACancelledStreamLeavesTheServerWell) {
  CreateQueue("billing");
  HoldCommits();
  {
    TestContext context;
    auto stream = messages->PublishStream(&context);
    ASSERT_TRUE(stream->Write(Request(1, "billing", "a")));
    ASSERT_TRUE(WaitFor([&] { return Holds(); }));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::CANCELLED);
  }
  LetGo();
  ASSERT_TRUE(WaitFor([&] { return StatsOf("billing").ready() == 1; }));
}

}  // namespace
}  // namespace broker::native
