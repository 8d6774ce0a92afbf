// The native server in this process, over an engine in memory, and a client of it on a free port. Commits can be held
// back, to look at what is said before something is durable.
//
// Thread contract: confined to the test's thread, but for Held.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/mutex.h"
#include "broker/engine/engine.h"
#include "broker/native/loop.h"
#include "broker/native/native_server.h"
#include "broker/v1/admin.grpc.pb.h"
#include "broker/v1/dead_letters.grpc.pb.h"
#include "broker/v1/messages.grpc.pb.h"
#include "broker/v1/queues.grpc.pb.h"
#include "broker/v1/status.pb.h"
#include "broker/v1/subscriptions.grpc.pb.h"
#include "broker/v1/tasks.grpc.pb.h"
#include "broker/v1/topics.grpc.pb.h"
#include "storage/committer.h"
#include "storage/memory_kv.h"
#include "tests/support/memory_marker.h"
#include "tests/support/seeded_entropy.h"
#include "tests/support/wait.h"

namespace broker::native {

using test::WaitFor;

// A context with a deadline that only a defect reaches.
class TestContext : public grpc::ClientContext {
 public:
  explicit TestContext(std::chrono::milliseconds limit = std::chrono::seconds(60)) {
    set_deadline(SystemClock().Wall() + limit);
  }
};

// Why a call failed, as its details say it.
struct Refusal {
  grpc::StatusCode code = grpc::OK;
  std::string reason;
  std::string resource;
  std::vector<std::string> fields;
  std::string message;
};
Refusal RefusalOf(const grpc::Status& status);

class NativeHarness : public testing::Test {
 protected:
  NativeHarness();
  ~NativeHarness() override;

  // ---- the server
  void Stop();
  // Stop was called on the server itself.
  void Joined();
  NativeServer& server() { return *server_; }
  engine::Engine& engine() { return *engine_; }
  const Clock& clock() const { return clock_; }
  std::shared_ptr<grpc::Channel> NewChannel() const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // From now on groups stay uncommitted, until LetGo.
  void HoldCommits();
  void LetGo();
  bool Holds();  // whether a group is being held
  // How many answers wait in the groups committed from HoldCommits on.
  std::vector<std::size_t> GroupAnswers();
  // Until what was sent on the channel before has reached the strand. Needs no commit.
  void Barrier();

  // ---- verbs; they fail the test when they are refused
  void CreateQueue(const std::string& name, const std::function<void(v1::Queue&)>& adjust = {});
  void CreateTopic(const std::string& name);
  void CreatePull(const std::string& name, const std::string& topic);
  void Subscribe(const std::string& name, const std::string& topic, const std::string& queue);
  v1::PublishResponse Publish(const std::string& target, const std::vector<std::string>& bodies);
  std::vector<v1::Delivery> Receive(const std::string& source, std::uint32_t max_messages = 10,
                                    std::chrono::milliseconds wait = {});
  void Ack(const std::string& source, const std::string& receipt);
  v1::Stats StatsOf(const std::string& queue);

  // What a new engine over the same store finds ready. REQUIRES: stopped
  std::vector<engine::PeekedMessage> PeekReady(const std::string& queue);

  // Opens a streaming call of any method and sends one request. Its tags come to `queue`.
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> StartStream(TestContext& context, const std::string& method,
                                                                    grpc::CompletionQueue& queue,
                                                                    const std::string& request = {});
  // A unary call of any method, by the bytes of its request.
  grpc::Status CallRaw(const std::string& method, const std::string& request, std::string* response = nullptr);

  std::unique_ptr<v1::Topics::Stub> topics;
  std::unique_ptr<v1::Queues::Stub> queues;
  std::unique_ptr<v1::Subscriptions::Stub> subscriptions;
  std::unique_ptr<v1::Messages::Stub> messages;
  std::unique_ptr<v1::DeadLetters::Stub> dead_letters;
  std::unique_ptr<v1::Tasks::Stub> tasks;
  std::unique_ptr<v1::Admin::Stub> admin;

 private:
  void Commit(engine::PendingGroup group);

  SystemClock clock_;
  test::SeededEntropy entropy_{1};
  storage::MemoryKv kv_;
  test::MemoryMarker marker_;
  std::unique_ptr<storage::Committer> committer_;
  Loop loop_{clock_};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<NativeServer> server_;
  std::thread strand_;
  std::shared_ptr<grpc::Channel> channel_;
  bool stopped_ = false;

  Mutex mutex_;
  bool holding_ BROKER_GUARDED_BY(mutex_) = false;
  std::optional<engine::PendingGroup> held_ BROKER_GUARDED_BY(mutex_);
  std::vector<std::size_t> group_answers_ BROKER_GUARDED_BY(mutex_);
};

}  // namespace broker::native
