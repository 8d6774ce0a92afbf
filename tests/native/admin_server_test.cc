// Topics, queues, subscriptions, delayed messages and the broker itself over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AdminServer : public NativeHarness {
 protected:
  grpc::Status UpdateQueue(const v1::Queue& queue, const std::vector<std::string>& paths, v1::Queue* updated) {
    v1::UpdateQueueRequest request;
    *request.mutable_queue() = queue;
    for (const auto& path : paths) request.mutable_update_mask()->add_paths(path);
    TestContext context;
    return queues->Update(&context, request, updated);
  }
  grpc::Status DeleteQueue(const std::string& name, bool force) {
    v1::DeleteQueueRequest request;
    request.set_name(name);
    request.set_force(force);
    TestContext context;
    google::protobuf::Empty empty;
    return queues->Delete(&context, request, &empty);
  }
};

TEST_F(AdminServer, AQueueIsCreatedChangedDescribedAndDeleted) {
  CreateQueue("billing", [](v1::Queue& queue) { queue.mutable_visibility_timeout()->set_seconds(5); });
  v1::Queue change;
  change.set_name("billing");
  change.mutable_delay()->set_seconds(3);
  change.set_exactly_once(true);
  v1::Queue updated;
  ASSERT_TRUE(UpdateQueue(change, {"delay"}, &updated).ok());
  EXPECT_EQ(updated.delay().seconds(), 3);
  EXPECT_EQ(updated.visibility_timeout().seconds(), 5);
  EXPECT_FALSE(updated.exactly_once());

  v1::GetQueueRequest get;
  get.set_name("billing");
  v1::QueueDescription description;
  TestContext context;
  ASSERT_TRUE(queues->Get(&context, get, &description).ok());
  EXPECT_EQ(description.queue().delay().seconds(), 3);
  EXPECT_GT(description.queue().create_time().seconds(), 0);
  EXPECT_EQ(description.stats().ready(), 0u);
  EXPECT_FALSE(description.stats().has_oldest_age());

  ASSERT_TRUE(DeleteQueue("billing", false).ok());
  TestContext again;
  const Refusal gone = RefusalOf(queues->Get(&again, get, &description));
  EXPECT_EQ(gone.code, grpc::NOT_FOUND);
  EXPECT_EQ(gone.resource, "queue/billing");
  EXPECT_THAT(gone.message, HasSubstr("billing"));
}

TEST_F(AdminServer, ATakenNameIsRefused) {
  CreateQueue("billing");
  v1::CreateQueueRequest request;
  request.mutable_queue()->set_name("billing");
  TestContext context;
  v1::Queue queue;
  EXPECT_EQ(RefusalOf(queues->Create(&context, request, &queue)).code, grpc::ALREADY_EXISTS);
}

TEST_F(AdminServer, EveryWrongFieldIsNamedAsInTheRequest) {
  v1::CreateQueueRequest request;
  request.mutable_queue()->set_name("billing");
  request.mutable_queue()->mutable_visibility_timeout()->set_seconds(43'201);
  request.mutable_queue()->mutable_retention();
  request.mutable_queue()->mutable_dead_letter()->set_max_attempts(1'001);
  request.mutable_queue()->mutable_dead_letter()->set_target("dead");
  TestContext context;
  v1::Queue queue;
  const Refusal refusal = RefusalOf(queues->Create(&context, request, &queue));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  EXPECT_THAT(refusal.fields,
              ElementsAre("queue.visibility_timeout", "queue.retention", "queue.dead_letter.max_attempts"));
}

TEST_F(AdminServer, AWrongNameIsRefused) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string(256, 'x'), std::string("a/b")}) {
    v1::CreateQueueRequest request;
    request.mutable_queue()->set_name(name);
    TestContext context;
    v1::Queue queue;
    const Refusal refusal = RefusalOf(queues->Create(&context, request, &queue));
    EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT) << name;
    EXPECT_THAT(refusal.fields, ElementsAre("queue.name")) << name;
  }
}

