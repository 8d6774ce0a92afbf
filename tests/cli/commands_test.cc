// Administration: topics, queues, subscriptions, dead letters, completion.
#include "tests/cli/commands_fixture.h"

namespace broker::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(CommandsTest, HealthIsTheExitCode) {
  grpc::health::v1::HealthCheckResponse response;
  response.set_status(grpc::health::v1::HealthCheckResponse::SERVING);
  broker_.health.check.Answer(response);
  EXPECT_EQ(Run({"health", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "serving\n");
  EXPECT_EQ(Err(), "");
  EXPECT_EQ(broker_.health.check.requests().at(0).service(), "") << "the server as a whole";
}

TEST_F(CommandsTest, ABrokerThatTakesNoWorkIsNotHealthy) {
  grpc::health::v1::HealthCheckResponse response;
  response.set_status(grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  broker_.health.check.Answer(response);
  EXPECT_EQ(Run({"health", "-o", "name"}), ExitCode::kUnavailable);
  EXPECT_EQ(Out(), "not_serving\n");
  EXPECT_THAT(Err(), HasSubstr(broker_.address()));
}

TEST_F(CommandsTest, NobodyThereIsNotHealthy) {
  EXPECT_EQ(Run({"health", "--address", "127.0.0.1:1"}), ExitCode::kUnavailable);
  EXPECT_THAT(Err(), HasSubstr("127.0.0.1:1"));
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
