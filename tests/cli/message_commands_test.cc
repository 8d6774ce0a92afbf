// Publish, receive, settle, peek.
#include "cli/message_input.h"
#include "tests/cli/commands_fixture.h"

namespace broker::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MessageCommandsTest : public CommandsTest {};

TEST_F(MessageCommandsTest, NotFoundAsEitherKindOffersBothKinds) {
  broker_.messages.publish.Refuse(
      Refusal(grpc::StatusCode::NOT_FOUND, "NOT_FOUND", "there is no topic or queue orderz", "orderz"));
  v1::ListQueuesResponse queues;
  queues.add_queues()->set_name("orders");
  broker_.queues.list.Answer(queues);
  v1::ListTopicsResponse topics;
  topics.add_topics()->set_name("order");
  broker_.topics.list.Answer(topics);
  EXPECT_EQ(Run({"publish", "orderz", "--body", "x"}), ExitCode::kNotFound);
  EXPECT_THAT(Err(), HasSubstr("did you mean: topic/order, queue/orders?\n"));
}

TEST_F(MessageCommandsTest, PublishSendsTheMessageAsTyped) {
  broker_.messages.publish.Answer(Published("d", 3));
  EXPECT_EQ(Run({"publish", "orders", "--body", R"([1,"two"])", "--attribute", "kind=created", "--attribute",
                 "total:number=9.90", "--attribute", "blob:bytes=aGk=", "--subject", "new", "--key", "c-7",
                 "--dedup-id", "o-1", "--delay", "0"}),
            ExitCode::kOk);
  const v1::PublishRequest request = broker_.messages.publish.requests().at(0);
  EXPECT_EQ(request.target(), "orders");
  const v1::PublishMessage message = request.messages(0);
  EXPECT_EQ(message.body(), R"([1,"two"])");
  EXPECT_EQ(message.attributes().at("kind").text(), "created");
  EXPECT_EQ(message.attributes().at("total").number(), "9.90");
  EXPECT_EQ(message.attributes().at("blob").bytes(), "hi");
  EXPECT_EQ(message.subject(), "new");
  EXPECT_EQ(message.ordering_key(), "c-7");
  EXPECT_EQ(message.deduplication_id(), "o-1");
  EXPECT_TRUE(message.has_delay());
  EXPECT_EQ(Out(), "ID   DUPLICATE\n1-1  false\n");
  EXPECT_EQ(Err(), "");
}

TEST_F(MessageCommandsTest, PublishReadsABodyOfBytesFromStandardInput) {
  broker_.messages.publish.Answer(Published("d", 1));
  const std::string bytes("a\0\xff\n", 4);
  EXPECT_EQ(Run({"publish", "orders", "--body", "-"}, bytes), ExitCode::kOk);
  EXPECT_EQ(broker_.messages.publish.requests().at(0).messages(0).body(), bytes);
  EXPECT_FALSE(broker_.messages.publish.requests().at(0).messages(0).has_delay());
}

TEST_F(MessageCommandsTest, PublishWarnsWhenNobodyListens) {
  broker_.messages.publish.Answer(Published("d", 0));
  EXPECT_EQ(Run({"publish", "orders", "--body", "x", "-o", "json", "-q"}), ExitCode::kOk);
  EXPECT_THAT(Err(), HasSubstr("warning: orders has no subscription"));
  EXPECT_THAT(Out(), HasSubstr("\"subscriptions\": 0"));
}

