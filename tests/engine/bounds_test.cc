// Queues with bounds that refuse what does not fit, and what goes beyond them all the same.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::MessageState;

class Bounds : public EngineTest {
 protected:
  static model::QueueSettings AtMost(std::uint64_t messages, std::uint64_t bytes = 0) {
    model::QueueSettings settings;
    settings.bounds = {messages, bytes, model::Overflow::kRefuse};
    return settings;
  }
  // One word per entry: "ok" or the reason it was refused for.
  std::string TryBatch(engine::PublishRequest request) {
    const auto response = TryPublish(std::move(request));
    if (!response.ok()) return response.error().reason;
    std::vector<std::string> words;
    for (const auto& result : response->results) words.push_back(result.ok() ? "ok" : result.error().reason);
    return Join(words);
  }
  std::string TryBatch(const std::string& target, const std::string& bodies) { return TryBatch(Batch(target, bodies)); }
};

TEST_F(Bounds, RefuseWhatDoesNotFitNamingQueueCountAndLimit) {
  CreateQueue("orders", AtMost(2));
  Publish("orders", "a,b");
  const auto response = TryPublish(Batch("orders", "c"));
  ASSERT_TRUE(response.ok());
  EXPECT_THAT(response->results[0], Refused(ErrorCode::kLimitExceeded, "\"orders\" is full: it holds 2 messages of 2 bytes"));
  EXPECT_EQ(response->results[0].error().reason, "QUEUE_FULL");
  EXPECT_EQ(response->results[0].error().resource, "queue/orders");
  EXPECT_EQ(Peek("orders"), "a,b");
}

TEST_F(Bounds, CountBytesToo) {
  CreateQueue("orders", AtMost(0, 10));
  EXPECT_EQ(TryBatch("orders", "12345,12345"), "ok,ok");
  EXPECT_EQ(TryBatch("orders", "1"), "QUEUE_FULL");
  EXPECT_EQ(Receive("orders", 1), "12345");
  Ack("orders", "12345");
  EXPECT_EQ(TryBatch("orders", "123456,123,12,1"), "QUEUE_FULL,ok,ok,QUEUE_FULL");
}

TEST_F(Bounds, CountWhatIsReadyLeasedRetryingAndDelayed) {
  CreateQueue("orders", AtMost(4));
  Publish("orders", "a,b,c");
  PublishDelayed("orders", "d", 1h);
  EXPECT_EQ(Receive("orders", 2), "a,b");
  Nack("orders", "b", "busy", 10min);
  EXPECT_EQ(Counts("orders"), "1 ready, 1 leased, 1 retrying, 1 delayed");
  EXPECT_EQ(TryBatch("orders", "e"), "QUEUE_FULL");
  Ack("orders", "a");
  EXPECT_EQ(TryBatch("orders", "e,f"), "ok,QUEUE_FULL");
  Advance(1h);
  EXPECT_EQ(Counts("orders"), "4 ready");
  EXPECT_EQ(TryBatch("orders", "f"), "QUEUE_FULL");
}

TEST_F(Bounds, OfABatchThatFitsPartlyTheRestIsRefused) {
  CreateQueue("orders", AtMost(2));
  EXPECT_EQ(TryBatch("orders", "a,b,c"), "ok,ok,QUEUE_FULL");
  EXPECT_EQ(Peek("orders"), "a,b");
}

TEST_F(Bounds, OfABatchAllOrNothingRefuseTheWhole) {
  CreateQueue("orders", AtMost(2));
  engine::PublishRequest request = Batch("orders", "a,b,c");
  request.all_or_nothing = true;
  EXPECT_EQ(TryBatch(request), "QUEUE_FULL");
  EXPECT_EQ(Counts("orders"), "empty");
  // What was published before takes no room again.
  request.entries[2].content = {.body = "a", .deduplication_id = "1"};
  request.entries[0].content.deduplication_id = "1";
  EXPECT_EQ(TryBatch(request), "ok,ok,ok");
  EXPECT_EQ(Peek("orders"), "a,b");
}

