// Settings of queues, topics and subscriptions beyond delivery: bounds, backoff, labels, filters, pauses.
#include "tests/cli/commands_fixture.h"

namespace broker::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(CommandsTest, AQueueIsCreatedWithEveryPolicy) {
  ASSERT_EQ(Run({"queue",
                 "create",
                 "q",
                 "--max-messages",
                 "10",
                 "--max-bytes",
                 "64KiB",
                 "--overflow",
                 "drop-oldest",
                 "--message-ttl",
                 "1h",
                 "--retry-backoff",
                 "1s..5m",
                 "--accept-dead-letters-from",
                 "a",
                 "--accept-dead-letters-from",
                 "subscription/b",
                 "--label",
                 "team=shop",
                 "--label",
                 "tier="}),
            ExitCode::kOk)
      << Err();
  const v1::Queue queue = broker_.queues.create.requests().at(0).queue();
  EXPECT_EQ(queue.bounds().max_messages(), 10u);
  EXPECT_EQ(queue.bounds().max_bytes(), 65'536u);
  EXPECT_EQ(queue.bounds().overflow(), v1::Bounds::DROP_OLDEST);
  EXPECT_EQ(queue.message_ttl().seconds(), 3'600);
  EXPECT_EQ(queue.retry_backoff().minimum().seconds(), 1);
  EXPECT_EQ(queue.retry_backoff().maximum().seconds(), 300);
  EXPECT_EQ(queue.dead_letter_access().kind(), v1::DeadLetterAccess::LISTED);
  EXPECT_THAT(queue.dead_letter_access().sources(), ElementsAre("a", "subscription/b"));
  EXPECT_EQ(queue.labels().at("team"), "shop");
  EXPECT_EQ(queue.labels().at("tier"), "");
}

TEST_F(CommandsTest, AnUpdateBeginsWithWhatIsThere) {
  v1::QueueDescription now;
  now.mutable_queue()->mutable_bounds()->set_max_messages(10);
  now.mutable_queue()->mutable_bounds()->set_overflow(v1::Bounds::DROP_OLDEST);
  (*now.mutable_queue()->mutable_labels())["team"] = "shop";
  (*now.mutable_queue()->mutable_labels())["tier"] = "1";
  broker_.queues.get.Answer(now);
  ASSERT_EQ(Run({"queue", "update", "q", "--max-bytes", "5MiB", "--label", "tier=", "--label", "on-call=ann"}),
            ExitCode::kOk)
      << Err();
  const v1::UpdateQueueRequest request = broker_.queues.update.requests().at(0);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("bounds", "labels"));
  EXPECT_EQ(request.queue().bounds().max_messages(), 10u);
  EXPECT_EQ(request.queue().bounds().max_bytes(), 5u << 20);
  EXPECT_EQ(request.queue().bounds().overflow(), v1::Bounds::DROP_OLDEST);
  EXPECT_EQ(request.queue().labels().size(), 2u);
  EXPECT_EQ(request.queue().labels().at("on-call"), "ann");
}

TEST_F(CommandsTest, PoliciesCanBeTakenAway) {
  ASSERT_EQ(
      Run({"queue", "update", "q", "--no-retry-backoff", "--message-ttl", "0s", "--accept-dead-letters-from", "none"}),
      ExitCode::kOk);
  const v1::UpdateQueueRequest request = broker_.queues.update.requests().at(0);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("retry_backoff", "message_ttl", "dead_letter_access"));
  EXPECT_FALSE(request.queue().has_retry_backoff());
  EXPECT_EQ(request.queue().dead_letter_access().kind(), v1::DeadLetterAccess::NONE);
  EXPECT_TRUE(broker_.queues.get.requests().empty()) << "nothing of it needs what is there";
}

struct WrongFlag {
  std::vector<std::string> arguments;
  const char* says;
};
class WrongSettings : public CommandsTest, public testing::WithParamInterface<WrongFlag> {};
TEST_P(WrongSettings, AreRefusedByFlagBeforeAnythingIsSent) {
  EXPECT_EQ(Run(GetParam().arguments), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr(GetParam().says));
  EXPECT_TRUE(broker_.queues.create.requests().empty());
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongSettings,
    testing::Values(WrongFlag{{"queue", "create", "q", "--label", "team"}, "--label: \"team\" is no label"},
                    WrongFlag{{"queue", "create", "q", "--label", "=x"}, "--label"},
                    WrongFlag{{"queue", "create", "q", "--retry-backoff", "1s..soon"}, "--retry-backoff"},
                    WrongFlag{{"queue", "create", "q", "--retry-backoff", "5"}, "--retry-backoff"},
                    WrongFlag{{"queue", "create", "q", "--max-bytes", "much"}, "--max-bytes"},
                    WrongFlag{{"queue", "create", "q", "--max-bytes", "-1"}, "--max-bytes: \"-1\" is not a size"},
                    WrongFlag{{"queue", "create", "q", "--max-bytes", "64MB"}, "--max-bytes"},
                    WrongFlag{{"queue", "create", "q", "--max-messages", "-1"},
                              "--max-messages: \"-1\" is not a whole"},
                    WrongFlag{{"queue", "create", "q", "--max-messages", "0x10"}, "--max-messages"},
                    WrongFlag{{"queue", "create", "q", "--max-messages", "18446744073709551616"}, "--max-messages"},
                    WrongFlag{{"queue", "create", "q", "--overflow", "block"}, "--overflow"},
                    WrongFlag{{"queue", "create", "q", "--no-retry-backoff"}, "--no-retry-backoff"}));

