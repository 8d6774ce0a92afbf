// What operators and careful consumers ask for, over the wire: policies, pauses, seeks, snapshots, moves, replays,
// idempotency records, consumers. That each call reaches the engine and comes back; what the engine does stands in its tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/v1/idempotency.grpc.pb.h"
#include "broker/v1/snapshots.grpc.pb.h"
#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OperationsServer : public NativeHarness {
 protected:
  OperationsServer() : snapshots(v1::Snapshots::NewStub(channel())), idempotency(v1::Idempotency::NewStub(channel())) {}

  v1::Subscription SetPaused(const std::string& name, bool paused) {
    v1::UpdateSubscriptionRequest request;
    request.mutable_subscription()->set_name(name);
    request.mutable_subscription()->set_paused(paused);
    request.mutable_update_mask()->add_paths("paused");
    TestContext context;
    v1::Subscription updated;
    EXPECT_TRUE(subscriptions->Update(&context, request, &updated).ok());
    return updated;
  }
  v1::Task WaitForEnd(v1::Task task) {
    v1::GetTaskRequest request;
    request.set_id(task.id());
    EXPECT_TRUE(WaitFor([&] {
      TestContext context;
      return tasks->Get(&context, request, &task).ok() && task.state() != v1::Task::RUNNING;
    }));
    return task;
  }
  grpc::Status Claim(const std::string& key, v1::IdempotencyRecord* record) {
    v1::ClaimKeyRequest request;
    request.set_key(key);
    request.mutable_life()->set_seconds(60);
    TestContext context;
    return idempotency->Claim(&context, request, record);
  }
  std::vector<std::string> Bodies(const std::string& source) {
    std::vector<std::string> bodies;
    for (const auto& delivery : Receive(source, 100)) {
      bodies.push_back(delivery.message().body());
      Ack(source, delivery.receipt());
    }
    return bodies;
  }

  const std::unique_ptr<v1::Snapshots::Stub> snapshots;
  const std::unique_ptr<v1::Idempotency::Stub> idempotency;
};

TEST_F(OperationsServer, PoliciesAreKeptAsTheyWereGiven) {
  CreateQueue("q", [](v1::Queue& queue) {
    queue.mutable_bounds()->set_max_messages(1);
    queue.mutable_retry_backoff()->mutable_minimum()->set_seconds(1);
    (*queue.mutable_labels())["team"] = "shop";
    queue.mutable_dead_letter_access()->set_kind(v1::DeadLetterAccess::NONE);
  });
  v1::GetQueueRequest get;
  get.set_name("q");
  TestContext context;
  v1::QueueDescription now;
  ASSERT_TRUE(queues->Get(&context, get, &now).ok());
  EXPECT_EQ(now.queue().bounds().max_messages(), 1u);
  EXPECT_EQ(now.queue().retry_backoff().maximum().seconds(), 1);
  EXPECT_EQ(now.queue().labels().at("team"), "shop");

  Publish("q", {"a"});
  v1::PublishRequest more;
  more.set_target("q");
  more.add_messages()->set_body("b");
  TestContext publishing;
  v1::PublishResponse published;
  const grpc::Status full = messages->Publish(&publishing, more, &published);
  const bool refused = full.error_code() == grpc::RESOURCE_EXHAUSTED ||
                       (full.ok() && published.results(0).error().code() == grpc::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(refused) << full.error_message();

  v1::CreateQueueRequest wrong;
  wrong.mutable_queue()->set_name("w");
  wrong.mutable_queue()->mutable_retry_backoff()->mutable_minimum()->set_seconds(50'000);
  (*wrong.mutable_queue()->mutable_labels())[std::string(200, 'k')] = "";
  TestContext creating;
  v1::Queue queue;
  const Refusal refusal = RefusalOf(queues->Create(&creating, wrong, &queue));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  for (const auto& field : refusal.fields) EXPECT_THAT(field, testing::StartsWith("queue."));
  EXPECT_THAT(refusal.message, testing::AllOf(HasSubstr("queue.retry_backoff"), HasSubstr("queue.labels")));
}

TEST_F(OperationsServer, EitherKindOfSubscriptionIsPaused) {
  CreateTopic("t");
  CreateQueue("q");
  CreatePull("pull", "t");
  Subscribe("into", "t", "q");
  EXPECT_TRUE(SetPaused("pull", true).paused());
  EXPECT_TRUE(SetPaused("into", true).paused());
  Publish("t", {"a"});
  EXPECT_THAT(Bodies("q"), ElementsAre());
  EXPECT_THAT(Bodies("pull"), ElementsAre());
  EXPECT_FALSE(SetPaused("pull", false).paused());
  EXPECT_FALSE(SetPaused("into", false).paused());
  EXPECT_THAT(Bodies("pull"), ElementsAre("a"));
  const auto late = Receive("q", 1, std::chrono::seconds(30));
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].message().body(), "a");

  v1::UpdateSubscriptionRequest missing;
  missing.mutable_subscription()->set_name("nowhere");
  missing.mutable_update_mask()->add_paths("paused");
  TestContext context;
  v1::Subscription updated;
  EXPECT_EQ(subscriptions->Update(&context, missing, &updated).error_code(), grpc::NOT_FOUND);
}