// What the batch's own dead letters take up does not turn its later messages away.
TEST_F(Bounds, OfABatchAllOrNothingThatWasTakenNothingIsRefused) {
  CreateTopic("events");
  CreateQueue("letters", AtMost(2));
  model::QueueSettings full = AtMost(1);
  full.delivery.redrive = DeadLetterTo("letters", 3);
  CreateQueue("full", full);
  Publish("full", "x");
  SubscribeQueue("a", "events", "full");
  SubscribeQueue("b", "events", "letters");
  engine::PublishRequest request = Batch("events", "a,b");
  request.all_or_nothing = true;
  EXPECT_EQ(TryBatch(request), "ok,ok");
  EXPECT_EQ(Counts("letters"), "4 ready");
}

TEST_F(Bounds, AnswerADuplicateHoweverFullTheyAre) {
  CreateQueue("orders", AtMost(1));
  EXPECT_TRUE(PublishOnce("orders", "1", "a"));
  EXPECT_FALSE(PublishOnce("orders", "1", "a"));
}

TEST_F(Bounds, HoldAfterARestart) {
  CreateQueue("orders", AtMost(2));
  Publish("orders", "a,b");
  EXPECT_EQ(Receive("orders", 1), "a");
  KillAndReopen();
  EXPECT_EQ(DescribeQueue("orders")->info.settings, AtMost(2));
  EXPECT_EQ(TryBatch("orders", "c"), "QUEUE_FULL");
}

TEST_F(Bounds, SetBelowWhatIsStoredDropNothing) {
  CreateQueue("orders");
  Publish("orders", "a,b,c");
  UpdateQueue("orders", {.bounds = model::Bounds{1, 0, model::Overflow::kRefuse}});
  EXPECT_EQ(Peek("orders"), "a,b,c");
  EXPECT_EQ(TryBatch("orders", "d"), "QUEUE_FULL");
  UpdateQueue("orders", {.bounds = model::Bounds{}});
  EXPECT_EQ(TryBatch("orders", "d"), "ok");
}

TEST_F(Bounds, OfATopicsQueueRefuseThePublishNamingTheQueue) {
  CreateTopic("events");
  CreateQueue("small", AtMost(1));
  CreateQueue("large");
  SubscribeQueue("a", "events", "large");
  SubscribeQueue("b", "events", "small");
  const auto response = TryPublish(Batch("events", "x,y"));
  ASSERT_TRUE(response.ok());
  EXPECT_TRUE(response->results[0].ok());
  EXPECT_THAT(response->results[1], Refused(ErrorCode::kLimitExceeded, "\"small\" is full"));
  EXPECT_EQ(Peek("large"), "x") << "nobody gets what was refused";
  EXPECT_EQ(Peek("small"), "x");
  engine::PublishRequest request = Batch("events", "z");
  request.all_or_nothing = true;
  EXPECT_EQ(TryBatch(request), "QUEUE_FULL");
}

TEST_F(Bounds, CountEachSubscriptionsCopy) {
  CreateTopic("events");
  CreateQueue("small", AtMost(3));
  SubscribeQueue("a", "events", "small");
  SubscribeQueue("b", "events", "small");
  EXPECT_EQ(TryBatch("events", "x,y"), "ok,QUEUE_FULL");
  EXPECT_EQ(Counts("small"), "2 ready") << "both copies or none";
}

TEST_F(Bounds, OfATopicsQueueGiveItsCopyToItsDeadLetters) {
  CreateTopic("events");
  CreateQueue("dead", AtMost(1));
  model::QueueSettings settings = AtMost(1);
  settings.delivery.redrive = DeadLetterTo("dead", 5);
  CreateQueue("small", settings);
  CreateQueue("large");
  SubscribeQueue("to-small", "events", "small", "envelope");
  SubscribeQueue("to-large", "events", "large");
  const auto ids = Publish("events", "x,y,z");
  EXPECT_EQ(Peek("small"), "x");
  EXPECT_EQ(Peek("large"), "x,y,z");
  KillAndReopen();
  EXPECT_EQ(Receive("dead"), "y,z") << "dead letters go beyond a bound";
  const engine::Delivery& letter = Last("dead", "y");
  EXPECT_EQ(letter.origin, ids[1]);
  EXPECT_EQ(letter.subscription, "to-small");
  EXPECT_EQ(letter.delivery_format, "envelope");
  ASSERT_EQ(letter.message->dead_letter.size(), 1u);
  const model::DeadLetterEntry& story = letter.message->dead_letter[0];
  EXPECT_EQ(story.source.ToString(), "queue/small");
  EXPECT_EQ(story.attempts, 0u);
  EXPECT_EQ(story.source_id, ids[1]);
  EXPECT_EQ(story.reason, "queue/small was full");
}

