// Messages that keep failing: moved with their story after exactly N attempts, never dropped.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class DeadLetters : public EngineTest {
 protected:
  DeadLetters() {
    CreateQueue("dead");
    model::QueueSettings settings;
    settings.delivery.redrive = DeadLetterTo("dead", 3);
    CreateQueue("orders", settings);
  }

  void Fail(const std::string& source, const std::string& body, int times, const std::string& reason = "failed") {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(Receive(source), body) << "attempt " << i + 1;
      Nack(source, body, reason);
    }
  }
};

TEST_F(DeadLetters, MoveAfterExactlyNNacks) {
  Publish("orders", "a");
  Fail("orders", "a", 2);
  EXPECT_EQ(Counts("dead"), "empty");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 3u);
  EXPECT_EQ(Counts("dead"), "empty") << "the third attempt has not ended";
  Nack("orders", "a", "card declined");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(DeadLetters, AnAckOfTheLastAttemptKeepsThemOut) {
  Publish("orders", "a");
  Fail("orders", "a", 2);
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  Advance(1h);
  EXPECT_EQ(Counts("dead"), "empty");
}

TEST_F(DeadLetters, TellTheirStory) {
  const auto id = Publish("orders", "a")[0];
  const Time published = now();
  Advance(5s);
  const Time first = now();
  Fail("orders", "a", 2, "busy");
  Advance(5s);
  const Time last = now();
  EXPECT_EQ(Receive("orders"), "a");
  Advance(2s);
  Nack("orders", "a", "card declined");
  const Time moved = now();
  KillAndReopen();
  EXPECT_EQ(Receive("dead"), "a");
  const engine::Delivery& delivery = Last("dead", "a");
  EXPECT_EQ(delivery.attempt, 1u) << "its new home counts its own attempts";
  EXPECT_NE(delivery.id, id);
  EXPECT_EQ(delivery.origin, id);
  EXPECT_EQ(delivery.message->publish_time, published);
  ASSERT_EQ(delivery.message->dead_letter.size(), 1u);
  const model::DeadLetterEntry& story = delivery.message->dead_letter[0];
  EXPECT_EQ(story.source.ToString(), "queue/orders");
  EXPECT_EQ(story.source_namespace, "default");
  EXPECT_EQ(story.source_id, id);
  EXPECT_EQ(story.attempts, 3u);
  EXPECT_EQ(story.first_attempt, first);
  EXPECT_EQ(story.last_attempt, last);
  EXPECT_EQ(story.dead_lettered, moved);
  EXPECT_EQ(story.reason, "card declined");
}

TEST_F(DeadLetters, KeepTheirContent) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].content.subject = "order created";
  request.entries[0].content.ordering_key = "k";
  request.entries[0].content.attributes["kind"] = {model::AttributeKind::kText, "created", "String.kind"};
  ASSERT_TRUE(TryPublish(request).ok());
  Fail("orders", "a", 3);
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").message->content.subject, "order created");
  EXPECT_EQ(Last("dead", "a").message->content.ordering_key, "k");
  EXPECT_EQ(Last("dead", "a").message->content.attributes, request.entries[0].content.attributes);
}

TEST_F(DeadLetters, AnExpiredLeaseIsAFailedAttempt) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Advance(30s);
  EXPECT_EQ(Receive("orders"), "a");
  Advance(30s);
  EXPECT_EQ(Receive("orders"), "a");
  Advance(30s - 1ms);
  EXPECT_EQ(Counts("dead"), "empty");
  Advance(1ms);
  EXPECT_EQ(Counts("dead"), "1 ready");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").message->dead_letter[0].attempts, 3u);
  EXPECT_NE(Last("dead", "a").message->dead_letter[0].reason, "") << "an expiry is a reason as well";
}

TEST_F(DeadLetters, SoIsAnExtensionByZeroAndACountedRelease) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 0s);
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", true);
  EXPECT_EQ(Receive("orders"), "a");
  Release("orders", "a", false);
  EXPECT_EQ(Receive("orders"), "a") << "an uncounted release is none";
  Extend("orders", "a", 0s);
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(DeadLetters, AttemptsCountAcrossKills) {
  Publish("orders", "a");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Counts("dead"), "empty");
    EXPECT_EQ(Receive("orders"), "a");
    KillAndReopen(1min);
  }
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("dead"), "a");
}

TEST_F(DeadLetters, OnceMovedStayMovedThroughAPowerCut) {
  Publish("orders", "a");
  Fail("orders", "a", 3);
  EXPECT_TRUE(all_synced()) << "a consumer sees a message only when it is on disk";
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Counts("dead"), "1 ready");
}

TEST_F(DeadLetters, AReceiveWaitingOnTheDeadLetterQueueIsWoken) {
  const auto waiting = StartReceive("dead", 1h);
  Publish("orders", "a");
  Fail("orders", "a", 3);
  EXPECT_EQ(Answer(waiting), "a");
}

TEST_F(DeadLetters, OfAPullSubscriptionLeaveItsSiblingsAlone) {
  CreateTopic("events");
  model::DeliverySettings pull{.retention = 24h};
  pull.redrive = DeadLetterTo("dead", 1);
  CreatePull("mail", "events", pull);
  CreatePull("audit", "events");
  const auto id = Publish("events", "a")[0];
  Fail("mail", "a", 1, "no such address");
  EXPECT_EQ(Counts("mail"), "empty");
  EXPECT_EQ(Receive("audit"), "a");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_EQ(Last("dead", "a").origin, id);
  EXPECT_EQ(Last("dead", "a").message->dead_letter[0].source.ToString(), "subscription/mail");
}