TEST_F(MessageCommandsTest, LinesAreMessagesInOneRequest) {
  broker_.messages.publish.Answer(Published("dDd", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines", "--attribute", "a=1", "-o", "name"}, "one\n\nthree"), ExitCode::kOk);
  ASSERT_EQ(broker_.messages.publish.requests().size(), 1u);
  const v1::PublishRequest request = broker_.messages.publish.requests()[0];
  ASSERT_EQ(request.messages_size(), 3);
  EXPECT_EQ(request.messages(0).body(), "one");
  EXPECT_EQ(request.messages(1).body(), "");
  EXPECT_EQ(request.messages(2).body(), "three");
  EXPECT_EQ(request.messages(2).attributes().at("a").text(), "1");
  EXPECT_EQ(Out(), "1-1\n1-2\n1-3\n");
}

TEST_F(MessageCommandsTest, LinesAreCountedInTheTableAndKeptInJson) {
  broker_.messages.publish.Answer(Published("dd", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, "a\nb\n"), ExitCode::kOk);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(), "published 2 message(s)\n");
  EXPECT_EQ(Run({"publish", "orders", "--lines", "-q", "-o", "yaml"}, "a\nb\n"), ExitCode::kOk);
  EXPECT_EQ(Out(),
            "messages:\n- id: \"1-1\"\n  duplicate: false\n- id: \"1-2\"\n  duplicate: false\nsubscriptions: 1\n");
}

TEST_F(MessageCommandsTest, ManyLinesGoInSeveralRequests) {
  std::string lines;
  for (int i = 0; i < 1'201; ++i) lines += "x\n";
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, lines), ExitCode::kOk);
  std::vector<int> sizes;
  for (const auto& request : broker_.messages.publish.requests()) sizes.push_back(request.messages_size());
  EXPECT_THAT(sizes, ElementsAre(500, 500, 201));
}

