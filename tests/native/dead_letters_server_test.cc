// Dead letters, and the task that sends them back, over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using testing::ElementsAre;

class DeadLettersServer : public NativeHarness {
 protected:
  // Receives the one message of `queue` and nacks it.
  void FailOnce(const std::string& queue, const std::string& reason) {
    const auto deliveries = Receive(queue);
    ASSERT_EQ(deliveries.size(), 1u);
    v1::NackRequest request;
    request.set_source(queue);
    request.add_entries()->set_receipt(deliveries[0].receipt());
    request.mutable_entries(0)->set_reason(reason);
    TestContext context;
    v1::NackResponse response;
    ASSERT_TRUE(messages->Nack(&context, request, &response).ok());
    ASSERT_FALSE(response.results(0).has_error());
  }
};

TEST_F(DeadLettersServer, DeadLettersTellTheirStoryAndGoBack) {
  CreateQueue("dead");
  CreateQueue("billing", [](v1::Queue& queue) {
    queue.mutable_dead_letter()->set_target("dead");
    queue.mutable_dead_letter()->set_max_attempts(2);
  });
  Publish("billing", {"order"});
  FailOnce("billing", "first");
  FailOnce("billing", "card declined");
  Publish("dead", {"stranger"});
  ASSERT_EQ(Receive("dead", 1).size(), 1u);  // a leased one is shown too

  v1::ListDeadLettersRequest list;
  list.set_queue("dead");
  list.set_page_size(1);
  std::vector<v1::DeadLetter> found;
  for (int page = 0; page < 10; ++page) {
    TestContext context;
    v1::ListDeadLettersResponse response;
    const grpc::Status status = dead_letters->List(&context, list, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    found.insert(found.end(), response.dead_letters().begin(), response.dead_letters().end());
    if (response.next_page_token().empty()) break;
    list.set_page_token(response.next_page_token());
  }
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].state(), v1::LEASED);
  EXPECT_EQ(found[1].state(), v1::READY);
  EXPECT_FALSE(found[1].has_failure());
  EXPECT_EQ(found[0].message().body(), "order");
  EXPECT_EQ(found[0].failure().source(), "queue/billing");
  EXPECT_EQ(found[0].failure().attempts(), 2u);
  EXPECT_EQ(found[0].failure().reason(), "card declined");
  EXPECT_EQ(found[0].message().failures_size(), 1);

  v1::ListDeadLettersRequest wrong = list;
  wrong.set_page_token("nonsense");
  TestContext listing;
  v1::ListDeadLettersResponse response;
  EXPECT_THAT(RefusalOf(dead_letters->List(&listing, wrong, &response)).fields, ElementsAre("page_token"));
}

TEST_F(DeadLettersServer, ARedriveIsATask) {
  CreateQueue("dead");
  CreateQueue("billing", [](v1::Queue& queue) {
    queue.mutable_dead_letter()->set_target("dead");
    queue.mutable_dead_letter()->set_max_attempts(1);
  });
  Publish("billing", {"order"});
  FailOnce("billing", "card declined");
  v1::RedriveRequest redrive;
  redrive.set_queue("dead");
  TestContext context;
  v1::Task task;
  ASSERT_TRUE(dead_letters->Redrive(&context, redrive, &task).ok());
  EXPECT_EQ(task.kind(), "redrive");
  EXPECT_EQ(task.source(), "queue/dead");

  v1::GetTaskRequest get;
  get.set_id(task.id());
  ASSERT_TRUE(WaitFor([&] {
    TestContext getting;
    EXPECT_TRUE(tasks->Get(&getting, get, &task).ok());
    return task.state() != v1::Task::RUNNING;
  }));
  EXPECT_EQ(task.state(), v1::Task::DONE);
  EXPECT_EQ(task.moved(), 1u);
  EXPECT_TRUE(task.has_finish_time());
  TestContext listing;
  v1::ListTasksResponse all;
  ASSERT_TRUE(tasks->List(&listing, {}, &all).ok());
  EXPECT_EQ(all.tasks_size(), 1);
  EXPECT_EQ(all.next_page_token(), "");
  v1::ListTasksRequest beyond;
  beyond.set_page_token(task.id());
  TestContext paging;
  ASSERT_TRUE(tasks->List(&paging, beyond, &all).ok());
  EXPECT_EQ(all.tasks_size(), 0);
  beyond.set_page_size(1'001);
  TestContext too_large;
  EXPECT_THAT(RefusalOf(tasks->List(&too_large, beyond, &all)).fields, ElementsAre("page_size"));
  const auto back = Receive("billing");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].message().failures(0).reason(), "card declined");

  get.set_id("x");
  TestContext wrong;
  EXPECT_THAT(RefusalOf(tasks->Get(&wrong, get, &task)).fields, ElementsAre("id"));
  get.set_id("987654");
  TestContext unknown;
  EXPECT_EQ(RefusalOf(tasks->Get(&unknown, get, &task)).code, grpc::NOT_FOUND);
}

}  // namespace
}  // namespace broker::native