TEST_F(AdminServer, MasksThatAreWrongChangeNothing) {
  CreateQueue("billing");
  v1::Queue change;
  change.set_name("billing");
  change.mutable_delay()->set_seconds(3);
  v1::Queue updated;
  for (const auto& paths : {std::vector<std::string>{}, {"colour"}, {"delay", "ordered"}, {"delay", "colour"}}) {
    const Refusal refusal = RefusalOf(UpdateQueue(change, paths, &updated));
    EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
    EXPECT_THAT(refusal.fields, Contains("update_mask"));
  }
  ASSERT_TRUE(UpdateQueue(change, {"exactly_once"}, &updated).ok());
  EXPECT_EQ(updated.delay().seconds(), 0);
}

TEST_F(AdminServer, ListsComeInPagesByName) {
  for (const char* name : {"b", "a", "c", "other"}) CreateQueue(name);
  v1::ListQueuesRequest request;
  request.set_page_size(2);
  std::vector<std::string> names;
  int pages = 0;
  do {
    TestContext context;
    v1::ListQueuesResponse response;
    ASSERT_TRUE(queues->List(&context, request, &response).ok());
    for (const auto& queue : response.queues()) names.push_back(queue.name());
    request.set_page_token(response.next_page_token());
  } while (++pages < 10 && !request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "other"));
  EXPECT_EQ(pages, 2);

  request.set_page_token("");
  request.set_prefix("ot");
  TestContext context;
  v1::ListQueuesResponse response;
  ASSERT_TRUE(queues->List(&context, request, &response).ok());
  ASSERT_EQ(response.queues_size(), 1);

  request.set_page_size(1'001);
  TestContext wrong;
  EXPECT_THAT(RefusalOf(queues->List(&wrong, request, &response)).fields, ElementsAre("page_size"));
}

TEST_F(AdminServer, NamespacesAreApart) {
  CreateQueue("billing");
  v1::GetQueueRequest request;
  request.set_name("billing");
  v1::QueueDescription description;
  for (const auto& [name_space, code] : std::vector<std::pair<std::string, grpc::StatusCode>>{
           {"", grpc::OK}, {"default", grpc::OK}, {"000000000000", grpc::OK}, {"other", grpc::NOT_FOUND}}) {
    request.set_namespace_(name_space);
    TestContext context;
    EXPECT_EQ(queues->Get(&context, request, &description).error_code(), code) << name_space;
  }
  request.set_namespace_("no name");
  TestContext context;
  EXPECT_THAT(RefusalOf(queues->Get(&context, request, &description)).fields, ElementsAre("namespace"));
}

TEST_F(AdminServer, ADeadLetterQueueInUseNeedsForce) {
  CreateQueue("dead");
  CreateQueue("billing", [](v1::Queue& queue) { queue.mutable_dead_letter()->set_target("dead"); });
  const Refusal refusal = RefusalOf(DeleteQueue("dead", false));
  EXPECT_EQ(refusal.code, grpc::FAILED_PRECONDITION);
  EXPECT_THAT(refusal.message, HasSubstr("billing"));
  EXPECT_TRUE(DeleteQueue("dead", true).ok());
}

