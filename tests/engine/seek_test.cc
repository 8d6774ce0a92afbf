// Seeks of a pull subscription: to a time, as far back as something is kept.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

engine::EngineOptions SmallCaches() {
  engine::EngineOptions options;
  options.chunk_sequences = 8;
  options.chunk_age = 1min;
  options.emptied_chunk_bytes = 1;
  options.tail_cache_bytes = 1'024;
  options.read_ahead_bytes = 2'048;
  return options;
}

class Seeks : public EngineTest {
 protected:
  explicit Seeks(engine::EngineOptions options = {}) : EngineTest(std::move(options)) {
    CreateTopic("events", {.retention = 24h});
    CreatePull("mail", "events");
  }
  // Publishes one message after the other, a second apart, and says when each came.
  std::vector<Time> PublishEachSecond(const std::string& bodies) {
    std::vector<Time> times;
    for (const std::string& body : Split(bodies)) {
      times.push_back(now());
      Publish("events", body);
      Advance(1s);
    }
    return times;
  }
  void ReceiveAndAck(const std::string& source, const std::string& bodies) {
    ASSERT_EQ(Receive(source, 100), bodies);
    Ack(source, bodies);
  }
};
class ColdSeeks : public Seeks {
 protected:
  ColdSeeks() : Seeks(SmallCaches()) {}
};

TEST_F(Seeks, BackBringWhatWasSettledSince) {
  const auto times = PublishEachSecond("a,b,c,d");
  ReceiveAndAck("mail", "a,b,c,d");
  SeekToTime("mail", times[2]);
  EXPECT_EQ(Counts("mail"), "2 ready");
  EXPECT_EQ(Receive("mail"), "c,d");
  EXPECT_EQ(Last("mail", "c").attempt, 1u);
  SeekToTime("mail", times[0] - 1h);
  EXPECT_EQ(Receive("mail"), "a,b,c,d");
}

TEST_F(Seeks, ForwardSettleWhatCameBefore) {
  const auto times = PublishEachSecond("a,b,c,d");
  ASSERT_EQ(Receive("mail", 1), "a");
  SeekToTime("mail", times[1] + 1ns);
  EXPECT_EQ(Counts("mail"), "2 ready");
  EXPECT_EQ(Receive("mail"), "c,d");
}

TEST_F(Seeks, ToTheFutureSettleEverythingThatIsThere) {
  PublishEachSecond("a,b,c");
  ASSERT_EQ(Receive("mail", 1), "a");
  SeekToTime("mail", now() + 1h);
  EXPECT_EQ(Counts("mail"), "empty");
  Publish("events", "d");
  EXPECT_EQ(Receive("mail"), "d");
}

TEST_F(Seeks, AnswerWithTheDescription) {
  const auto times = PublishEachSecond("a,b,c");
  const auto sought = TrySeek("mail", {.time = times[1]});
  ASSERT_TRUE(sought.ok());
  EXPECT_EQ(sought->info.name, "mail");
  EXPECT_EQ(sought->stats.ready, 2u);
}

TEST_F(Seeks, SurviveAKill) {
  const auto times = PublishEachSecond("a,b,c,d");
  ReceiveAndAck("mail", "a,b,c,d");
  SeekToTime("mail", times[2]);
  KillAndReopen();
  EXPECT_EQ(Receive("mail"), "c,d");
  PowerCut(1);
  Reopen();
  SeekToTime("mail", times[3]);
  PowerCut(2);
  Reopen();
  EXPECT_EQ(Receive("mail"), "d");
}

TEST_F(Seeks, MakeReceiptsOfBeforeStale) {
  const auto times = PublishEachSecond("a,b");
  ASSERT_EQ(Receive("mail"), "a,b");
  const std::string receipt = ReceiptOf("mail", "a");
  SeekToTime("mail", times[0]);
  EXPECT_EQ(TryAck("mail", {receipt}), "ok");
  EXPECT_EQ(TryNack("mail", {{receipt, "late"}}), "ok");
  EXPECT_EQ(TryExtend("mail", {{receipt, 10min}}), "ok");
  EXPECT_EQ(Counts("mail"), "2 ready") << "and did nothing";
  EXPECT_EQ(TryAck("mail", {"not-a-receipt"}), "invalid_receipt");
}

TEST_F(Seeks, MakeReceiptsOfExactlyOnceSubscriptionsLost) {
  CreatePull("exact", "events", {.retention = 24h, .exactly_once = true});
  const auto times = PublishEachSecond("a");
  ASSERT_EQ(Receive("exact"), "a");
  const std::string receipt = ReceiptOf("exact", "a");
  SeekToTime("exact", times[0]);
  EXPECT_EQ(TryAck("exact", {receipt}), "lease_lost");
  EXPECT_EQ(TryAck("exact", {"not-a-receipt"}), "invalid_receipt");
  EXPECT_EQ(Receive("exact"), "a");
}

TEST_F(Seeks, ServeThoseWhoWait) {
  const auto times = PublishEachSecond("a,b");
  ReceiveAndAck("mail", "a,b");
  const auto waiting = StartReceive("mail", 1min);
  Drain();
  ASSERT_EQ(Answer(waiting), "waiting");
  SeekToTime("mail", times[1]);
  EXPECT_EQ(Answer(waiting), "b");
}