TEST_F(Bounds, WhoseDeadLettersHaveNoHomeRefuseThePublish) {
  CreateTopic("events");
  CreateQueue("dead");
  model::QueueSettings settings = AtMost(1);
  settings.delivery.redrive = DeadLetterTo("dead", 5);
  CreateQueue("small", settings);
  SubscribeQueue("s", "events", "small");
  ASSERT_TRUE(TryDeleteQueue("dead", true).ok());
  EXPECT_EQ(TryBatch("events", "x,y"), "ok,QUEUE_FULL");
}

class DeadLettersOfACopy : public Bounds {
 protected:
  void SetUp() override {
    Bounds::SetUp();
    CreateTopic("events");
    CreateQueue("of-queue");
    CreateQueue("of-copy");
    model::QueueSettings settings = AtMost(1);
    settings.delivery.redrive = DeadLetterTo("of-queue", 1);
    CreateQueue("small", settings);
    model::SubscriptionSettings subscription{.topic = "events", .queue = "small"};
    subscription.delivery.redrive = To("queue/of-copy");
    ASSERT_TRUE(TryCreateSubscription("s", subscription).ok());
  }
  static std::optional<model::RedrivePolicy> To(const std::string& target) {
    if (target.empty()) return std::nullopt;
    const auto parsed = model::Target::Parse("target", target);
    return model::RedrivePolicy{.target = {*parsed->kind, parsed->name}};
  }
  Status TryTo(const std::string& target) {
    const auto updated = TryUpdateSubscription("s", {.delivery = {.redrive = To(target)}});
    return updated.ok() ? Status() : Status(updated.error());
  }
};

TEST_F(DeadLettersOfACopy, GoToTheSubscriptionsTargetBeforeTheQueues) {
  Publish("events", "x,y");
  EXPECT_EQ(Peek("of-copy"), "y");
  KillAndReopen();
  Publish("events", "z");
  EXPECT_EQ(Receive("of-copy"), "y,z");
  const model::DeadLetterEntry& story = Last("of-copy", "z").message->dead_letter[0];
  EXPECT_EQ(story.source.ToString(), "queue/small");
  EXPECT_EQ(story.reason, "queue/small was full");
  EXPECT_EQ(Receive("small"), "x");
  Nack("small", "x");
  EXPECT_EQ(Peek("of-queue"), "x") << "attempts are the queue's";
  Ack("of-copy", "y");
  Nack("of-copy", "z");
  EXPECT_EQ(Redrive("of-copy").moved, 1u);
  EXPECT_EQ(Peek("small"), "z");
}

TEST_F(DeadLettersOfACopy, GoToTheQueuesWhereTheirOwnIsGone) {
  EXPECT_THAT(TryDeleteQueue("of-copy", false), Refused(ErrorCode::kFailedPrecondition, "subscription/s"));
  ASSERT_TRUE(TryDeleteQueue("of-copy", true).ok());
  Publish("events", "x,y");
  EXPECT_EQ(Peek("of-queue"), "y");
  ASSERT_TRUE(TryDeleteQueue("of-queue", true).ok());
  EXPECT_EQ(TryBatch("events", "z"), "QUEUE_FULL");
}

TEST_F(DeadLettersOfACopy, MayGoToATopicThatSomebodyReads) {
  CreateTopic("lost");
  ASSERT_TRUE(TryTo("topic/lost").ok());
  Publish("events", "x,y");
  EXPECT_EQ(Peek("of-queue"), "y") << "nobody reads it";
  CreatePull("audit", "lost");
  Publish("events", "z");
  EXPECT_EQ(Receive("audit"), "z");
  ASSERT_TRUE(TryTo("").ok());
  Publish("events", "last");
  EXPECT_EQ(Peek("of-queue"), "y,last");
}