TEST_F(MessageCommandsTest, ARequestOfLinesHoldsFourMebibytesWithAllThatTheyCarry) {
  const auto sent = [this](const std::vector<std::string>& arguments, const std::string& lines) {
    const std::size_t before = broker_.messages.publish.requests().size();
    EXPECT_EQ(Run(arguments, lines), ExitCode::kOk) << Err();
    std::vector<int> sizes;
    const auto requests = broker_.messages.publish.requests();
    for (std::size_t i = before; i < requests.size(); ++i) {
      sizes.push_back(requests[i].messages_size());
      EXPECT_TRUE(sizes.back() == 1 || requests[i].ByteSizeLong() < (4u << 20) + 1'000);
    }
    return sizes;
  };
  const std::string attribute = "a=" + std::string(1u << 20, 'y');
  EXPECT_THAT(sent({"publish", "orders", "--lines", "--attribute", attribute}, "1\n2\n3\n4\n5\n"), ElementsAre(3, 2));
  const std::string large(3u << 20, 'x');
  EXPECT_THAT(sent({"publish", "orders", "--lines"}, "1\n" + large + "\n" + large + large + "\n4\n"),
              ElementsAre(2, 1, 1));
}

TEST_F(MessageCommandsTest, SomeLinesThatFailAreAPartialFailure) {
  broker_.messages.publish.Answer(Published("dx", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines", "-o", "name"}, "a\nb\n"), ExitCode::kPartial);
  EXPECT_EQ(Out(), "1-1\n");
  EXPECT_THAT(Err(), HasSubstr("message 2: too large"));
  broker_.messages.publish.Answer(Published("xx", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, "a\nb\n"), ExitCode::kPartial) << "the first answer again";
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, "a\nb\n"), ExitCode::kUsage) << "nothing was stored";
}

TEST_F(MessageCommandsTest, ARefusedMessagePrintsNoTable) {
  broker_.messages.publish.Answer(Published("x", 1));
  EXPECT_EQ(Run({"publish", "orders", "--body", "x"}), ExitCode::kUsage);
  EXPECT_EQ(Out(), "");
}

TEST_F(MessageCommandsTest, ReceivePrintsAndThenAcks) {
  v1::ReceiveResponse delivered;
  for (const char* receipt : {"r1", "r2"}) {
    v1::Delivery& delivery = *delivered.add_deliveries();
    delivery.set_receipt(receipt);
    delivery.set_attempt(1);
    delivery.mutable_message()->set_id(std::string("1-") + receipt);
    delivery.mutable_message()->set_body("b");
  }
  broker_.messages.receive.Answer(delivered);
  broker_.messages.ack.Answer(Acked("dd"));
  EXPECT_EQ(Run({"receive", "billing", "--max", "10", "--wait", "5s", "--ack", "-o", "json"}), ExitCode::kOk);
  const v1::ReceiveRequest request = broker_.messages.receive.requests().at(0);
  EXPECT_EQ(request.source(), "billing");
  EXPECT_EQ(request.max_messages(), 10u);
  EXPECT_EQ(request.wait().seconds(), 5);
  EXPECT_FALSE(request.has_visibility_timeout());
  EXPECT_THAT(broker_.messages.ack.requests().at(0).receipts(), ElementsAre("r1", "r2"));
  EXPECT_THAT(Out(), HasSubstr("\"messages\": [\n    {\n      \"id\": \"1-r1\",\n      \"body\": \"b\""));
  EXPECT_EQ(Err(), "acked 2 message(s)\n");
}

TEST_F(MessageCommandsTest, ReceiveOfNothingIsNoErrorAndAcksNothing) {
  EXPECT_EQ(Run({"receive", "billing", "--ack", "-o", "json"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "{\n  \"messages\": []\n}\n");
  EXPECT_TRUE(broker_.messages.ack.requests().empty());
}

TEST_F(MessageCommandsTest, WhatCouldNotBePrintedIsNotAcked) {
  v1::ReceiveResponse delivered;
  delivered.add_deliveries()->set_receipt("r1");
  broker_.messages.receive.Answer(delivered);
  terminal_.out.setstate(std::ios::badbit);
  EXPECT_EQ(Run({"receive", "billing", "--ack"}), ExitCode::kError);
  EXPECT_TRUE(broker_.messages.ack.requests().empty());
}

TEST_F(MessageCommandsTest, WhatCouldNotBePrintedIsSaid) {
  broker_.queues.list.Answer({});
  terminal_.out.setstate(std::ios::badbit);
  EXPECT_EQ(Run({"queue", "list"}), ExitCode::kError);
  EXPECT_THAT(Err(), HasSubstr("standard output could not be written"));
}

TEST_F(MessageCommandsTest, PublishNamesTheFlagThatWasRefused) {
  v1::PublishResponse refused;
  auto& error = *refused.add_results()->mutable_error();
  error.set_code(3);
  error.set_reason("INVALID_FIELD");
  error.set_message("messages[0].delay: 99d is outside 0s to 4d, the retention");
  broker_.messages.publish.Answer(refused);
  EXPECT_EQ(Run({"publish", "billing", "--body", "x", "--delay", "99d"}), ExitCode::kUsage);
  EXPECT_EQ(Err(), "error: message 1: --delay: 99d is outside 0s to 4d, the retention\n");
}

TEST_F(MessageCommandsTest, ALineThatNoRequestCouldHoldFailsAlone) {
  broker_.messages.publish.Answer(Published("d", 1));
  const std::string lines = "a\n" + std::string(kMaxBodyBytes + 1, 'x') + "\nb\n";
  EXPECT_EQ(Run({"publish", "billing", "--lines"}, lines), ExitCode::kPartial);
  EXPECT_THAT(Err(), HasSubstr("message 2: a line of 10485761 bytes; a body has at most 10485760"));
  EXPECT_EQ(broker_.messages.publish.requests().size(), 2u);
}

TEST_F(MessageCommandsTest, AckTellsWhichReceiptsFailed) {
  broker_.messages.ack.Answer(Acked("dx"));
  EXPECT_EQ(Run({"ack", "billing", "r1", "r2"}), ExitCode::kPartial);
  EXPECT_THAT(Err(), HasSubstr("error: receipt r2: no receipt of this queue"));
  broker_.messages.ack.Answer(Acked("x"));
  EXPECT_EQ(Run({"ack", "billing", "-"}, "r1\n\nr2\n"), ExitCode::kPartial);
  EXPECT_THAT(broker_.messages.ack.requests().at(1).receipts(), ElementsAre("r1", "r2"));
  EXPECT_EQ(Run({"ack", "billing", "r9"}), ExitCode::kUsage);
}

TEST_F(MessageCommandsTest, WhatBecameOfEachReceiptIsDataWhereItIsAskedFor) {
  broker_.messages.ack.Answer(Acked("dx"));
  EXPECT_EQ(Run({"ack", "billing", "r1", "r2"}), ExitCode::kPartial);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Run({"ack", "billing", "r1", "r2", "-o", "json"}), ExitCode::kPartial);
  EXPECT_EQ(Out(), R"({
  "results": [
    {
      "receipt": "r1",
      "ok": true
    },
    {
      "receipt": "r2",
      "ok": false,
      "error": {
        "reason": "INVALID_RECEIPT",
        "message": "no receipt of this queue"
      }
    }
  ]
}
)");
  EXPECT_EQ(Run({"ack", "billing", "r1", "r2", "-o", "name"}), ExitCode::kPartial);
  EXPECT_EQ(Out(), "r1\n");
  v1::NackResponse nacked;
  nacked.add_results();
  broker_.messages.nack.Answer(nacked);
  EXPECT_EQ(Run({"nack", "billing", "r1", "-o", "yaml"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "results:\n- receipt: r1\n  ok: true\n");
  v1::ExtendResponse extended;
  extended.add_results();
  broker_.messages.extend.Answer(extended);
  EXPECT_EQ(Run({"extend", "billing", "r1", "--for", "5m", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "r1\n");
}

TEST_F(MessageCommandsTest, WhatWasSettledBeforeARequestFailedIsShown) {
  broker_.messages.ack.Answer(Acked(std::string(1'000, 'd')));
  broker_.messages.ack.Refuse(Refusal(grpc::StatusCode::UNAVAILABLE, "STOPPING", "the broker is stopping", ""));
  std::string receipts;
  for (int i = 0; i < 1'001; ++i) receipts += "r" + std::to_string(i) + "\n";
  EXPECT_EQ(Run({"ack", "billing", "-", "-o", "name"}, receipts), ExitCode::kPartial);
  EXPECT_EQ(Out(), receipts.substr(0, receipts.find("r1000\n")));
  EXPECT_EQ(Run({"ack", "billing", "r1", "-o", "json"}), ExitCode::kUnavailable);
  EXPECT_EQ(Out(), "");
}

TEST_F(MessageCommandsTest, NackSendsReasonAndBackoff) {
  v1::NackResponse answer;
  answer.add_results();
  broker_.messages.nack.Answer(answer);
  EXPECT_EQ(Run({"nack", "billing", "r1", "--reason", "card declined", "--backoff", "1m"}), ExitCode::kOk);
  const v1::NackRequest request = broker_.messages.nack.requests().at(0);
  EXPECT_EQ(request.entries(0).receipt(), "r1");
  EXPECT_EQ(request.entries(0).reason(), "card declined");
  EXPECT_EQ(request.entries(0).backoff().seconds(), 60);
}

TEST_F(MessageCommandsTest, PeekStopsAtItsMaximum) {
  v1::PeekResponse page;
  page.add_messages()->mutable_message()->set_id("1");
  page.add_messages()->mutable_message()->set_id("2");
  page.set_next_page_token("more");
  broker_.messages.peek.Answer(page);
  EXPECT_EQ(Run({"peek", "billing", "retrying", "--max", "3", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "1\n2\n1\n");
  EXPECT_EQ(broker_.messages.peek.requests().at(0).state(), v1::RETRYING);
  EXPECT_EQ(broker_.messages.peek.requests().at(0).page_size(), 3u);
  EXPECT_EQ(broker_.messages.peek.requests().at(1).page_size(), 1u);
}

}  // namespace
}  // namespace broker::cli
