#include "tests/native/native_harness.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

#include <deque>
#include <utility>

#include "broker/base/check.h"

namespace broker::native {

Refusal RefusalOf(const grpc::Status& status) {
  Refusal refusal{.code = status.error_code(), .message = status.error_message()};
  v1::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  for (const auto& any : details.details()) {
    const auto is = [&](const char* name) {
      return any.type_url() == std::string("type.googleapis.com/google.rpc.") + name;
    };
    v1::ErrorInfo info;
    v1::BadRequest bad;
    v1::ResourceInfo resource;
    if (is("ErrorInfo") && info.ParseFromString(any.value())) refusal.reason = info.reason();
    if (is("ResourceInfo") && resource.ParseFromString(any.value())) refusal.resource = resource.resource_name();
    if (is("BadRequest") && bad.ParseFromString(any.value())) {
      for (const auto& violation : bad.field_violations()) refusal.fields.push_back(violation.field());
    }
  }
  return refusal;
}

NativeHarness::NativeHarness() {
  committer_ = storage::Committer::Open(kv_, marker_).value();
  // Reads run on the strand too: the store is in memory.
  engine_ = engine::Engine::Open({.clock = clock_, .entropy = entropy_, .kv = kv_, .strand = loop_, .reads = loop_}, {},
                                 committer_->state())
                .value();
  loop_.Drive(*engine_, [this](engine::PendingGroup group) { Commit(std::move(group)); });
  NativeOptions options;
  options.resolve_namespace = [](std::string_view id) { return std::string(id == "000000000000" ? "default" : id); };
  options.facts = [this] {
    return ServerFacts{"1.2.3", "f0", clock_.Wall(), clock_.Monotonic(), std::string("no room")};
  };
  server_ = std::make_unique<NativeServer>(std::move(options), loop_, *engine_, clock_);
  const Status started = server_->Start();
  EXPECT_TRUE(started.ok());
  strand_ = std::thread([this] { loop_.Run(); });
  channel_ = NewChannel();
  topics = v1::Topics::NewStub(channel_);
  queues = v1::Queues::NewStub(channel_);
  subscriptions = v1::Subscriptions::NewStub(channel_);
  messages = v1::Messages::NewStub(channel_);
  dead_letters = v1::DeadLetters::NewStub(channel_);
  tasks = v1::Tasks::NewStub(channel_);
  admin = v1::Admin::NewStub(channel_);
}

NativeHarness::~NativeHarness() { Stop(); }

void NativeHarness::Stop() {
  if (std::exchange(stopped_, true)) return;
  LetGo();
  server_->Stop();
  strand_.join();
}

void NativeHarness::Joined() {
  stopped_ = true;
  strand_.join();
}

std::vector<engine::PeekedMessage> NativeHarness::PeekReady(const std::string& queue) {
  BROKER_CHECK(stopped_);
  struct Queue final : Executor {
    void Post(std::function<void()> work) override { posted.push_back(std::move(work)); }
    std::deque<std::function<void()>> posted;
  } strand;
  auto engine =
      engine::Engine::Open({.clock = clock_, .entropy = entropy_, .kv = kv_, .strand = strand, .reads = strand}, {},
                           committer_->state())
          .value();
  std::optional<Result<engine::ListPage<engine::PeekedMessage>>> page;
  engine->Peek({}, {.source = {model::ResourceKind::kQueue, queue}}, [&](auto answer) { page = std::move(answer); });
  while (!page) {
    if (auto group = engine->TakeGroup()) {
      if (group->commit.batch) BROKER_CHECK(committer_->Commit(std::move(group->commit)).ok());
      engine->Committed(*std::move(group));
      continue;
    }
    BROKER_CHECK(!strand.posted.empty());
    const auto work = std::move(strand.posted.front());
    strand.posted.pop_front();
    work();
  }
  return std::move(*page).value().items;
}

std::shared_ptr<grpc::Channel> NativeHarness::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetMaxSendMessageSize(64 << 20);
  return grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", server_->port()), grpc::InsecureChannelCredentials(),
                                   arguments);
}

void NativeHarness::Commit(engine::PendingGroup group) {
  {
    MutexLock lock(mutex_);
    group_answers_.push_back(group.answers.size());
    if (holding_) {
      held_ = std::move(group);
      return;
    }
  }
  EXPECT_TRUE(committer_->Commit(std::move(group.commit)).ok());
  loop_.Committed(std::move(group));
}

void NativeHarness::HoldCommits() {
  MutexLock lock(mutex_);
  holding_ = true;
  group_answers_.clear();
}

bool NativeHarness::Holds() {
  MutexLock lock(mutex_);
  return held_.has_value();
}

