// Commands that look on while others work: tail, top, consumers; bench; and idempotency records.
#include "tests/cli/commands_fixture.h"

namespace broker::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

grpc::Status Missing(const std::string& what) {
  return Refusal(grpc::StatusCode::NOT_FOUND, "NOT_FOUND", what + " does not exist", what);
}

v1::ReceiveResponse Delivered(const std::string& body) {
  v1::ReceiveResponse response;
  v1::Delivery& delivery = *response.add_deliveries();
  delivery.mutable_message()->set_id("1-1");
  delivery.mutable_message()->set_body(body);
  delivery.set_receipt("receipt of " + body);
  return response;
}

TEST_F(CommandsTest, TailOfATopicUsesASubscriptionThatGoes) {
  v1::Subscription created;
  created.set_name("brokerctl-tail-1");
  created.set_topic("orders");
  broker_.subscriptions.create.Answer(created);
  broker_.messages.receive.Answer(Delivered("a"));
  broker_.messages.receive.Answer(Delivered("b"));
  terminal_.looks_left = 2;
  ASSERT_EQ(Run({"tail", "topic/orders", "-o", "json", "--filter", "f"}), ExitCode::kOk) << Err();
  EXPECT_TRUE(terminal_.catches_interrupts);
  const v1::Subscription wanted = broker_.subscriptions.create.requests().at(0).subscription();
  EXPECT_EQ(wanted.topic(), "orders");
  EXPECT_EQ(wanted.filter(), "f");
  EXPECT_TRUE(wanted.has_expire_unused()) << "a killed tail leaves nothing for ever";
  EXPECT_THAT(Out(), AllOf(HasSubstr("\"body\":\"a\""), HasSubstr("\"body\":\"b\"")));
  EXPECT_EQ(broker_.messages.ack.requests().size(), 2u);
  ASSERT_EQ(broker_.subscriptions.remove.requests().size(), 1u);
  EXPECT_EQ(broker_.subscriptions.remove.requests()[0].name(), "brokerctl-tail-1");
}

TEST_F(CommandsTest, TailRemovesItsSubscriptionAlsoWhenItFails) {
  broker_.messages.receive.Refuse(Missing("subscription/x"));
  terminal_.looks_left = 5;
  EXPECT_EQ(Run({"tail", "topic/orders"}), ExitCode::kNotFound);
  EXPECT_EQ(broker_.subscriptions.remove.requests().size(), 1u);
}

