// Snapshots: frozen cursors, to which a pull subscription of the same topic can seek.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

engine::EngineOptions SmallChunks() {
  engine::EngineOptions options;
  options.chunk_sequences = 8;
  options.chunk_age = 1min;
  options.emptied_chunk_bytes = 1;
  options.tail_cache_bytes = 1'024;
  options.max_snapshots = 3;
  return options;
}

class Snapshot : public EngineTest {
 protected:
  Snapshot() : EngineTest(SmallChunks()) {
    CreateTopic("events");
    CreatePull("mail", "events");
  }
  void ReceiveAndAck(const std::string& source, const std::string& bodies) {
    ASSERT_EQ(Receive(source, 100), bodies);
    Ack(source, bodies);
  }
  std::uint64_t Logged() { return store().KeyCount(Family::kLog) + store().KeyCount(Family::kKept); }
};

TEST_F(Snapshot, BringsBackWhatWasNotSettledAndWhatCameLater) {
  Publish("events", "a,b,c,d");
  ASSERT_EQ(Receive("mail", 3), "a,b,c");
  Ack("mail", "b");
  CreateSnapshot("noon", "mail");
  Publish("events", "e");
  Ack("mail", "a,c");
  ReceiveAndAck("mail", "d,e");
  Advance(2h);
  SeekToSnapshot("mail", "noon");
  EXPECT_EQ(Counts("mail"), "4 ready") << "what was leased waits";
  EXPECT_EQ(Receive("mail"), "a,c,d,e");
  EXPECT_EQ(Last("mail", "a").attempt, 1u);
  SeekToSnapshot("mail", "noon");
  EXPECT_EQ(Receive("mail"), "a,c,d,e") << "as often as one likes";
}

TEST_F(Snapshot, SurvivesARestart) {
  Publish("events", "a,b,c");
  ASSERT_EQ(Receive("mail", 2), "a,b");
  Ack("mail", "a");
  ASSERT_TRUE(TryCreateSnapshot("noon", "mail", 24h, {{"why", "upgrade"}}).ok());
  Ack("mail", "b");
  ReceiveAndAck("mail", "c");
  const auto before = TryGetSnapshot("noon");
  KillAndReopen(1h);
  const auto after = TryGetSnapshot("noon");
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->topic, "events");
  EXPECT_EQ(after->subscription, "mail");
  EXPECT_EQ(after->created, before->created);
  EXPECT_EQ(after->expires, before->expires);
  EXPECT_EQ(after->labels.at("why"), "upgrade");
  SeekToSnapshot("mail", "noon");
  EXPECT_EQ(Receive("mail"), "b,c");
}

TEST_F(Snapshot, KeepsItsMessagesUntilItGoes) {
  CreateSnapshot("noon", "mail");
  std::string bodies = "m0";
  for (int i = 1; i < 40; ++i) bodies += ",m" + std::to_string(i);
  Publish("events", bodies);
  ReceiveAndAck("mail", bodies);
  Advance(24h);
  EXPECT_EQ(Logged(), 40u);
  EXPECT_EQ(DescribeTopic("events")->messages, 40u);
  ASSERT_TRUE(TryDeleteSnapshot("noon").ok());
  EXPECT_EQ(Logged(), 0u);
  EXPECT_EQ(store().KeyCount(Family::kOutstanding), 0u);
}

