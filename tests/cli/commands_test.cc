// Commands against a broker of canned answers: what they send, print, warn and exit with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/app.h"
#include "tests/cli/fake_broker.h"
#include "tests/cli/fake_terminal.h"
#include "tests/cli/temp_folder.h"

namespace broker::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    terminal_.env["XDG_CONFIG_HOME"] = folder_.path();
    terminal_.env["BROKER_ADDRESS"] = broker_.address();
  }

  ExitCode Run(const std::vector<std::string>& arguments, const std::string& typed = {}) {
    terminal_.in.clear();
    terminal_.in.str(typed);
    terminal_.out.str("");
    terminal_.err.str("");
    return RunBrokerctl(arguments, terminal_);
  }
  std::string Out() const { return terminal_.out.str(); }
  std::string Err() const { return terminal_.err.str(); }

  // An answer with a result for each letter: 'd'one, 'D'uplicate, 'x' failed.
  static v1::PublishResponse Published(std::string_view letters, std::uint32_t subscriptions) {
    v1::PublishResponse response;
    response.set_subscriptions(subscriptions);
    for (const char letter : letters) {
      v1::PublishResult& result = *response.add_results();
      if (letter == 'x') {
        result.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
        result.mutable_error()->set_message("too large");
      } else {
        result.set_id("1-" + std::to_string(response.results_size()));
        result.set_duplicate(letter == 'D');
      }
    }
    return response;
  }
  static v1::AckResponse Acked(std::string_view letters) {
    v1::AckResponse response;
    for (const char letter : letters) {
      v1::SettleResult& result = *response.add_results();
      if (letter != 'x') continue;
      result.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
      result.mutable_error()->set_reason("INVALID_RECEIPT");
      result.mutable_error()->set_message("no receipt of this queue");
    }
    return response;
  }
  static v1::Task RedriveTask(v1::Task::State state, std::uint64_t moved, std::uint64_t left) {
    v1::Task task;
    task.set_id("7");
    task.set_kind("redrive");
    task.set_state(state);
    task.set_moved(moved);
    task.set_left(left);
    if (left > 0) task.add_notes("2 of queue/gone: it does not exist");
    return task;
  }

  TempFolder folder_;
  FakeTerminal terminal_;
  FakeBroker broker_;
};