TEST_F(Seeks, LeaveSiblingsAlone) {
  CreatePull("audit", "events");
  const auto times = PublishEachSecond("a,b");
  ReceiveAndAck("mail", "a,b");
  ReceiveAndAck("audit", "a,b");
  SeekToTime("mail", times[0]);
  EXPECT_EQ(Counts("audit"), "empty");
  EXPECT_EQ(Counts("mail"), "2 ready");
}

TEST_F(Seeks, KeepTheOrderOfKeys) {
  CreatePull("ordered", "events", {.retention = 24h, .ordered = true});
  const Time start = now();
  PublishKeyed("events", "k", "a,b,c");
  ASSERT_EQ(Receive("ordered", 1), "a");
  SeekToTime("ordered", start);
  ASSERT_EQ(Receive("ordered", 2), "a,b");
  EXPECT_EQ(Receive("ordered", 2), "");
  Ack("ordered", "a,b");
  EXPECT_EQ(Receive("ordered", 2), "c");
}

TEST_F(ColdSeeks, MayGoBackWhereNoMessageLies) {
  CreateTopic("plain");
  CreatePull("only", "plain");
  const Time start = now();
  PublishDelayed("plain", "late", 1h);
  Advance(1s);
  const auto waiting = StartReceive("only", 1s);
  Advance(2s);
  SeekToTime("only", start);
  Advance(1h);
  EXPECT_EQ(Receive("only"), "late");
}

TEST_F(Seeks, TakeADelayedMessageByWhenItCameDue) {
  const Time published = now();
  PublishDelayed("events", "late", 10s);
  Publish("events", "a");
  Advance(20s);
  Publish("events", "b");
  ReceiveAndAck("mail", "a,late,b");
  SeekToTime("mail", published + 5s);
  EXPECT_EQ(Receive("mail"), "late,b");
}

TEST_F(Seeks, CountAttemptsAnew) {
  CreateQueue("dead");
  CreatePull("strict", "events", {.retention = 24h, .redrive = DeadLetterTo("dead", 2)});
  const auto times = PublishEachSecond("a");
  ASSERT_EQ(Receive("strict"), "a");
  Nack("strict", "a");
  SeekToTime("strict", times[0]);
  ASSERT_EQ(Receive("strict"), "a");
  EXPECT_EQ(Last("strict", "a").attempt, 1u);
  Nack("strict", "a");
  EXPECT_EQ(Counts("dead"), "empty");
  ASSERT_EQ(Receive("strict"), "a");
  Nack("strict", "a");
  EXPECT_EQ(Counts("dead"), "1 ready");
  EXPECT_EQ(Counts("strict"), "empty");
  SeekToTime("strict", times[0]);
  EXPECT_EQ(Receive("strict"), "a") << "a dead letter's original comes back like any other";
}

TEST_F(Seeks, LeaveARedrivenMessageOutstandingUnlessItCameBefore) {
  CreateQueue("dead");
  CreatePull("strict", "events", {.retention = 24h, .redrive = DeadLetterTo("dead", 1)});
  const auto times = PublishEachSecond("a,b");
  ASSERT_EQ(Receive("strict"), "a,b");
  Nack("strict", "a");
  Ack("strict", "b");
  const Time redriven = now();
  Redrive("dead");
  SeekToTime("strict", times[1]);
  EXPECT_EQ(Receive("strict"), "b,a") << "as two: the held one and the second original";
  SeekToTime("strict", times[0]);
  EXPECT_EQ(Counts("strict"), "3 ready") << "both originals and the held one";
  KillAndReopen();
  EXPECT_EQ(Counts("strict"), "3 ready");
  SeekToTime("strict", redriven + 1s);
  EXPECT_EQ(Counts("strict"), "empty");
  SeekToTime("strict", times[0]);
  EXPECT_EQ(Counts("strict"), "2 ready") << "settled, it does not come back";
}

TEST_F(Seeks, OfWhatIsNotAPullSubscriptionAreRefused) {
  CreateQueue("copy");
  SubscribeQueue("copy-events", "events", "copy");
  EXPECT_THAT(TrySeek("copy-events", {.time = now()}), Refused(ErrorCode::kFailedPrecondition, "copy-events"));
  EXPECT_THAT(TrySeek("nothing", {.time = now()}), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TrySeek("mail", {}), Refused(ErrorCode::kInvalidArgument, "one of the two"));
  EXPECT_THAT(TrySeek("mail", {.time = now(), .snapshot = "s"}),
              Refused(ErrorCode::kInvalidArgument, "one of the two"));
  EXPECT_THAT(TrySeek("mail", {.snapshot = "s"}), Refused(ErrorCode::kNotFound, "snapshot \"s\""));
}