void NativeHarness::LetGo() {
  loop_.Post([this] {
    std::optional<engine::PendingGroup> group;
    {
      MutexLock lock(mutex_);
      holding_ = false;
      group.swap(held_);
    }
    if (!group) return;
    EXPECT_TRUE(committer_->Commit(std::move(group->commit)).ok());
    loop_.Committed(*std::move(group));
  });
}

std::vector<std::size_t> NativeHarness::GroupAnswers() {
  MutexLock lock(mutex_);
  return group_answers_;
}

void NativeHarness::Barrier() {
  // One connection keeps the order of its frames; three round trips, because what a frame sets off takes its own way.
  for (int i = 0; i < 3; ++i) {
    TestContext context;
    v1::ServerInfo info;
    ASSERT_TRUE(admin->GetServerInfo(&context, {}, &info).ok());
  }
}

void NativeHarness::CreateQueue(const std::string& name, const std::function<void(v1::Queue&)>& adjust) {
  v1::CreateQueueRequest request;
  request.mutable_queue()->set_name(name);
  if (adjust) adjust(*request.mutable_queue());
  TestContext context;
  v1::Queue queue;
  const grpc::Status status = queues->Create(&context, request, &queue);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

void NativeHarness::CreateTopic(const std::string& name) {
  v1::CreateTopicRequest request;
  request.mutable_topic()->set_name(name);
  TestContext context;
  v1::Topic topic;
  const grpc::Status status = topics->Create(&context, request, &topic);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

void NativeHarness::CreatePull(const std::string& name, const std::string& topic) { Subscribe(name, topic, ""); }

void NativeHarness::Subscribe(const std::string& name, const std::string& topic, const std::string& queue) {
  v1::CreateSubscriptionRequest request;
  request.mutable_subscription()->set_name(name);
  request.mutable_subscription()->set_topic(topic);
  request.mutable_subscription()->set_queue(queue);
  TestContext context;
  v1::Subscription subscription;
  const grpc::Status status = subscriptions->Create(&context, request, &subscription);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

v1::PublishResponse NativeHarness::Publish(const std::string& target, const std::vector<std::string>& bodies) {
  v1::PublishRequest request;
  request.set_target(target);
  for (const auto& body : bodies) request.add_messages()->set_body(body);
  TestContext context;
  v1::PublishResponse response;
  const grpc::Status status = messages->Publish(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  for (const auto& result : response.results()) EXPECT_FALSE(result.has_error()) << result.error().message();
  return response;
}

std::vector<v1::Delivery> NativeHarness::Receive(const std::string& source, std::uint32_t max_messages,
                                                 std::chrono::milliseconds wait) {
  v1::ReceiveRequest request;
  request.set_source(source);
  request.set_max_messages(max_messages);
  request.mutable_wait()->set_seconds(wait.count() / 1000);
  request.mutable_wait()->set_nanos(static_cast<std::int32_t>(wait.count() % 1000 * 1'000'000));
  TestContext context;
  v1::ReceiveResponse response;
  const grpc::Status status = messages->Receive(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return {response.deliveries().begin(), response.deliveries().end()};
}

void NativeHarness::Ack(const std::string& source, const std::string& receipt) {
  v1::AckRequest request;
  request.set_source(source);
  request.add_receipts(receipt);
  TestContext context;
  v1::AckResponse response;
  const grpc::Status status = messages->Ack(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 1);
  ASSERT_FALSE(response.results(0).has_error()) << response.results(0).error().message();
}

v1::Stats NativeHarness::StatsOf(const std::string& queue) {
  v1::GetQueueRequest request;
  request.set_name(queue);
  TestContext context;
  v1::QueueDescription description;
  const grpc::Status status = queues->Get(&context, request, &description);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return description.stats();
}

std::unique_ptr<grpc::GenericClientAsyncReaderWriter> NativeHarness::StartStream(TestContext& context,
                                                                                 const std::string& method,
                                                                                 grpc::CompletionQueue& queue,
                                                                                 const std::string& request) {
  grpc::GenericStub stub(channel_);
  void* tag = nullptr;
  bool ok = false;
  auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice bytes(request);
  call->Write(grpc::ByteBuffer(&bytes, 1), nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
  return call;
}

grpc::Status NativeHarness::CallRaw(const std::string& method, const std::string& request, std::string* response) {
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  TestContext context;
  grpc::ByteBuffer answer;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, method, bytes, &queue);
  call->StartCall();
  call->Finish(&answer, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  grpc::Slice whole;
  if (response != nullptr && status.ok() && answer.DumpToSingleSlice(&whole).ok()) {
    response->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  return status;
}

}  // namespace broker::native