TEST_F(Snapshot, OfAFewOutstandingKeepsOnlyThose) {
  std::string bodies = "m0";
  for (int i = 1; i < 40; ++i) bodies += ",m" + std::to_string(i);
  Publish("events", bodies);
  ASSERT_EQ(Receive("mail", 100), bodies);
  std::string rest = "m1";
  for (int i = 2; i < 40; ++i) rest += ",m" + std::to_string(i);
  Ack("mail", rest);
  CreateSnapshot("noon", "mail");
  Ack("mail", "m0");
  Advance(10min);
  EXPECT_EQ(store().KeyCount(Family::kKept), 1u);
  EXPECT_EQ(Logged(), 1u);
  SeekToSnapshot("mail", "noon");
  EXPECT_EQ(Receive("mail"), "m0");
  ASSERT_TRUE(TryDeleteSnapshot("noon").ok());
  EXPECT_EQ(Logged(), 1u) << "the subscription needs it";
  KillAndReopen();
  Ack("mail", "m0");
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(Snapshot, ExpiresAfterAWeekUnlessItIsToldOtherwise) {
  CreateSnapshot("week", "mail");
  CreateSnapshot("hour", "mail", 1h);
  CreateSnapshot("long", "mail", 1h);
  EXPECT_EQ(Snapshots(), "hour,long,week");
  ASSERT_TRUE(TryUpdateSnapshot("long", {.expires = now() + 31 * 24h}).ok());
  Advance(1h - 1s);
  EXPECT_EQ(Snapshots(), "hour,long,week");
  Advance(2s);
  EXPECT_EQ(Snapshots(), "long,week");
  KillAndReopen(6 * 24h);
  EXPECT_EQ(Snapshots(), "long,week");
  KillAndReopen(24h);
  EXPECT_EQ(Snapshots(), "long");
  EXPECT_THAT(TrySeek("mail", {.snapshot = "week"}), Refused(ErrorCode::kNotFound, "week"));
  Advance(24 * 24h);
  EXPECT_EQ(Snapshots(), "");
}

TEST_F(Snapshot, IsChangedAndDeletedByName) {
  ASSERT_TRUE(TryCreateSnapshot("noon", "mail", std::nullopt, {{"a", "1"}}).ok());
  const auto updated = TryUpdateSnapshot("noon", {.labels = std::map<std::string, std::string>{{"b", "2"}}});
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(updated->labels, (std::map<std::string, std::string>{{"b", "2"}}));
  ASSERT_TRUE(TryDeleteSnapshot("noon").ok());
  EXPECT_THAT(TryDeleteSnapshot("noon"), Refused(ErrorCode::kNotFound, "noon"));
  EXPECT_THAT(TryGetSnapshot("noon"), Refused(ErrorCode::kNotFound, "noon"));
  EXPECT_THAT(TryUpdateSnapshot("noon", {}), Refused(ErrorCode::kNotFound, "noon"));
}

TEST_F(Snapshot, OutlivesItsSubscription) {
  Publish("events", "a,b");
  CreateSnapshot("noon", "mail");
  ReceiveAndAck("mail", "a,b");
  DeleteSubscription("mail");
  Advance(1h);
  CreatePull("other", "events");
  SeekToSnapshot("other", "noon");
  EXPECT_EQ(Receive("other"), "a,b");
}

TEST_F(Snapshot, OutlivesItsTopic) {
  CreatePull("late", "events");
  Publish("events", "a,b");
  CreateSnapshot("noon", "mail");
  ReceiveAndAck("mail", "a,b");
  ReceiveAndAck("late", "a,b");
  DeleteTopic("events");
  DeleteSubscription("mail");
  KillAndReopen(1h);
  ASSERT_TRUE(TryGetSnapshot("noon").ok());
  EXPECT_EQ(TryGetSnapshot("noon")->topic, "");
  CreateTopic("events");
  CreatePull("mail", "events");
  EXPECT_THAT(TrySeek("mail", {.snapshot = "noon"}), Refused(ErrorCode::kFailedPrecondition, "not one of the topic"));
  SeekToSnapshot("late", "noon");
  EXPECT_EQ(Receive("late"), "a,b");
  Ack("late", "a,b");
  DeleteSubscription("late");
  ASSERT_TRUE(TryDeleteSnapshot("noon").ok());
  EXPECT_EQ(Logged(), 0u);
  KillAndReopen();
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(Snapshot, OfAnotherTopicIsRefused) {
  CreateTopic("others");
  CreatePull("other", "others");
  Publish("others", "x");
  CreateSnapshot("noon", "mail");
  EXPECT_THAT(TrySeek("other", {.snapshot = "noon"}), Refused(ErrorCode::kFailedPrecondition, "not one of the topic"));
  EXPECT_EQ(Counts("other"), "1 ready");
}

TEST_F(Snapshot, LeavesWhatWasRedrivenLaterOutstanding) {
  CreateQueue("dead");
  CreatePull("strict", "events", {.retention = 24h, .redrive = DeadLetterTo("dead", 1)});
  Publish("events", "a,b");
  ASSERT_EQ(Receive("strict", 1), "a");
  Nack("strict", "a");
  CreateSnapshot("noon", "strict");
  ReceiveAndAck("strict", "b");
  Redrive("dead");
  EXPECT_EQ(Counts("strict"), "1 ready");
  SeekToSnapshot("strict", "noon");
  EXPECT_EQ(Counts("strict"), "2 ready");
  EXPECT_EQ(Receive("strict"), "b,a");
}

TEST_F(Snapshot, KeepsTheOrderOfKeysForAnOrderedSubscription) {
  CreatePull("ordered", "events", {.retention = 24h, .ordered = true});
  PublishKeyed("events", "k", "a,b,c");
  ASSERT_EQ(Receive("mail", 2), "a,b");
  CreateSnapshot("noon", "mail");
  SeekToSnapshot("ordered", "noon");
  ASSERT_EQ(Receive("ordered", 1), "a");
  EXPECT_EQ(Receive("ordered", 5), "") << "b and c wait for a";
  Ack("ordered", "a");
  EXPECT_EQ(Receive("ordered", 5), "b,c");
}

TEST_F(Snapshot, BadInputIsRefused) {
  CreateQueue("copy");
  SubscribeQueue("copy-events", "events", "copy");
  EXPECT_THAT(TryCreateSnapshot("s", "copy-events"), Refused(ErrorCode::kFailedPrecondition, "copy-events"));
  EXPECT_THAT(TryCreateSnapshot("s", "nothing"), Refused(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(TryCreateSnapshot("a b", "mail"), Refused(ErrorCode::kInvalidArgument, "name"));
  EXPECT_THAT(TryCreateSnapshot("s", "mail", 0s), Refused(ErrorCode::kInvalidArgument, "life"));
  EXPECT_THAT(TryCreateSnapshot("s", "mail", 31 * 24h + 1ns), Refused(ErrorCode::kInvalidArgument, "31d"));
  EXPECT_THAT(TryCreateSnapshot("s", "mail", 1h, {{"", "x"}}), Refused(ErrorCode::kInvalidArgument, "labels"));
  EXPECT_THAT(TryCreateSnapshot("s", "mail", 1h, {{"k", std::string(257, 'x')}}),
              Refused(ErrorCode::kInvalidArgument, "256"));
  EXPECT_EQ(Snapshots(), "");
  for (const char* name : {"one", "two", "three"}) CreateSnapshot(name, "mail");
  EXPECT_THAT(TryCreateSnapshot("two", "mail"), Refused(ErrorCode::kAlreadyExists, "two"));
  EXPECT_THAT(TryCreateSnapshot("four", "mail"), Refused(ErrorCode::kLimitExceeded, "it may have 3"));
  EXPECT_THAT(TryUpdateSnapshot("one", {.expires = now() - 1s}), Refused(ErrorCode::kInvalidArgument, "expire_time"));
  EXPECT_THAT(TryUpdateSnapshot("one", {.expires = now() + 31 * 24h + 1s}),
              Refused(ErrorCode::kInvalidArgument, "expire_time"));
}

}  // namespace
}  // namespace broker::test
