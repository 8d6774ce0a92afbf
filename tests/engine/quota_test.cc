// How many topics, queues and subscriptions a namespace may have.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

class Quotas : public EngineTest {
 protected:
  Quotas() : EngineTest({.max_topics = 2, .max_queues = 2, .max_subscriptions = 2}) {
    CreateTopic("t1");
    CreateTopic("t2");
    CreateQueue("q1");
    CreateQueue("q2");
    CreatePull("s1", "t1");
    SubscribeQueue("s2", "t1", "q1");
  }
};

TEST_F(Quotas, RefuseOneMoreNamingNamespaceCountAndLimit) {
  const auto topic = TryCreateTopic("t3");
  EXPECT_THAT(topic, Refused(ErrorCode::kLimitExceeded, "\"default\" has 2 topics; it may have 2"));
  EXPECT_EQ(topic.error().reason, "QUOTA_EXCEEDED");
  EXPECT_THAT(TryCreateQueue("q3"), Refused(ErrorCode::kLimitExceeded, "2 queues"));
  EXPECT_THAT(TryCreateSubscription("s3", {.topic = "t2"}), Refused(ErrorCode::kLimitExceeded, "2 subscriptions"));
}

TEST_F(Quotas, SayFirstThatANameIsTaken) {
  EXPECT_THAT(TryCreateQueue("q1"), Refused(ErrorCode::kAlreadyExists, "q1"));
  EXPECT_THAT(TryCreateTopic("t1"), Refused(ErrorCode::kAlreadyExists, "t1"));
  EXPECT_THAT(TryCreateSubscription("s1", {.topic = "t1"}), Refused(ErrorCode::kAlreadyExists, "s1"));
}

TEST_F(Quotas, AreOfEachNamespace) {
  caller.name_space = "other";
  CreateQueue("q1");
  CreateQueue("q2");
  EXPECT_THAT(TryCreateQueue("q3"), Refused(ErrorCode::kLimitExceeded, "\"other\""));
}

TEST_F(Quotas, CountAnewAfterARestartAndADelete) {
  KillAndReopen();
  EXPECT_THAT(TryCreateQueue("q3"), Refused(ErrorCode::kLimitExceeded, "queues"));
  DeleteQueue("q2");
  CreateQueue("q3");
  DeleteTopic("t2");
  CreateTopic("t3");
  DeleteSubscription("s1");
  CreatePull("s3", "t3");
  EXPECT_THAT(TryCreateSubscription("s4", {.topic = "t1"}), Refused(ErrorCode::kLimitExceeded, "subscriptions"));
}

}  // namespace
}  // namespace broker::test