TEST_F(CommandsTest, QueueCreateSendsEveryFlag) {
  v1::Queue created;
  created.set_name("billing");
  broker_.queues.create.Answer(created);
  EXPECT_EQ(Run({"queue",
                 "create",
                 "billing",
                 "--visibility-timeout",
                 "30s",
                 "--max-attempts",
                 "3",
                 "--dead-letter",
                 "billing-dlq",
                 "--delay",
                 "1m",
                 "--retention",
                 "2d",
                 "--ordered",
                 "--exactly-once",
                 "--dedup-by-content",
                 "--dedup-scope",
                 "group",
                 "-n",
                 "shop"}),
            ExitCode::kOk);
  ASSERT_EQ(broker_.queues.create.requests().size(), 1u);
  const v1::CreateQueueRequest request = broker_.queues.create.requests()[0];
  EXPECT_EQ(request.namespace_(), "shop");
  EXPECT_EQ(request.queue().name(), "billing");
  EXPECT_EQ(request.queue().visibility_timeout().seconds(), 30);
  EXPECT_EQ(request.queue().retention().seconds(), 2 * 86'400);
  EXPECT_EQ(request.queue().delay().seconds(), 60);
  EXPECT_EQ(request.queue().dead_letter().max_attempts(), 3u);
  EXPECT_EQ(request.queue().dead_letter().target(), "billing-dlq");
  EXPECT_TRUE(request.queue().ordered());
  EXPECT_TRUE(request.queue().exactly_once());
  EXPECT_TRUE(request.queue().deduplication().by_content());
  EXPECT_EQ(request.queue().deduplication().scope(), v1::Deduplication::GROUP);
  EXPECT_EQ(Out(), "") << "words go to standard error";
  EXPECT_EQ(Err(), "created queue billing\n");
}

TEST_F(CommandsTest, WhatIsNotGivenStaysAbsent) {
  EXPECT_EQ(Run({"queue", "create", "queue/billing", "-q"}), ExitCode::kOk);
  const v1::Queue queue = broker_.queues.create.requests().at(0).queue();
  EXPECT_EQ(queue.name(), "billing");
  EXPECT_FALSE(queue.has_visibility_timeout());
  EXPECT_FALSE(queue.has_retention());
  EXPECT_FALSE(queue.has_dead_letter());
  EXPECT_FALSE(queue.has_delay());
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, CreatePrintsTheThingWhereAFormatIsAskedFor) {
  v1::Queue created;
  created.set_name("billing");
  broker_.queues.create.Answer(created);
  EXPECT_EQ(Run({"queue", "create", "billing", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "billing\n");
}

TEST_F(CommandsTest, UpdateMasksExactlyWhatIsGiven) {
  EXPECT_EQ(Run({"queue", "update", "billing", "--retention", "1d", "--no-exactly-once", "--no-dead-letter"}),
            ExitCode::kOk);
  const v1::UpdateQueueRequest request = broker_.queues.update.requests().at(0);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("retention", "exactly_once", "dead_letter"));
  EXPECT_FALSE(request.queue().has_dead_letter());
  EXPECT_FALSE(request.queue().exactly_once());
  EXPECT_EQ(Run({"queue", "update", "billing"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("nothing to change"));
}

TEST_F(CommandsTest, NewAttemptsAloneKeepTheDeadLetterTarget) {
  v1::QueueDescription now;
  now.mutable_queue()->mutable_dead_letter()->set_target("queue/billing-dlq");
  broker_.queues.get.Answer(now);
  EXPECT_EQ(Run({"queue", "update", "billing", "--max-attempts", "9"}), ExitCode::kOk);
  const v1::UpdateQueueRequest request = broker_.queues.update.requests().at(0);
  EXPECT_EQ(request.queue().dead_letter().target(), "queue/billing-dlq");
  EXPECT_EQ(request.queue().dead_letter().max_attempts(), 9u);
}

TEST_F(CommandsTest, NotFoundOffersWhatIsClose) {
  broker_.queues.get.Refuse(
      Refusal(grpc::StatusCode::NOT_FOUND, "QUEUE_NOT_FOUND", "queue biling does not exist", "queue/biling"));
  v1::ListQueuesResponse queues;
  queues.add_queues()->set_name("billing");
  queues.add_queues()->set_name("email");
  broker_.queues.list.Answer(queues);
  EXPECT_EQ(Run({"queue", "describe", "biling"}), ExitCode::kNotFound);
  EXPECT_EQ(Err(), "error: queue biling does not exist\ndid you mean: billing?\n");
}

TEST_F(CommandsTest, NotFoundAsEitherKindOffersBothKinds) {
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

TEST_F(CommandsTest, ListsFollowEveryPage) {
  v1::ListQueuesResponse first;
  first.add_queues()->set_name("a");
  first.set_next_page_token("more");
  v1::ListQueuesResponse second;
  second.add_queues()->set_name("b");
  broker_.queues.list.Answer(first);
  broker_.queues.list.Answer(second);
  EXPECT_EQ(Run({"queue", "list", "-o", "name", "--prefix", "x"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "a\nb\n");
  EXPECT_EQ(broker_.queues.list.requests().at(1).page_token(), "more");
  EXPECT_EQ(broker_.queues.list.requests().at(1).prefix(), "x");
}

TEST_F(CommandsTest, WatchShowsAgainUntilInterrupted) {
  v1::QueueDescription now;
  now.mutable_queue()->set_name("billing");
  broker_.queues.get.Answer(now);
  terminal_.waits_left = 2;
  EXPECT_EQ(Run({"queue", "describe", "billing", "--watch=5", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "billing\nbilling\nbilling\n");
  EXPECT_EQ(terminal_.waited, std::chrono::seconds(15));
}

TEST_F(CommandsTest, PurgeAsksOnATerminal) {
  v1::PurgeQueueResponse purged;
  purged.set_messages(12);
  broker_.queues.purge.Answer(purged);
  terminal_.in_is_terminal = true;
  EXPECT_EQ(Run({"queue", "purge", "billing"}, "n\n"), ExitCode::kNotConfirmed);
  EXPECT_TRUE(broker_.queues.purge.requests().empty());
  EXPECT_EQ(Run({"queue", "purge", "billing"}, "y\n"), ExitCode::kOk);
  EXPECT_THAT(Err(), HasSubstr("12 message(s)"));
}

TEST_F(CommandsTest, PublishSendsTheMessageAsTyped) {
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

TEST_F(CommandsTest, PublishReadsABodyOfBytesFromStandardInput) {
  broker_.messages.publish.Answer(Published("d", 1));
  const std::string bytes("a\0\xff\n", 4);
  EXPECT_EQ(Run({"publish", "orders", "--body", "-"}, bytes), ExitCode::kOk);
  EXPECT_EQ(broker_.messages.publish.requests().at(0).messages(0).body(), bytes);
  EXPECT_FALSE(broker_.messages.publish.requests().at(0).messages(0).has_delay());
}

TEST_F(CommandsTest, PublishWarnsWhenNobodyListens) {
  broker_.messages.publish.Answer(Published("d", 0));
  EXPECT_EQ(Run({"publish", "orders", "--body", "x", "-o", "json", "-q"}), ExitCode::kOk);
  EXPECT_THAT(Err(), HasSubstr("warning: orders has no subscription"));
  EXPECT_THAT(Out(), HasSubstr("\"subscriptions\": 0"));
}

TEST_F(CommandsTest, LinesAreMessagesInOneRequest) {
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

TEST_F(CommandsTest, ManyLinesGoInSeveralRequests) {
  std::string lines;
  for (int i = 0; i < 1'201; ++i) lines += "x\n";
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, lines), ExitCode::kOk);
  std::vector<int> sizes;
  for (const auto& request : broker_.messages.publish.requests()) sizes.push_back(request.messages_size());
  EXPECT_THAT(sizes, ElementsAre(500, 500, 201));
}

TEST_F(CommandsTest, SomeLinesThatFailAreAPartialFailure) {
  broker_.messages.publish.Answer(Published("dx", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines", "-o", "name"}, "a\nb\n"), ExitCode::kPartial);
  EXPECT_EQ(Out(), "1-1\n");
  EXPECT_THAT(Err(), HasSubstr("message 2: too large"));
  broker_.messages.publish.Answer(Published("xx", 1));
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, "a\nb\n"), ExitCode::kPartial) << "the first answer again";
  EXPECT_EQ(Run({"publish", "orders", "--lines"}, "a\nb\n"), ExitCode::kUsage) << "nothing was stored";
}

TEST_F(CommandsTest, ReceivePrintsAndThenAcks) {
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

TEST_F(CommandsTest, ReceiveOfNothingIsNoErrorAndAcksNothing) {
  EXPECT_EQ(Run({"receive", "billing", "--ack", "-o", "json"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "{\n  \"messages\": []\n}\n");
  EXPECT_TRUE(broker_.messages.ack.requests().empty());
}

TEST_F(CommandsTest, WhatCouldNotBePrintedIsNotAcked) {
  v1::ReceiveResponse delivered;
  delivered.add_deliveries()->set_receipt("r1");
  broker_.messages.receive.Answer(delivered);
  terminal_.out.setstate(std::ios::badbit);
  EXPECT_EQ(Run({"receive", "billing", "--ack"}), ExitCode::kError);
  EXPECT_TRUE(broker_.messages.ack.requests().empty());
}

TEST_F(CommandsTest, AckTellsWhichReceiptsFailed) {
  broker_.messages.ack.Answer(Acked("dx"));
  EXPECT_EQ(Run({"ack", "billing", "r1", "r2"}), ExitCode::kPartial);
  EXPECT_THAT(Err(), HasSubstr("error: receipt r2: no receipt of this queue"));
  broker_.messages.ack.Answer(Acked("x"));
  EXPECT_EQ(Run({"ack", "billing", "-"}, "r1\n\nr2\n"), ExitCode::kPartial);
  EXPECT_THAT(broker_.messages.ack.requests().at(1).receipts(), ElementsAre("r1", "r2"));
  EXPECT_EQ(Run({"ack", "billing", "r9"}), ExitCode::kUsage);
}

TEST_F(CommandsTest, NackSendsReasonAndBackoff) {
  v1::NackResponse answer;
  answer.add_results();
  broker_.messages.nack.Answer(answer);
  EXPECT_EQ(Run({"nack", "billing", "r1", "--reason", "card declined", "--backoff", "1m"}), ExitCode::kOk);
  const v1::NackRequest request = broker_.messages.nack.requests().at(0);
  EXPECT_EQ(request.entries(0).receipt(), "r1");
  EXPECT_EQ(request.entries(0).reason(), "card declined");
  EXPECT_EQ(request.entries(0).backoff().seconds(), 60);
}

TEST_F(CommandsTest, PeekStopsAtItsMaximum) {
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

TEST_F(CommandsTest, RedriveWaitsForItsTask) {
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  broker_.tasks.get.Answer(RedriveTask(v1::Task::RUNNING, 1, 0));
  broker_.tasks.get.Answer(RedriveTask(v1::Task::DONE, 2, 0));
  terminal_.waits_left = 10;
  EXPECT_EQ(Run({"dlq", "redrive", "billing-dlq", "-o", "json"}), ExitCode::kOk);
  EXPECT_EQ(broker_.tasks.get.requests().size(), 2u);
  EXPECT_EQ(broker_.tasks.get.requests()[0].id(), "7");
  EXPECT_THAT(Out(), HasSubstr("\"moved\": 2"));
}

TEST_F(CommandsTest, RedriveThatLeavesMessagesIsPartialAndSaysWhich) {
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::DONE, 2, 2));
  EXPECT_EQ(Run({"dlq", "redrive", "billing-dlq"}), ExitCode::kPartial);
  EXPECT_THAT(Err(), HasSubstr("2 of queue/gone: it does not exist"));
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::FAILED, 2, 0));
  EXPECT_EQ(Run({"dlq", "redrive", "billing-dlq"}), ExitCode::kPartial);
  EXPECT_EQ(Run({"dlq", "redrive", "billing-dlq"}), ExitCode::kError);
}

TEST_F(CommandsTest, RedriveCanBeLeftRunning) {
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  EXPECT_EQ(Run({"dlq", "redrive", "billing-dlq", "--no-wait", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "7\n");
  EXPECT_TRUE(broker_.tasks.get.requests().empty());
}

TEST_F(CommandsTest, WhatTheBrokerDoesNotOfferIsAnError) {
  EXPECT_EQ(Run({"server", "info"}), ExitCode::kError);
  EXPECT_THAT(Err(), HasSubstr("does not offer this"));
}

TEST_F(CommandsTest, CompletionOffersLiveNames) {
  v1::ListQueuesResponse queues;
  queues.add_queues()->set_name("billing");
  queues.add_queues()->set_name("orders");
  broker_.queues.list.Answer(queues);
  v1::ListTopicsResponse topics;
  topics.add_topics()->set_name("orders");
  broker_.topics.list.Answer(topics);
  EXPECT_EQ(Run({"__complete", "queue", "describe", "b"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "billing\t\n");
  EXPECT_EQ(Run({"__complete", "-n", "shop", "publish", ""}), ExitCode::kOk);
  EXPECT_EQ(Out(), "topic/orders\t\nbilling\t\nqueue/orders\t\n");
  EXPECT_EQ(broker_.topics.list.requests().at(0).namespace_(), "shop");
}

}  // namespace
}  // namespace broker::cli