TEST_F(OperationsServer, AFilterThatIsNoneNamesItsPlace) {
  CreateTopic("t");
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_name("s");
  request.mutable_subscription()->set_topic("t");
  request.mutable_subscription()->set_filter("attributes.kind is red");
  TestContext context;
  v1::Subscription subscription;
  const Refusal refusal = RefusalOf(subscriptions->Create(&context, request, &subscription));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  EXPECT_EQ(refusal.reason, "INVALID_FILTER");
  EXPECT_THAT(refusal.fields, ElementsAre("subscription.filter"));
  EXPECT_THAT(refusal.message, HasSubstr("character"));
  request.mutable_subscription()->set_filter("attributes.kind   =   \"red\"");
  TestContext again;
  ASSERT_TRUE(subscriptions->Create(&again, request, &subscription).ok());
  EXPECT_EQ(subscription.filter(), "attributes.kind = \"red\"");
}

TEST_F(OperationsServer, ASubscriptionSeeksToItsSnapshot) {
  CreateTopic("t");
  CreatePull("s", "t");
  v1::CreateSnapshotRequest create;
  create.mutable_snapshot()->set_name("before");
  create.mutable_snapshot()->set_subscription("s");
  (*create.mutable_snapshot()->mutable_labels())["a"] = "b";
  TestContext creating;
  v1::Snapshot snapshot;
  ASSERT_TRUE(snapshots->Create(&creating, create, &snapshot).ok());
  EXPECT_EQ(snapshot.topic(), "t");
  EXPECT_GT(snapshot.expire_time().seconds(), snapshot.create_time().seconds());
  Publish("t", {"a", "b"});
  EXPECT_THAT(Bodies("s"), ElementsAre("a", "b"));

  v1::SeekRequest seek;
  seek.set_name("s");
  seek.set_snapshot("before");
  TestContext seeking;
  v1::SubscriptionDescription now;
  ASSERT_TRUE(subscriptions->Seek(&seeking, seek, &now).ok());
  EXPECT_EQ(now.stats().ready(), 2u);
  seek.set_snapshot("nowhere");
  TestContext wrong;
  EXPECT_EQ(subscriptions->Seek(&wrong, seek, &now).error_code(), grpc::NOT_FOUND);

  v1::UpdateSnapshotRequest update;
  update.mutable_snapshot()->set_name("before");
  update.mutable_update_mask()->add_paths("labels");
  TestContext updating;
  ASSERT_TRUE(snapshots->Update(&updating, update, &snapshot).ok());
  EXPECT_TRUE(snapshot.labels().empty());
  TestContext listing;
  v1::ListSnapshotsResponse list;
  ASSERT_TRUE(snapshots->List(&listing, v1::ListSnapshotsRequest(), &list).ok());
  ASSERT_EQ(list.snapshots_size(), 1);
  v1::DeleteSnapshotRequest remove;
  remove.set_name("before");
  TestContext removing;
  google::protobuf::Empty empty;
  ASSERT_TRUE(snapshots->Delete(&removing, remove, &empty).ok());
  v1::GetSnapshotRequest get;
  get.set_name("before");
  TestContext getting;
  EXPECT_EQ(snapshots->Get(&getting, get, &snapshot).error_code(), grpc::NOT_FOUND);
}

TEST_F(OperationsServer, AQueueIsMovedByATask) {
  CreateQueue("q");
  CreateQueue("other");
  Publish("q", {"a", "b"});
  v1::RedriveRequest request;
  request.set_queue("q");
  request.set_destination("other");
  TestContext context;
  v1::Task task;
  ASSERT_TRUE(dead_letters->Redrive(&context, request, &task).ok());
  task = WaitForEnd(task);
  EXPECT_EQ(task.kind(), "move");
  EXPECT_EQ(task.destination(), "queue/other");
  EXPECT_EQ(task.state(), v1::Task::DONE) << task.reason();
  EXPECT_EQ(task.moved(), 2u);
  EXPECT_THAT(Bodies("other"), ElementsAre("a", "b"));
  v1::CancelTaskRequest cancel;
  cancel.set_id(task.id());
  TestContext cancelling;
  EXPECT_EQ(tasks->Cancel(&cancelling, cancel, &task).error_code(), grpc::FAILED_PRECONDITION);
  request.set_destination("q");
  TestContext itself;
  EXPECT_EQ(RefusalOf(dead_letters->Redrive(&itself, request, &task)).code, grpc::INVALID_ARGUMENT);
}

