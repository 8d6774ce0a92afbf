// A topic with retention keeps its messages for so long though nobody needs them; a subscription may do so for itself.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

engine::EngineOptions SmallChunks() {
  engine::EngineOptions options;
  options.chunk_sequences = 5;
  options.chunk_age = 1min;
  options.emptied_chunk_bytes = 1;
  options.tail_cache_bytes = 1'024;
  return options;
}

class TopicRetention : public EngineTest {
 protected:
  TopicRetention() : EngineTest(SmallChunks()) {}

  std::uint64_t Logged() { return store().KeyCount(Family::kLog); }
  std::uint64_t KeptMessages(const std::string& topic) { return DescribeTopic(topic)->messages; }
  std::string FromEarliest(const std::string& topic) {
    const std::string name = "reader-" + std::to_string(++readers_);
    CreatePullAtEarliest(name, topic);
    const std::string bodies = Receive(name, 100);
    DeleteSubscription(name);
    return bodies;
  }
  int readers_ = 0;
};

TEST_F(TopicRetention, KeepsWhatNobodyNeedsForSoLong) {
  CreateTopic("events", {.retention = 10min});
  Publish("events", "a,b,c,d,e,f");
  Advance(9min);
  EXPECT_EQ(KeptMessages("events"), 6u);
  EXPECT_EQ(FromEarliest("events"), "a,b,c,d,e,f");
  Advance(5min);
  EXPECT_EQ(FromEarliest("events"), "");
  EXPECT_EQ(KeptMessages("events"), 0u);
  EXPECT_EQ(DescribeTopic("events")->bytes, 0u);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, OffKeepsNothing) {
  CreateTopic("events");
  Publish("events", "a,b,c,d,e,f");
  Advance(2min);
  EXPECT_EQ(Logged(), 0u);
  EXPECT_EQ(KeptMessages("events"), 0u);
}

TEST_F(TopicRetention, MovesOnWithTime) {
  CreateTopic("events", {.retention = 10min});
  for (const char* body : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    Publish("events", body);
    Advance(2min);
  }
  // Each is kept for ten minutes; h came two minutes ago.
  EXPECT_EQ(FromEarliest("events"), "e,f,g,h");
}

TEST_F(TopicRetention, SurvivesARestart) {
  CreateTopic("events", {.retention = 10min});
  Publish("events", "a,b,c,d,e,f");
  KillAndReopen(5min);
  EXPECT_EQ(DescribeTopic("events")->info.settings.retention, 10min);
  EXPECT_EQ(FromEarliest("events"), "a,b,c,d,e,f");
  KillAndReopen(6min);
  EXPECT_EQ(FromEarliest("events"), "");
  Advance(1s);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, LoweredFreesAtOnce) {
  CreateTopic("events", {.retention = 24h});
  Publish("events", "a,b,c,d,e,f");
  Advance(1h);
  Publish("events", "g");
  SetTopicRetention("events", 30min);
  EXPECT_EQ(FromEarliest("events"), "g");
  EXPECT_EQ(KeptMessages("events"), 1u);
  SetTopicRetention("events", Nanos{0});
  Advance(2min);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, RaisedBringsNothingBack) {
  CreateTopic("events", {.retention = 10min});
  Publish("events", "a,b,c,d,e");
  Advance(1h);
  Publish("events", "f");
  SetTopicRetention("events", 24h);
  EXPECT_EQ(FromEarliest("events"), "f");
}

TEST_F(TopicRetention, EndsWithTheTopic) {
  CreateTopic("events", {.retention = 24h});
  Publish("events", "a,b,c,d,e,f");
  DeleteTopic("events");
  Advance(2min);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, ThatIsOutOfBoundsIsRefused) {
  EXPECT_THAT(TryCreateTopic("events", {.retention = 10min - 1ns}), Refused(ErrorCode::kInvalidArgument, "10m to 31d"));
  EXPECT_THAT(TryCreateTopic("events", {.retention = 31 * 24h + 1ns}),
              Refused(ErrorCode::kInvalidArgument, "retention"));
  CreateTopic("events", {.retention = 10min});
  EXPECT_THAT(TryUpdateTopic("events", {.retention = -1ns}), Refused(ErrorCode::kInvalidArgument, "retention"));
  EXPECT_EQ(DescribeTopic("events")->info.settings.retention, 10min);
}

TEST_F(TopicRetention, ASubscriptionMayKeepWhatItSettled) {
  CreateTopic("events");
  Publish("events", "before");
  CreatePull("mail", "events", {.retention = 1h, .retain_acknowledged = true});
  CreatePull("audit", "events");
  Publish("events", "a,b,c,d,e,f");
  EXPECT_EQ(Receive("mail"), "a,b,c,d,e,f");
  Ack("mail", "a,b,c,d,e,f");
  EXPECT_EQ(Receive("audit"), "a,b,c,d,e,f");
  Ack("audit", "a,b,c,d,e,f");
  Advance(30min);
  EXPECT_GE(Logged(), 6u);
  EXPECT_EQ(Counts("mail"), "empty");
  Advance(31min);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, NoLongerRetainingFreesWhatWasSettled) {
  CreateTopic("events");
  CreatePull("mail", "events", {.retention = 24h, .retain_acknowledged = true});
  Publish("events", "a,b,c,d,e");
  EXPECT_EQ(Receive("mail"), "a,b,c,d,e");
  Ack("mail", "a,b,c,d,e");
  KillAndReopen(10min);
  EXPECT_EQ(Logged(), 5u);
  ASSERT_TRUE(TryUpdateSubscription("mail", {.delivery = {.retain_acknowledged = false}}).ok());
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, APurgeFreesWhatWasSettledToo) {
  CreateTopic("events");
  CreatePull("mail", "events", {.retention = 24h, .retain_acknowledged = true});
  Publish("events", "a,b,c,d,e,f,g");
  EXPECT_EQ(Receive("mail", 3), "a,b,c");
  Ack("mail", "a,b,c");
  EXPECT_EQ(Purge("mail"), 4u);
  Advance(2min);
  EXPECT_EQ(Logged(), 0u);
}

TEST_F(TopicRetention, AQueueRetainsNothingItSettled) {
  EXPECT_THAT(TryCreateQueue("orders", {.delivery = {.retain_acknowledged = true}}),
              Refused(ErrorCode::kInvalidArgument, "pull subscription"));
}

}  // namespace
}  // namespace broker::test
