// The same publish twice: stored once within five minutes, by id or by content, per log or per group.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;

class Deduplication : public EngineTest {
 protected:
  Deduplication() { CreateQueue("orders"); }

  bool PublishOnceKeyed(const std::string& target, const std::string& key, const std::string& id,
                        const std::string& body) {
    engine::PublishRequest request = Batch(target, body);
    request.entries[0].content.deduplication_id = id;
    request.entries[0].content.ordering_key = key;
    const auto response = TryPublish(request);
    return response.ok() && response->results[0].ok() && !response->results[0].value().duplicate;
  }
};

TEST_F(Deduplication, ASecondPublishOfAnIdAnswersTheFirstsId) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].content.deduplication_id = "id-1";
  const auto first = TryPublish(request);
  request.entries[0].content.body = "another body";
  const auto second = TryPublish(request);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(first->results[0].value().duplicate);
  EXPECT_TRUE(second->results[0].value().duplicate);
  EXPECT_EQ(second->results[0].value().id, first->results[0].value().id);
  EXPECT_EQ(Receive("orders"), "a");
}

TEST_F(Deduplication, HoldsAfterTheFirstIsAcked) {
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
  EXPECT_EQ(Receive("orders"), "a");
  Ack("orders", "a");
  EXPECT_FALSE(PublishOnce("orders", "1", "a"));
  EXPECT_EQ(Counts("orders"), "empty");
}

// Who drops all that a queue holds wants to fill it anew, with the same ids perhaps.
TEST_F(Deduplication, IsForgottenWithAPurge) {
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
  Purge("orders");
  EXPECT_TRUE(PublishOnce("orders", "1", "b"));
  EXPECT_EQ(Receive("orders"), "b");
}

TEST_F(Deduplication, LastsFiveMinutesFromTheFirst) {
  for (int round = 0; round < 4; ++round) {  // wherever the generations turn
    EXPECT_TRUE(PublishOnce("orders", "1", "a")) << round;
    Advance(2min);
    EXPECT_FALSE(PublishOnce("orders", "1", "a")) << round;
    Advance(3min - 1ms);
    EXPECT_FALSE(PublishOnce("orders", "1", "a")) << round;
    Advance(2ms);
  }
  EXPECT_EQ(Counts("orders"), "4 ready");
}

TEST_F(Deduplication, OutlivesKillsAndPowerCuts) {
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
  KillAndReopen(2min);
  EXPECT_FALSE(PublishOnce("orders", "1", "a"));
  PowerCut(1);
  Reopen(1min);
  EXPECT_FALSE(PublishOnce("orders", "1", "a"));
  KillAndReopen(2min);
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
}

TEST_F(Deduplication, WithoutAnIdNothingIsADuplicate) {
  Publish("orders", "a");
  Publish("orders", "a");
  EXPECT_EQ(Counts("orders"), "2 ready");
}

TEST_F(Deduplication, ByContentTheBodyServesAsAnId) {
  UpdateQueue("orders", {.deduplicate_by_content = true});
  Publish("orders", "a");
  Publish("orders", "a");
  Publish("orders", "b");
  EXPECT_EQ(Counts("orders"), "2 ready");
  EXPECT_TRUE(PublishOnce("orders", "1", "a")) << "an id goes before the content";
  EXPECT_FALSE(PublishOnce("orders", "1", "c"));
}

TEST_F(Deduplication, OfAGroupDoesNotReachOtherGroups) {
  UpdateQueue("orders", {.deduplication_scope = model::DeduplicationScope::kGroup});
  EXPECT_TRUE(PublishOnceKeyed("orders", "k", "1", "a"));
  EXPECT_TRUE(PublishOnceKeyed("orders", "m", "1", "a"));
  EXPECT_FALSE(PublishOnceKeyed("orders", "k", "1", "a"));
}

TEST_F(Deduplication, OfTheLogReachesAllGroups) {
  EXPECT_TRUE(PublishOnceKeyed("orders", "k", "1", "a"));
  EXPECT_FALSE(PublishOnceKeyed("orders", "m", "1", "a"));
}

TEST_F(Deduplication, DoesNotReachOtherQueuesAndTopics) {
  CreateQueue("billing");
  CreateTopic("events");
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
  EXPECT_TRUE(PublishOnce("billing", "1", "a"));
  EXPECT_TRUE(PublishOnce("events", "1", "a"));
  EXPECT_FALSE(PublishOnce("events", "1", "a"));
  DeleteQueue("orders");
  CreateQueue("orders");
  EXPECT_TRUE(PublishOnce("orders", "1", "a")) << "a queue of the same name is another queue";
}

TEST_F(Deduplication, WithinOneBatchTheSecondIsTheDuplicate) {
  engine::PublishRequest request = Batch("orders", "a,b,c");
  request.entries[0].content.deduplication_id = "1";
  request.entries[2].content.deduplication_id = "1";
  const auto response = TryPublish(request);
  ASSERT_TRUE(response.ok());
  EXPECT_FALSE(response->results[0].value().duplicate);
  EXPECT_FALSE(response->results[1].value().duplicate);
  EXPECT_TRUE(response->results[2].value().duplicate);
  EXPECT_EQ(response->results[2].value().id, response->results[0].value().id);
  EXPECT_EQ(Receive("orders"), "a,b");
}

TEST_F(Deduplication, ADuplicateOfWhatIsNotYetDurableAnswersWhenTheFirstIs) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].content.deduplication_id = "1";
  const auto first = StartPublish(request);
  auto group = engine().TakeGroup();
  ASSERT_TRUE(group.has_value());
  const auto second = StartPublish(request);
  EXPECT_FALSE(first.answered());
  EXPECT_FALSE(second.answered()) << "the first is not durable yet";
  Kill();
  EXPECT_FALSE(second.answered());
  Reopen();
  EXPECT_TRUE(PublishOnce("orders", "1", "a")) << "the first never was";
}

TEST_F(Deduplication, AnUndeliveredDelayedOneCounts) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].content.deduplication_id = "1";
  request.entries[0].delay = 1min;
  ASSERT_TRUE(TryPublish(request).ok());
  EXPECT_FALSE(PublishOnce("orders", "1", "a"));
  EXPECT_EQ(Counts("orders"), "1 delayed");
}

TEST_F(Deduplication, ARefusedEntryLeavesNoTrace) {
  engine::PublishRequest request = Batch("orders", "a");
  request.entries[0].content.deduplication_id = "1";
  request.entries[0].content.subject = "\xff";
  const auto response = TryPublish(request);
  EXPECT_FALSE(response.ok() && response->results[0].ok());
  request = Batch("orders", "a,b");
  request.all_or_nothing = true;
  request.entries[0].content.deduplication_id = "1";
  request.entries[1].content.subject = "\xff";
  EXPECT_FALSE([&] {
    const auto answer = TryPublish(request);
    return answer.ok() && answer->results[0].ok();
  }());
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
}

}  // namespace
}  // namespace broker::test