TEST_F(CommandsTest, ATopicKeepsForReplays) {
  ASSERT_EQ(Run({"topic", "create", "orders", "--retention", "7d", "--label", "team=shop"}), ExitCode::kOk);
  const v1::Topic topic = broker_.topics.create.requests().at(0).topic();
  EXPECT_EQ(topic.retention().seconds(), 7 * 86'400);
  EXPECT_EQ(topic.labels().at("team"), "shop");
  ASSERT_EQ(Run({"topic", "update", "orders", "--retention", "0"}), ExitCode::kOk);
  EXPECT_THAT(broker_.topics.update.requests().at(0).update_mask().paths(), ElementsAre("retention"));
}

TEST_F(CommandsTest, ASubscriptionIsFilteredAndGoesWhenUnused) {
  ASSERT_EQ(Run({"subscription", "create", "audit", "--topic", "orders", "--filter", "kind = 'created'",
                 "--expire-unused", "30d", "--retain-acknowledged", "--retry-backoff", "5s"}),
            ExitCode::kOk)
      << Err();
  const v1::Subscription subscription = broker_.subscriptions.create.requests().at(0).subscription();
  EXPECT_EQ(subscription.filter(), "kind = 'created'");
  EXPECT_EQ(subscription.expire_unused().seconds(), 30 * 86'400);
  EXPECT_TRUE(subscription.retain_acknowledged());
  EXPECT_EQ(subscription.retry_backoff().maximum().seconds(), 5);
  ASSERT_EQ(Run({"subscription", "update", "audit", "--no-expire-unused", "--no-retain-acknowledged", "--no-filter"}),
            ExitCode::kOk);
  const v1::UpdateSubscriptionRequest update = broker_.subscriptions.update.requests().at(0);
  EXPECT_THAT(update.update_mask().paths(), ElementsAre("filter", "retain_acknowledged", "expire_unused"));
  EXPECT_FALSE(update.subscription().has_expire_unused());
  EXPECT_EQ(update.subscription().filter(), "");
}

TEST_F(CommandsTest, PauseAndResumeChangeNothingElse) {
  v1::Queue paused;
  paused.set_name("billing");
  broker_.queues.update.Answer(paused);
  EXPECT_EQ(Run({"queue", "pause", "queue/billing"}), ExitCode::kOk);
  EXPECT_EQ(Err(), "paused queue billing\n");
  EXPECT_EQ(Run({"queue", "resume", "billing"}), ExitCode::kOk);
  const auto requests = broker_.queues.update.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_THAT(requests[0].update_mask().paths(), ElementsAre("paused"));
  EXPECT_TRUE(requests[0].queue().paused());
  EXPECT_FALSE(requests[1].queue().paused());
  EXPECT_EQ(Run({"subscription", "pause", "audit"}), ExitCode::kOk);
  EXPECT_TRUE(broker_.subscriptions.update.requests().at(0).subscription().paused());
}

TEST_F(CommandsTest, DescribeShowsThePoliciesAsFlagsTakeThem) {
  v1::QueueDescription now;
  v1::Queue& queue = *now.mutable_queue();
  queue.set_name("q");
  queue.mutable_retry_backoff()->mutable_minimum()->set_seconds(1);
  queue.mutable_retry_backoff()->mutable_maximum()->set_seconds(60);
  queue.mutable_bounds()->set_max_messages(10);
  queue.set_paused(true);
  queue.mutable_dead_letter_access()->set_kind(v1::DeadLetterAccess::LISTED);
  queue.mutable_dead_letter_access()->add_sources("queue/a");
  broker_.queues.get.Answer(now);
  ASSERT_EQ(Run({"queue", "describe", "q", "-o", "json"}), ExitCode::kOk);
  for (const char* field : {"\"retry_backoff\": \"1s..1m\"", "\"max_messages\": 10", "\"max_bytes\": null",
                            "\"overflow\": \"refuse\"", "\"paused\": true", "\"message_ttl\": null"}) {
    EXPECT_THAT(Out(), HasSubstr(field));
  }
}

TEST_F(CommandsTest, PublishSendsItsTimeToLive) {
  broker_.messages.publish.Answer(Published("d", 1));
  ASSERT_EQ(Run({"publish", "queue/q", "--body", "x", "--ttl", "5m"}), ExitCode::kOk);
  EXPECT_EQ(broker_.messages.publish.requests().at(0).messages(0).ttl().seconds(), 300);
  EXPECT_EQ(broker_.messages.publish.requests().at(0).target(), "queue/q");
}

}  // namespace
}  // namespace broker::cli