TEST_F(DeadLettersOfACopy, AreRefusedATargetThatCannotTakeThem) {
  EXPECT_THAT(TryTo("queue/small"), Refused(ErrorCode::kInvalidArgument, "queue/small cannot take"));
  EXPECT_THAT(TryTo("queue/none"), Refused(ErrorCode::kNotFound, "\"none\" does not exist"));
  EXPECT_THAT(TryTo("topic/events"), Refused(ErrorCode::kFailedPrecondition, "subscription/s"));
  model::QueueSettings back;
  back.delivery.redrive = To("topic/events");
  CreateQueue("back", back);
  EXPECT_THAT(TryTo("queue/back"), Refused(ErrorCode::kFailedPrecondition, "subscription/s"));
  UpdateQueue("back", {.delivery = {.redrive = std::optional<model::RedrivePolicy>()},
                       .dead_letter_access = model::DeadLetterAccess{model::DeadLetterAccess::Kind::kNone, {}}});
  EXPECT_THAT(TryTo("queue/back"), Refused(ErrorCode::kFailedPrecondition, "subscription/s may not use"));
  EXPECT_THAT(TryUpdateSubscription("s", {.delivery = {.exactly_once = true}}),
              Refused(ErrorCode::kInvalidArgument, "set it on the queue"));
  EXPECT_EQ(DescribeSubscription("s")->info.settings.delivery.redrive->target.name, "of-copy");
}

TEST_F(Bounds, LetRedrivenMessagesBeyond) {
  CreateQueue("dead");
  model::QueueSettings settings = AtMost(1);
  settings.delivery.redrive = DeadLetterTo("dead", 1);
  CreateQueue("orders", settings);
  Publish("orders", "a");
  EXPECT_EQ(Receive("orders"), "a");
  Nack("orders", "a");
  Publish("orders", "b");
  EXPECT_EQ(Redrive("dead").moved, 1u);
  EXPECT_EQ(Peek("orders"), "b,a");
}

TEST_F(Bounds, LetMovedMessagesBeyond) {
  CreateTopic("events");
  CreateQueue("audit", AtMost(1));
  SubscribeQueue("audit-events", "events", "audit");
  Publish("events", "first");
  CreateQueue("parked");
  Publish("parked", "a,b");
  engine::MoveRequest request{.queue = "parked"};
  request.destination = model::Target{model::ResourceKind::kTopic, "events"};
  const auto task = Move(std::move(request));
  EXPECT_EQ(task.state, engine::TaskState::kDone);
  EXPECT_EQ(task.moved, 2u);
  EXPECT_EQ(Peek("audit"), "first,a,b");
  EXPECT_EQ(TryBatch("events", "c"), "QUEUE_FULL");
  EXPECT_EQ(Counts("parked"), "empty");
}

TEST_F(Bounds, LetBeyondWhatATopicHadDelayed) {
  CreateTopic("events");
  CreateQueue("small", AtMost(1));
  SubscribeQueue("s", "events", "small");
  PublishDelayed("events", "x", 1min);
  Publish("events", "y");
  Advance(1min);
  EXPECT_EQ(Peek("small"), "y,x") << "nobody is there to be refused";
}

TEST_F(Bounds, HoldForTheDelayedCopiesOfATopicsMessage) {
  CreateTopic("events");
  model::QueueSettings settings = AtMost(2);
  settings.delay = 1min;
  CreateQueue("small", settings);
  SubscribeQueue("s", "events", "small");
  EXPECT_EQ(TryBatch("events", "x,y,z"), "ok,ok,QUEUE_FULL");
  EXPECT_EQ(Counts("small"), "2 delayed");
}

TEST_F(Bounds, FreeWhatExpired) {
  model::QueueSettings settings = AtMost(1);
  settings.delivery.retention = 60s;
  CreateQueue("orders", settings);
  Publish("orders", "a");
  Advance(62s);
  EXPECT_EQ(TryBatch("orders", "b"), "ok");
}

}  // namespace
}  // namespace broker::test