TEST_F(ColdSeeks, FindTheExactRecordOnDisk) {
  std::string bodies;
  for (int i = 0; i < 60; ++i) bodies += (i == 0 ? "m" : ",m") + std::to_string(i);
  const auto times = PublishEachSecond(bodies);
  KillAndReopen();
  for (int i : {0, 1, 7, 8, 9, 31, 58, 59}) {
    SeekToTime("mail", times[static_cast<std::size_t>(i)]);
    EXPECT_EQ(Counts("mail"), std::to_string(60 - i) + " ready") << i;
    EXPECT_EQ(Receive("mail", 1), "m" + std::to_string(i));
    if (i == 59) break;
    SeekToTime("mail", times[static_cast<std::size_t>(i)] + 1ns);
    EXPECT_EQ(Counts("mail"), std::to_string(59 - i) + " ready") << i;
    EXPECT_EQ(Receive("mail", 1), "m" + std::to_string(i + 1));
  }
}

TEST_F(ColdSeeks, ReachBackNoFurtherThanIsKept) {
  CreateTopic("plain");
  CreatePull("only", "plain");
  const Time first = now();
  Publish("plain", "a,b");
  Advance(1s);
  const Time second = now();
  Publish("plain", "c,d");
  Advance(1s);
  EXPECT_EQ(Receive("only", 2), "a,b");
  Ack("only", "a,b");
  EXPECT_THAT(TrySeek("only", {.time = first}), Refused(ErrorCode::kFailedPrecondition, "the earliest is"));
  EXPECT_EQ(Counts("only"), "2 ready") << "nothing changed";
  SeekToTime("only", second);
  EXPECT_EQ(Receive("only"), "c,d");
}

TEST_F(ColdSeeks, ReachAsFarAsTheTopicsRetention) {
  SetTopicRetention("events", 10min);
  const auto times = PublishEachSecond("a,b,c,d,e,f,g,h,i,j");
  ReceiveAndAck("mail", "a,b,c,d,e,f,g,h,i,j");
  Advance(10min - 11s);
  SeekToTime("mail", times[0]);
  EXPECT_EQ(Counts("mail"), "10 ready");
  SeekToTime("mail", now());
  Advance(6s + 500ms);
  // Its first six have expired: sequences up to f are gone.
  EXPECT_THAT(TrySeek("mail", {.time = times[2]}), Refused(ErrorCode::kFailedPrecondition, "the earliest is"));
  SeekToTime("mail", times[6]);
  EXPECT_EQ(Receive("mail"), "g,h,i,j");
}

TEST_F(ColdSeeks, ReachAsFarAsTheSubscriptionRetainsWhatItSettled) {
  CreateTopic("plain");
  Publish("plain", "before");
  Advance(1s);
  CreatePull("keeper", "plain", {.retention = 1h, .retain_acknowledged = true});
  Advance(1s);
  const Time start = now();
  Publish("plain", "a,b,c,d,e,f,g,h,i,j");
  Advance(1s);
  ReceiveAndAck("keeper", "a,b,c,d,e,f,g,h,i,j");
  KillAndReopen(30min);
  SeekToTime("keeper", start);
  ReceiveAndAck("keeper", "a,b,c,d,e,f,g,h,i,j");
  EXPECT_THAT(TrySeek("keeper", {.time = start - 3s}), Refused(ErrorCode::kFailedPrecondition, "earliest"));
  Advance(31min);
  EXPECT_THAT(TrySeek("keeper", {.time = start}), Refused(ErrorCode::kFailedPrecondition, "earliest"));
}

TEST_F(ColdSeeks, DoNotPassTheSubscriptionsOwnRetention) {
  CreatePull("short", "events", {.retention = 1min});
  const auto times = PublishEachSecond("a,b,c");
  ReceiveAndAck("short", "a,b,c");
  Advance(2min);
  EXPECT_THAT(TrySeek("short", {.time = times[0]}), Refused(ErrorCode::kFailedPrecondition, "earliest"));
  ASSERT_TRUE(TryUpdateSubscription("short", {.delivery = {.retention = 1h}}).ok());
  SeekToTime("short", times[0]);
  EXPECT_EQ(Receive("short"), "a,b,c");
}

TEST_F(ColdSeeks, MayGoToTheEarliestThatARefusalNames) {
  CreateTopic("plain");
  CreatePull("only", "plain");
  Publish("plain", "a");
  Advance(1s);
  ReceiveAndAck("only", "a");
  const auto refused = TrySeek("only", {.time = now() - 1h});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "SEEK_TOO_FAR_BACK");
  Publish("plain", "b");
  SeekToTime("only", now());
  EXPECT_EQ(Receive("only"), "b");
}

TEST_F(ColdSeeks, OfASubscriptionThatGoesWhileTheySearchSayIsGone) {
  const auto times = PublishEachSecond("a,b,c,d,e,f,g,h,i,j");
  KillAndReopen();
  Pending<engine::SubscriptionDescription> answer;
  engine().Seek(caller, "mail", {.time = times[3]}, answer.done());
  Pending<void> deleted;
  engine().DeleteSubscription(caller, "mail", deleted.done());
  Drain();
  ASSERT_TRUE(answer.answered());
  EXPECT_THAT(answer.result(), Refused(ErrorCode::kNotFound, "mail"));
}

}  // namespace
}  // namespace broker::test