TEST_F(DeadLetters, GoToATopicAndAllThatListen) {
  CreateTopic("failures");
  CreatePull("watch", "failures");
  CreateQueue("archive");
  SubscribeQueue("archive-failures", "failures", "archive");
  UpdateQueue("orders", {.delivery = {.redrive = model::RedrivePolicy{1, {model::ResourceKind::kTopic, "failures"}}}});
  const auto id = Publish("orders", "a")[0];
  Fail("orders", "a", 1, "card declined");
  EXPECT_EQ(Receive("watch"), "a");
  EXPECT_EQ(Receive("archive"), "a");
  EXPECT_EQ(Last("watch", "a").message->dead_letter.at(0).reason, "card declined");
  EXPECT_EQ(Last("archive", "a").message->dead_letter.at(0).source_id, id);
}

TEST_F(DeadLetters, ThatFailAgainCarryBothStories) {
  CreateQueue("graveyard");
  UpdateQueue("dead", {.delivery = {.redrive = DeadLetterTo("graveyard", 2)}});
  const auto id = Publish("orders", "a")[0];
  Fail("orders", "a", 3, "first");
  Fail("dead", "a", 2, "second");
  EXPECT_EQ(Receive("graveyard"), "a");
  const auto& story = Last("graveyard", "a").message->dead_letter;
  ASSERT_EQ(story.size(), 2u);
  EXPECT_EQ(story[0].source.ToString(), "queue/orders");
  EXPECT_EQ(story[0].reason, "first");
  EXPECT_EQ(story[1].source.ToString(), "queue/dead");
  EXPECT_EQ(story[1].reason, "second");
  EXPECT_EQ(story[1].attempts, 2u);
  EXPECT_EQ(Last("graveyard", "a").origin, id);
}

TEST_F(DeadLetters, WhoseTargetIsGoneStayAndAreRetriedAndDescribed) {
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  Publish("orders", "a");
  Fail("orders", "a", 3, "card declined");
  const auto stats = StatsOf("orders");
  EXPECT_EQ(stats.ready + stats.retrying, 1u);
  EXPECT_NE(stats.dead_letter_problem.find("dead"), std::string::npos) << stats.dead_letter_problem;
  Advance(12h);  // whatever its backoff is
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(Last("orders", "a").attempt, 4u) << "attempts count on";
  Nack("orders", "a");
  KillAndReopen();
  EXPECT_EQ(StatsOf("orders").ready + StatsOf("orders").retrying, 1u);
}

TEST_F(DeadLetters, WhoseTargetComesBackMoveThere) {
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  Publish("orders", "a");
  Fail("orders", "a", 3, "card declined");
  CreateQueue("dead");
  Advance(12h);
  if (Counts("orders") != "empty") Fail("orders", "a", 1, "card declined");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("dead"), "a");
  EXPECT_GE(Last("dead", "a").message->dead_letter.at(0).attempts, 3u);
  EXPECT_EQ(StatsOf("orders").dead_letter_problem, "");
}

TEST_F(DeadLetters, ThatAreSettledAreNoProblemAnyMore) {
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  Publish("orders", "a");
  Fail("orders", "a", 3, "card declined");
  EXPECT_NE(StatsOf("orders").dead_letter_problem, "");
  Advance(12h);
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_NE(StatsOf("orders").dead_letter_problem, "") << "it may still come back";
  Ack("orders", "a");
  EXPECT_EQ(StatsOf("orders").dead_letter_problem, "");
}

TEST_F(DeadLetters, WhoseTargetIsGoneKeepNoOtherSettingFromBeingChanged) {
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  EXPECT_TRUE(TryUpdateQueue("orders", {.delivery = {.visibility_timeout = 5s}}).ok());
  EXPECT_THAT(TryUpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 5)}}),
              Refused(ErrorCode::kNotFound, "dead"));
}

TEST_F(DeadLetters, ColdBodiesMoveToo) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  KillAndReopen();  // nothing of it is in memory when its lease ends
  Advance(30s);
  EXPECT_EQ(Receive("dead"), "a");
}

TEST_F(DeadLetters, AnExtendedOrRenewedLeaseIsNotSwept) {
  Publish("orders", "a");
  Fail("orders", "a", 2);
  EXPECT_EQ(Receive("orders"), "a");
  Extend("orders", "a", 2h);
  Advance(1h);
  EXPECT_EQ(Counts("dead"), "empty");
  Ack("orders", "a");
}

TEST_F(DeadLetters, ALoweredLimitTakesThoseThatHaveReachedIt) {
  Publish("orders", "a");
  Fail("orders", "a", 2);
  UpdateQueue("orders", {.delivery = {.redrive = DeadLetterTo("dead", 1)}});
  Drain();
  if (Counts("orders") != "empty") Fail("orders", "a", 1);
  EXPECT_EQ(Receive("dead"), "a");
}

TEST_F(DeadLetters, MoveAtOnceWhenAConsumerSaysThatNoAttemptFollows) {
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  EXPECT_EQ(TryNack("orders", {{.receipt = ReceiptOf("orders", "a"), .reason = "unreadable", .last = true}}), "ok");
  EXPECT_EQ(Counts("orders"), "empty");
  EXPECT_EQ(Receive("dead"), "a");
  ASSERT_EQ(Last("dead", "a").message->dead_letter.size(), 1u);
  EXPECT_EQ(Last("dead", "a").message->dead_letter[0].attempts, 1u);
  EXPECT_EQ(Last("dead", "a").message->dead_letter[0].reason, "unreadable");
  // Without a policy there is nowhere to go.
  EXPECT_EQ(TryNack("dead", {{.receipt = ReceiptOf("dead", "a"), .last = true}}), "ok");
  EXPECT_EQ(Receive("dead"), "a");
}

}  // namespace
}  // namespace broker::test