TEST_F(OperationsServer, ATopicIsReplayedByATask) {
  v1::CreateTopicRequest create;
  create.mutable_topic()->set_name("t");
  create.mutable_topic()->mutable_retention()->set_seconds(3'600);
  TestContext creating;
  v1::Topic topic;
  ASSERT_TRUE(topics->Create(&creating, create, &topic).ok());
  EXPECT_EQ(topic.retention().seconds(), 3'600);
  CreateQueue("late");
  Publish("t", {"a", "b"});
  v1::ReplayRequest request;
  request.set_topic("t");
  request.set_queue("late");
  request.mutable_from_time();
  TestContext context;
  v1::Task task;
  ASSERT_TRUE(topics->Replay(&context, request, &task).ok());
  task = WaitForEnd(task);
  EXPECT_EQ(task.moved(), 2u);
  EXPECT_THAT(Bodies("late"), ElementsAre("a", "b"));
  request.mutable_to_time();
  TestContext wrong;
  EXPECT_THAT(RefusalOf(topics->Replay(&wrong, request, &task)).fields, ElementsAre("to_time"));
}

TEST_F(OperationsServer, WorkIsClaimedOnceAndItsResultKept) {
  v1::IdempotencyRecord first;
  ASSERT_TRUE(Claim("order-1", &first).ok());
  EXPECT_EQ(first.state(), v1::IdempotencyRecord::NEW);
  v1::IdempotencyRecord second;
  ASSERT_TRUE(Claim("order-1", &second).ok());
  EXPECT_EQ(second.state(), v1::IdempotencyRecord::IN_PROGRESS);
  EXPECT_EQ(second.token(), "");

  v1::CompleteKeyRequest complete;
  complete.set_key("order-1");
  complete.set_token("another's");
  complete.set_result("\xff\x00 bytes", 8);
  complete.mutable_life()->set_seconds(60);
  google::protobuf::Empty empty;
  TestContext wrong;
  EXPECT_EQ(idempotency->Complete(&wrong, complete, &empty).error_code(), grpc::FAILED_PRECONDITION);
  complete.set_token(first.token());
  TestContext completing;
  ASSERT_TRUE(idempotency->Complete(&completing, complete, &empty).ok());
  ASSERT_TRUE(Claim("order-1", &second).ok());
  EXPECT_EQ(second.state(), v1::IdempotencyRecord::DONE);
  EXPECT_EQ(second.result(), complete.result());

  v1::GetKeyRequest get;
  get.set_key("order-1");
  TestContext getting;
  ASSERT_TRUE(idempotency->Get(&getting, get, &second).ok());
  v1::ForgetKeyRequest forget;
  forget.set_key("order-1");
  TestContext forgetting;
  ASSERT_TRUE(idempotency->Forget(&forgetting, forget, &empty).ok());
  TestContext gone;
  EXPECT_EQ(idempotency->Get(&gone, get, &second).error_code(), grpc::NOT_FOUND);

  ASSERT_TRUE(Claim("order-2", &first).ok());
  v1::ReleaseKeyRequest release;
  release.set_key("order-2");
  release.set_token(first.token());
  TestContext releasing;
  ASSERT_TRUE(idempotency->Release(&releasing, release, &empty).ok());
  ASSERT_TRUE(Claim("order-2", &first).ok());
  EXPECT_EQ(first.state(), v1::IdempotencyRecord::NEW);

  v1::ClaimKeyRequest without_life;
  without_life.set_key("k");
  TestContext lacking;
  EXPECT_THAT(RefusalOf(idempotency->Claim(&lacking, without_life, &first)).fields, ElementsAre("life"));
}

TEST_F(OperationsServer, ConsumersAreThoseWhoReceive) {
  CreateQueue("q");
  Publish("q", {"a"});
  v1::ReceiveRequest receive;
  receive.set_source("q");
  receive.set_consumer("worker-1");
  TestContext receiving;
  v1::ReceiveResponse received;
  ASSERT_TRUE(messages->Receive(&receiving, receive, &received).ok());
  v1::ListConsumersRequest request;
  request.set_source("q");
  TestContext context;
  v1::ListConsumersResponse response;
  ASSERT_TRUE(messages->ListConsumers(&context, request, &response).ok());
  ASSERT_EQ(response.consumers_size(), 1);
  EXPECT_EQ(response.consumers(0).name(), "worker-1");
  EXPECT_NE(response.consumers(0).peer(), "");
  EXPECT_EQ(response.consumers(0).leased(), 1u);
  EXPECT_TRUE(response.consumers(0).has_oldest_lease_time());
}

TEST_F(OperationsServer, AReceiveThatIsAskedAgainGetsTheSame) {
  CreateQueue("q");
  Publish("q", {"a", "b"});
  v1::ReceiveRequest request;
  request.set_source("q");
  request.set_attempt_id("attempt-1");
  TestContext first_context;
  v1::ReceiveResponse first;
  ASSERT_TRUE(messages->Receive(&first_context, request, &first).ok());
  TestContext second_context;
  v1::ReceiveResponse second;
  ASSERT_TRUE(messages->Receive(&second_context, request, &second).ok());
  ASSERT_EQ(first.deliveries_size(), 1);
  ASSERT_EQ(second.deliveries_size(), 1);
  EXPECT_EQ(first.deliveries(0).message().id(), second.deliveries(0).message().id());
  EXPECT_EQ(second.deliveries(0).attempt(), 1u);
  EXPECT_NE(first.deliveries(0).receipt(), second.deliveries(0).receipt());
}

}  // namespace
}  // namespace broker::native