TEST_F(AdminServer, ATopicIsDescribedWithItsSubscriptions) {
  CreateTopic("orders");
  CreateQueue("billing");
  CreatePull("audit", "orders");
  Subscribe("billing-orders", "orders", "billing");
  v1::GetTopicRequest request;
  request.set_name("orders");
  TestContext context;
  v1::TopicDescription description;
  ASSERT_TRUE(topics->Get(&context, request, &description).ok());
  EXPECT_THAT(description.subscriptions(), testing::UnorderedElementsAre("audit", "billing-orders"));

  v1::UpdateTopicRequest update;
  update.mutable_topic()->set_name("orders");
  update.mutable_topic()->mutable_deduplication()->set_by_content(true);
  update.mutable_update_mask()->add_paths("deduplication.by_content");
  TestContext updating;
  v1::Topic topic;
  ASSERT_TRUE(topics->Update(&updating, update, &topic).ok());
  EXPECT_TRUE(topic.deduplication().by_content());

  v1::ListTopicsRequest list;
  TestContext listing;
  v1::ListTopicsResponse page;
  ASSERT_TRUE(topics->List(&listing, list, &page).ok());
  ASSERT_EQ(page.topics_size(), 1);

  v1::DeleteTopicRequest remove;
  remove.set_name("orders");
  TestContext removing;
  google::protobuf::Empty empty;
  ASSERT_TRUE(topics->Delete(&removing, remove, &empty).ok());
}

TEST_F(AdminServer, SubscriptionsAreListedByTopicChangedAndDeleted) {
  CreateTopic("orders");
  CreateTopic("other");
  CreatePull("audit", "orders");
  CreatePull("else", "other");
  v1::ListSubscriptionsRequest list;
  list.set_topic("orders");
  TestContext listing;
  v1::ListSubscriptionsResponse page;
  ASSERT_TRUE(subscriptions->List(&listing, list, &page).ok());
  ASSERT_EQ(page.subscriptions_size(), 1);
  EXPECT_EQ(page.subscriptions(0).name(), "audit");
  EXPECT_EQ(page.subscriptions(0).retention().seconds(), 7 * 24 * 3600);

  v1::UpdateSubscriptionRequest update;
  update.mutable_subscription()->set_name("audit");
  update.mutable_subscription()->mutable_visibility_timeout()->set_seconds(9);
  update.mutable_update_mask()->add_paths("visibility_timeout");
  TestContext updating;
  v1::Subscription subscription;
  ASSERT_TRUE(subscriptions->Update(&updating, update, &subscription).ok());
  EXPECT_EQ(subscription.visibility_timeout().seconds(), 9);

  Publish("orders", {"a", "b"});
  v1::PurgeSubscriptionRequest purge;
  purge.set_name("audit");
  TestContext purging;
  v1::PurgeSubscriptionResponse purged;
  ASSERT_TRUE(subscriptions->Purge(&purging, purge, &purged).ok());
  EXPECT_EQ(purged.messages(), 2u);

  v1::DeleteSubscriptionRequest remove;
  remove.set_name("audit");
  TestContext removing;
  google::protobuf::Empty empty;
  ASSERT_TRUE(subscriptions->Delete(&removing, remove, &empty).ok());
  v1::GetSubscriptionRequest get;
  get.set_name("audit");
  TestContext getting;
  v1::SubscriptionDescription description;
  EXPECT_EQ(subscriptions->Get(&getting, get, &description).error_code(), grpc::NOT_FOUND);
}

TEST_F(AdminServer, ASubscriptionMayStartAtTheEarliest) {
  CreateTopic("orders");
  CreatePull("keeper", "orders");
  Publish("orders", {"a"});
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_name("late");
  request.mutable_subscription()->set_topic("orders");
  request.set_start(v1::CreateSubscriptionRequest::EARLIEST);
  TestContext context;
  v1::Subscription subscription;
  ASSERT_TRUE(subscriptions->Create(&context, request, &subscription).ok());
  EXPECT_EQ(Receive("late").size(), 1u);
}

TEST_F(AdminServer, APurgeSaysHowMuchWent) {
  CreateQueue("billing");
  Publish("billing", {"a", "b", "c"});
  v1::PurgeQueueRequest request;
  request.set_name("billing");
  TestContext context;
  v1::PurgeQueueResponse response;
  ASSERT_TRUE(queues->Purge(&context, request, &response).ok());
  EXPECT_EQ(response.messages(), 3u);
  EXPECT_THAT(Receive("billing"), IsEmpty());
}