TEST_F(CommandsTest, TailLeavesAfterSoMany) {
  broker_.messages.receive.Answer(Delivered("a"));
  terminal_.looks_left = 100;
  EXPECT_EQ(Run({"tail", "topic/orders", "--max", "3", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "1-1\n1-1\n1-1\n");
}

TEST_F(CommandsTest, TailOfAQueueTouchesNothingAndShowsEachOnce) {
  broker_.topics.get.Refuse(Missing("topic/q"));
  v1::PeekResponse first;
  first.add_messages()->mutable_message()->set_id("1-1");
  v1::PeekResponse second = first;
  second.add_messages()->mutable_message()->set_id("1-2");
  broker_.messages.peek.Answer(first);
  broker_.messages.peek.Answer(second);
  terminal_.waits_left = 2;
  ASSERT_EQ(Run({"tail", "q", "-o", "name"}), ExitCode::kOk) << Err();
  EXPECT_EQ(Out(), "1-1\n1-2\n");
  EXPECT_TRUE(broker_.messages.receive.requests().empty());
  EXPECT_EQ(Run({"tail", "queue/q", "--filter", "f"}), ExitCode::kUsage);
}

TEST_F(CommandsTest, TailAsksWhichOfTwo) {
  EXPECT_EQ(Run({"tail", "both"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("write topic/both or queue/both"));
}

TEST_F(CommandsTest, TopShowsTheFullestFirstAndOnceWithoutATerminal) {
  v1::ListQueuesResponse queues;
  queues.add_queues()->set_name("calm");
  queues.add_queues()->set_name("busy");
  broker_.queues.list.Answer(queues);
  v1::QueueDescription calm;
  calm.mutable_queue()->set_name("calm");
  v1::QueueDescription busy;
  busy.mutable_queue()->set_name("busy");
  busy.mutable_stats()->set_ready(7);
  broker_.queues.get.Answer(calm);
  broker_.queues.get.Answer(busy);
  v1::ListSubscriptionsResponse subscriptions;
  subscriptions.add_subscriptions()->set_name("audit");
  subscriptions.add_subscriptions()->set_name("billing-orders");
  subscriptions.mutable_subscriptions(1)->set_queue("billing");
  broker_.subscriptions.list.Answer(subscriptions);
  ASSERT_EQ(Run({"top", "-o", "name"}), ExitCode::kOk) << Err();
  EXPECT_EQ(Out(), "queue/busy\nqueue/calm\nsubscription/audit\n");
}

TEST_F(CommandsTest, TopOnATerminalGivesTheScreenBack) {
  terminal_.out_is_terminal = true;
  terminal_.waits_left = 2;
  EXPECT_EQ(Run({"top"}), ExitCode::kOk);
  EXPECT_TRUE(Out().starts_with("\x1b[?1049h"));
  EXPECT_TRUE(Out().ends_with("\x1b[?1049l"));
  EXPECT_EQ(broker_.queues.list.requests().size(), 3u);
}

TEST_F(CommandsTest, ConsumersAreListedWithWhatTheyHold) {
  v1::ListConsumersResponse consumers;
  v1::Consumer& consumer = *consumers.add_consumers();
  consumer.set_name("worker-1");
  consumer.set_peer("ipv4:127.0.0.1:5000");
  consumer.set_leased(3);
  broker_.messages.consumers.Answer(consumers);
  ASSERT_EQ(Run({"consumers", "billing"}), ExitCode::kOk);
  EXPECT_THAT(Out(), AllOf(HasSubstr("worker-1"), HasSubstr("ipv4:127.0.0.1:5000"), HasSubstr("LEASED")));
  EXPECT_EQ(broker_.messages.consumers.requests().at(0).source(), "billing");
}

// ---- bench

TEST_F(CommandsTest, BenchMakesAQueueAndRemovesIt) {
  broker_.messages.publish.Answer(Published("dddddddddd", 1));
  v1::ReceiveResponse ten;
  for (int i = 0; i < 10; ++i) *ten.add_deliveries() = Delivered("x").deliveries(0);
  broker_.messages.receive.Answer(ten);
  terminal_.waits_left = 1'000'000;
  ASSERT_EQ(Run({"bench", "--messages", "20", "--batch", "10", "--size", "5B", "-o", "json"}), ExitCode::kOk) << Err();
  EXPECT_THAT(Out(), AllOf(HasSubstr("\"messages\": 20"), HasSubstr("\"p99_ms\"")));
  ASSERT_EQ(broker_.queues.create.requests().size(), 1u);
  ASSERT_EQ(broker_.queues.remove.requests().size(), 1u);
  EXPECT_EQ(broker_.queues.remove.requests()[0].name(), broker_.queues.create.requests()[0].queue().name());
  EXPECT_EQ(broker_.messages.publish.requests().size(), 2u);
  EXPECT_EQ(broker_.messages.publish.requests()[0].messages(0).body().size(), 5u);
}

TEST_F(CommandsTest, BenchStopsAndClearsUpWhenTheBrokerRefuses) {
  broker_.messages.publish.Refuse(Missing("queue/x"));
  terminal_.waits_left = 1'000'000;
  EXPECT_EQ(Run({"bench", "--fan-out", "2"}), ExitCode::kNotFound);
  EXPECT_EQ(broker_.topics.remove.requests().size(), 1u);
  EXPECT_EQ(broker_.subscriptions.remove.requests().size(), 2u);
}

TEST_F(CommandsTest, AnInterruptedBenchSaysHowFarItCame) {
  terminal_.waits_left = 0;
  EXPECT_EQ(Run({"bench", "--messages", "10000000"}), ExitCode::kPartial);
  EXPECT_THAT(Err(), HasSubstr("stopped after"));
  EXPECT_EQ(broker_.queues.remove.requests().size(), 1u);
}

TEST_F(CommandsTest, BenchOfWhatIsThereOnlyPublishes) {
  broker_.messages.publish.Answer(Published("d", 1));
  terminal_.waits_left = 1'000'000;
  EXPECT_EQ(Run({"bench", "--to", "orders", "--messages", "5"}), ExitCode::kOk) << Err();
  EXPECT_TRUE(broker_.messages.receive.requests().empty());
  EXPECT_TRUE(broker_.queues.create.requests().empty());
  EXPECT_TRUE(broker_.queues.remove.requests().empty());
  EXPECT_EQ(Run({"bench", "--messages", "0"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"bench", "--messages", "10000001"}), ExitCode::kUsage);
}

// ---- idempotency records

TEST_F(CommandsTest, ANewClaimPrintsItsToken) {
  v1::IdempotencyRecord record;
  record.set_state(v1::IdempotencyRecord::NEW);
  record.set_token("t-1");
  broker_.idempotency.claim.Answer(record);
  EXPECT_EQ(Run({"idempotency", "claim", "order-1", "--for", "1m", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "t-1\n");
  EXPECT_EQ(broker_.idempotency.claim.requests().at(0).key(), "order-1");
  EXPECT_EQ(broker_.idempotency.claim.requests().at(0).life().seconds(), 60);
}

TEST_F(CommandsTest, AClaimOfWhatIsTakenOrDoneHasAnExitCodeOfItsOwn) {
  v1::IdempotencyRecord record;
  record.set_state(v1::IdempotencyRecord::DONE);
  record.set_result("charged");
  broker_.idempotency.claim.Answer(record);
  EXPECT_EQ(Run({"idempotency", "claim", "order-1", "-o", "json"}), ExitCode::kAlreadyExists);
  EXPECT_THAT(Out(), AllOf(HasSubstr("\"state\": \"done\""), HasSubstr("\"result\": \"charged\"")));
  record.set_state(v1::IdempotencyRecord::IN_PROGRESS);
  broker_.idempotency.claim.Answer(record);
  EXPECT_EQ(Run({"idempotency", "claim", "order-1"}), ExitCode::kAlreadyExists);
  EXPECT_EQ(Run({"idempotency", "claim", "order-1"}), ExitCode::kAlreadyExists);
  EXPECT_THAT(Err(), HasSubstr("another has claimed order-1"));
}

TEST_F(CommandsTest, AClaimIsCompletedReleasedLookedAtAndForgotten) {
  EXPECT_EQ(Run({"idempotency", "complete", "k", "t", "--result", "-", "--for", "2d"}, "bytes"), ExitCode::kOk);
  const v1::CompleteKeyRequest complete = broker_.idempotency.complete.requests().at(0);
  EXPECT_EQ(complete.result(), "bytes");
  EXPECT_EQ(complete.token(), "t");
  EXPECT_EQ(complete.life().seconds(), 2 * 86'400);
  EXPECT_EQ(Run({"idempotency", "release", "k", "t"}), ExitCode::kOk);
  EXPECT_EQ(broker_.idempotency.release.requests().at(0).token(), "t");
  broker_.idempotency.get.Refuse(Missing("idempotency/k"));
  EXPECT_EQ(Run({"idempotency", "get", "k"}), ExitCode::kNotFound);
  EXPECT_EQ(Run({"idempotency", "forget", "k"}), ExitCode::kNotConfirmed);
  EXPECT_EQ(Run({"idempotency", "forget", "k", "--yes"}), ExitCode::kOk);
  EXPECT_EQ(broker_.idempotency.forget.requests().size(), 1u);
}

}  // namespace
}  // namespace broker::cli
