// Going back in time and moving messages: seek, snapshots, replay, redrive, move, tasks.
#include "broker/base/duration.h"
#include "cli/proto_values.h"
#include "tests/cli/commands_fixture.h"

namespace broker::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ReplayCommands : public CommandsTest {
 protected:
  ReplayCommands() {
    v1::ClockStatus clock;
    clock.mutable_engine_time()->set_seconds(1'700'000'000);
    broker_.admin.clock.Answer(clock);
  }
};

TEST_F(ReplayCommands, SeekCountsFromTheBrokersClock) {
  v1::SubscriptionDescription now;
  now.mutable_subscription()->set_name("audit");
  now.mutable_stats()->set_ready(12);
  broker_.subscriptions.seek.Answer(now);
  ASSERT_EQ(Run({"seek", "audit", "--time", "-1h"}), ExitCode::kOk) << Err();
  EXPECT_EQ(broker_.subscriptions.seek.requests().at(0).time().seconds(), 1'700'000'000 - 3'600);
  EXPECT_EQ(Err(), "audit has 12 message(s) to deliver\n");
  ASSERT_EQ(Run({"seek", "audit", "--time", "2023-11-14T22:13:20Z"}), ExitCode::kOk);
  EXPECT_EQ(broker_.subscriptions.seek.requests().at(1).time().seconds(), 1'700'000'000);
  EXPECT_EQ(broker_.admin.clock.requests().size(), 1u) << "what is absolute needs no clock";
}

class ClockCommands : public CommandsTest {
 protected:
  // Seconds that engine time is ahead of the machine's, and by which expiry is behind engine time.
  std::string Show(std::int64_t ahead, std::int64_t held_back) {
    v1::ClockStatus clock;
    clock.mutable_wall_time()->set_seconds(1'700'000'000);
    clock.mutable_engine_time()->set_seconds(1'700'000'000 + ahead);
    clock.mutable_held_back()->set_seconds(held_back);
    broker_.admin.clock.Answer(clock);
    EXPECT_EQ(Run({"clock", "show"}), ExitCode::kOk);
    return Err();
  }
};
TEST_F(ClockCommands, ClocksThatAgreeNeedNoWord) { EXPECT_EQ(Show(0, 0), ""); }
TEST_F(ClockCommands, AJumpAheadIsToBeAccepted) { EXPECT_THAT(Show(0, 86'400), HasSubstr("brokerctl clock accept")); }
TEST_F(ClockCommands, WhatWasWrongOnceIsNotToBeAccepted) {
  const std::string said = Show(86'400, 86'400);
  EXPECT_THAT(said, HasSubstr("is 1d ahead of the machine's"));
  EXPECT_THAT(said, HasSubstr("Retention goes by the machine's time"));
  EXPECT_THAT(said, Not(HasSubstr("clock accept")));
}
TEST_F(ClockCommands, AnEngineAheadThatWasAcceptedIsTold) {
  EXPECT_THAT(Show(86'400, 0), HasSubstr("Retention goes by the broker's time"));
}

TEST_F(ReplayCommands, ATimeThatCannotBeToldIsNotSent) {
  EXPECT_EQ(Run({"seek", "audit", "--time", "+2500000h"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("--time: \"+2500000h\" is outside 1677-09-21T00:12:44.000Z to 2262-04-11"));
  EXPECT_EQ(Run({"snapshot", "update", "before", "--for", "106751d"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("--for: \"106751d\" is outside 1677-09-21T00:12:44.000Z to 2262-04-11"));
  EXPECT_TRUE(broker_.subscriptions.seek.requests().empty());
  EXPECT_TRUE(broker_.snapshots.update.requests().empty());
}

TEST_F(ReplayCommands, SeekGoesToASnapshot) {
  ASSERT_EQ(Run({"seek", "audit", "--snapshot", "before"}), ExitCode::kOk);
  EXPECT_EQ(broker_.subscriptions.seek.requests().at(0).snapshot(), "before");
  EXPECT_EQ(Run({"seek", "audit"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"seek", "audit", "--snapshot", "a", "--time", "now"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"seek", "audit", "--time", "then"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("--time: \"then\" is no point in time"));
}

TEST_F(ReplayCommands, SnapshotsAreMadeKeptLongerAndDeleted) {
  ASSERT_EQ(Run({"snapshot", "create", "before", "--subscription", "audit", "--for", "1d", "--label", "a=b"}),
            ExitCode::kOk);
  const v1::CreateSnapshotRequest create = broker_.snapshots.create.requests().at(0);
  EXPECT_EQ(create.snapshot().subscription(), "audit");
  EXPECT_EQ(create.life().seconds(), 86'400);
  EXPECT_EQ(create.snapshot().labels().at("a"), "b");
  ASSERT_EQ(Run({"snapshot", "update", "before", "--for", "2d"}), ExitCode::kOk);
  const v1::UpdateSnapshotRequest update = broker_.snapshots.update.requests().at(0);
  EXPECT_THAT(update.update_mask().paths(), ElementsAre("expire_time"));
  EXPECT_EQ(update.snapshot().expire_time().seconds(), 1'700'000'000 + 2 * 86'400);
  EXPECT_EQ(Run({"snapshot", "update", "before"}), ExitCode::kUsage);
  EXPECT_EQ(Run({"snapshot", "delete", "before"}), ExitCode::kNotConfirmed);
  EXPECT_EQ(Run({"snapshot", "delete", "before", "--yes"}), ExitCode::kOk);
  EXPECT_EQ(broker_.snapshots.remove.requests().size(), 1u);
  v1::ListSnapshotsResponse list;
  list.add_snapshots()->set_name("before");
  broker_.snapshots.list.Answer(list);
  EXPECT_EQ(Run({"snapshot", "list", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "before\n");
  EXPECT_EQ(Run({"__complete", "seek", "audit", "--snapshot", ""}), ExitCode::kOk);
  EXPECT_EQ(Out(), "before\t\n");
}

TEST_F(ReplayCommands, ReplayIsATaskOfASpan) {
  broker_.topics.replay.Answer(RedriveTask(v1::Task::DONE, 5, 0));
  ASSERT_EQ(Run({"topic", "replay", "orders", "--queue", "billing", "--from", "-1h", "--to", "now", "--rate", "50",
                 "--filter", "f"}),
            ExitCode::kOk)
      << Err();
  const v1::ReplayRequest request = broker_.topics.replay.requests().at(0);
  EXPECT_EQ(request.topic(), "orders");
  EXPECT_EQ(request.queue(), "billing");
  EXPECT_EQ(request.from_time().seconds(), 1'700'000'000 - 3'600);
  EXPECT_EQ(request.to_time().seconds(), 1'700'000'000);
  EXPECT_EQ(request.rate(), 50u);
  EXPECT_EQ(request.filter(), "f");
  EXPECT_EQ(Run({"topic", "replay", "orders", "--queue", "billing"}), ExitCode::kUsage);
}

TEST_F(ReplayCommands, RedriveSendsEveryFlag) {
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::DONE, 5, 0));
  ASSERT_EQ(Run({"dlq", "redrive", "dead", "--to", "topic/t", "--rate", "7", "--filter", "f", "--dry-run"}),
            ExitCode::kOk);
  const v1::RedriveRequest request = broker_.dead_letters.redrive.requests().at(0);
  EXPECT_EQ(request.destination(), "topic/t");
  EXPECT_EQ(request.rate(), 7u);
  EXPECT_EQ(request.filter(), "f");
  EXPECT_TRUE(request.dry_run());
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "--rate", "0"}), ExitCode::kUsage);
}

TEST_F(ReplayCommands, AMoveNeedsADestination) {
  EXPECT_EQ(Run({"queue", "move", "q"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("--to"));
  ASSERT_EQ(Run({"queue", "move", "q", "--to", "other", "--no-wait"}), ExitCode::kOk);
  EXPECT_EQ(broker_.dead_letters.redrive.requests().at(0).destination(), "other");
}

TEST_F(ReplayCommands, WhatAFilterOrADryRunLeavesIsNoFailure) {
  v1::Task task = RedriveTask(v1::Task::DONE, 2, 3);
  task.set_filter("f");
  broker_.dead_letters.redrive.Answer(task);
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "--filter", "f"}), ExitCode::kOk);
  task.clear_filter();
  task.set_dry_run(true);
  broker_.dead_letters.redrive.Answer(task);
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "--dry-run"}), ExitCode::kOk);
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "--dry-run"}), ExitCode::kOk);
  EXPECT_THAT(Err(), HasSubstr("3 message(s) would stay"));
}

TEST_F(ReplayCommands, ATaskIsFollowedAndCancelled) {
  broker_.tasks.get.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  broker_.tasks.get.Answer(RedriveTask(v1::Task::CANCELLED, 4, 0));
  terminal_.waits_left = 5;
  EXPECT_EQ(Run({"task", "watch", "7"}), ExitCode::kError);
  EXPECT_THAT(Err(), HasSubstr("task 7 was cancelled after 4 message(s)"));
  broker_.tasks.cancel.Answer(RedriveTask(v1::Task::CANCELLED, 4, 0));
  EXPECT_EQ(Run({"task", "cancel", "7"}), ExitCode::kOk);
  EXPECT_EQ(broker_.tasks.cancel.requests().at(0).id(), "7");
  EXPECT_EQ(Run({"task", "show", "7", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Run({"task", "describe", "7", "-o", "name"}), ExitCode::kOk);
}

TEST_F(ReplayCommands, WhoStopsWatchingATaskIsToldHowToGoOn) {
  broker_.tasks.get.Answer(RedriveTask(v1::Task::RUNNING, 1, 0));
  terminal_.waits_left = 1;
  EXPECT_EQ(Run({"task", "watch", "7"}), ExitCode::kPartial) << "a script must not go on as if it had ended";
  EXPECT_THAT(Err(), HasSubstr("brokerctl task cancel 7"));
}

class Following : public ReplayCommands, public testing::WithParamInterface<std::vector<std::string>> {};
TEST_P(Following, CatchesInterruptsWhileItWaits) {
  const v1::Task done = RedriveTask(v1::Task::DONE, 1, 0);
  broker_.dead_letters.redrive.Answer(done);
  broker_.topics.replay.Answer(done);
  broker_.tasks.get.Answer(done);
  EXPECT_EQ(Run(GetParam()), ExitCode::kOk) << Err();
  EXPECT_TRUE(terminal_.catches_interrupts);
}
INSTANTIATE_TEST_SUITE_P(All, Following,
                         testing::Values(std::vector<std::string>{"task", "watch", "7"},
                                         std::vector<std::string>{"dlq", "redrive", "dead"},
                                         std::vector<std::string>{"queue", "move", "from", "--to", "to"},
                                         std::vector<std::string>{"topic", "replay", "orders", "--queue", "q", "--from",
                                                                  "2026-01-02T03:04:05Z"}));

TEST_F(ReplayCommands, WhoDoesNotWaitForATaskIsInterruptedAsEver) {
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "--no-wait"}), ExitCode::kOk);
  EXPECT_FALSE(terminal_.catches_interrupts);
}

TEST_F(ReplayCommands, ATaskDrawsABarWhereItIsSeen) {
  v1::Task running = RedriveTask(v1::Task::RUNNING, 25, 0);
  running.set_total(100);
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  broker_.tasks.get.Answer(running);
  broker_.tasks.get.Answer(RedriveTask(v1::Task::DONE, 100, 0));
  terminal_.waits_left = 5;
  terminal_.err_is_terminal = true;
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "-o", "name"}), ExitCode::kOk);
  EXPECT_THAT(Err(), HasSubstr("[######..................]  25 %  25 of 100 messages"));
  EXPECT_TRUE(Err().ends_with("\r\x1b[K")) << "the bar is taken away";
  EXPECT_EQ(Out(), "7\n");
  broker_.dead_letters.redrive.Answer(RedriveTask(v1::Task::RUNNING, 0, 0));
  terminal_.err_is_terminal = false;
  EXPECT_EQ(Run({"dlq", "redrive", "dead", "-q"}), ExitCode::kOk);
  EXPECT_THAT(Err(), Not(HasSubstr("%")));
}

}  // namespace
}  // namespace broker::cli