TEST_F(AdminServer, PeeksAndCancelsDelayedMessages) {
  CreateQueue("billing");
  v1::PublishRequest publish;
  publish.set_target("billing");
  for (int i = 0; i < 3; ++i) {
    publish.add_messages()->set_body(std::to_string(i));
    publish.mutable_messages(i)->mutable_delay()->set_seconds(3'600 + i);
  }
  TestContext publishing;
  v1::PublishResponse published;
  ASSERT_TRUE(messages->Publish(&publishing, publish, &published).ok());

  v1::PeekRequest peek;
  peek.set_source("billing");
  peek.set_state(v1::DELAYED);
  peek.set_page_size(2);
  TestContext peeking;
  v1::PeekResponse page;
  ASSERT_TRUE(messages->Peek(&peeking, peek, &page).ok());
  ASSERT_EQ(page.messages_size(), 2);
  EXPECT_EQ(page.messages(0).message().body(), "0");
  EXPECT_EQ(page.messages(0).state(), v1::DELAYED);
  EXPECT_TRUE(page.messages(0).has_until());
  peek.set_page_token(page.next_page_token());
  TestContext more;
  ASSERT_TRUE(messages->Peek(&more, peek, &page).ok());
  ASSERT_EQ(page.messages_size(), 1);
  EXPECT_EQ(page.messages(0).message().body(), "2");
  EXPECT_THAT(page.next_page_token(), IsEmpty());

  v1::CancelDelayedRequest cancel;
  cancel.set_source("billing");
  cancel.set_id(page.messages(0).message().id());
  google::protobuf::Empty empty;
  TestContext cancelling;
  EXPECT_TRUE(messages->CancelDelayed(&cancelling, cancel, &empty).ok());
  TestContext again;
  EXPECT_EQ(RefusalOf(messages->CancelDelayed(&again, cancel, &empty)).code, grpc::NOT_FOUND);
  EXPECT_EQ(StatsOf("billing").delayed(), 2u);
  cancel.set_id("nonsense");
  TestContext wrong;
  EXPECT_THAT(RefusalOf(messages->CancelDelayed(&wrong, cancel, &empty)).fields, ElementsAre("id"));
}

TEST_F(AdminServer, SaysWhatItIs) {
  TestContext context;
  v1::ServerInfo info;
  ASSERT_TRUE(admin->GetServerInfo(&context, {}, &info).ok());
  EXPECT_EQ(info.version(), "1.2.3");
  EXPECT_EQ(info.folder_id(), "f0");
  EXPECT_EQ(info.storage_full(), "no room");
  EXPECT_GT(info.start_time().seconds(), 0);
  EXPECT_TRUE(info.has_uptime());
}

TEST_F(AdminServer, ShowsAndAcceptsTheClock) {
  for (const auto call : {&v1::Admin::Stub::ShowClock}) {
    TestContext context;
    v1::ClockStatus clock;
    ASSERT_TRUE((admin.get()->*call)(&context, {}, &clock).ok());
    EXPECT_GT(clock.engine_time().seconds(), 0);
    EXPECT_EQ(clock.held_back().seconds(), 0);
  }
  TestContext context;
  v1::ClockStatus clock;
  ASSERT_TRUE(admin->AcceptClock(&context, {}, &clock).ok());
  EXPECT_GT(clock.wall_time().seconds(), 0);
}

TEST_F(AdminServer, TextThatIsNotUtf8IsRefusedByField) {
  v1::CreateQueueRequest request;
  request.mutable_queue()->set_name("MARK");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("MARK"), 1, "\xff");
  const Refusal refusal = RefusalOf(CallRaw("/broker.v1.Queues/Create", bytes));
  EXPECT_EQ(refusal.code, grpc::INVALID_ARGUMENT);
  EXPECT_THAT(refusal.fields, ElementsAre("queue.name"));
  EXPECT_EQ(RefusalOf(CallRaw("/broker.v1.Queues/Create", "\xff\xff")).reason, "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace broker::native
