// A broker of canned answers behind real gRPC on a port of its own: what brokerctl sends is kept, what it shall see is
// set. For behaviour that the real daemon shows only by chance: partial failures, tasks that take a while.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/v1/admin.grpc.pb.h"
#include "broker/v1/dead_letters.grpc.pb.h"
#include "broker/v1/idempotency.grpc.pb.h"
#include "broker/v1/messages.grpc.pb.h"
#include "broker/v1/queues.grpc.pb.h"
#include "broker/v1/snapshots.grpc.pb.h"
#include "broker/v1/status.pb.h"
#include "broker/v1/subscriptions.grpc.pb.h"
#include "broker/v1/tasks.grpc.pb.h"
#include "broker/v1/topics.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace broker::cli {

// As the broker refuses: with ErrorInfo and ResourceInfo.
inline grpc::Status Refusal(grpc::StatusCode code, const std::string& reason, const std::string& message,
                            const std::string& resource) {
  v1::Status status;
  v1::ErrorInfo info;
  info.set_reason(reason);
  auto& first = *status.add_details();
  first.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  first.set_value(info.SerializeAsString());
  v1::ResourceInfo named;
  named.set_resource_name(resource);
  auto& second = *status.add_details();
  second.set_type_url("type.googleapis.com/google.rpc.ResourceInfo");
  second.set_value(named.SerializeAsString());
  return {code, message, status.SerializeAsString()};
}

// Keeps requests; answers the set answers in turn, the last of them from then on; an empty answer if none is set.
template <class Request, class Response>
class Script {
 public:
  void Answer(Response response) { answers_.push_back({grpc::Status::OK, std::move(response)}); }
  void Refuse(grpc::Status status) { answers_.push_back({std::move(status), {}}); }

  grpc::Status Play(const Request& request, Response* response) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (answers_.empty()) return grpc::Status::OK;
    const Turn turn = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    *response = turn.response;
    return turn.status;
  }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  struct Turn {
    grpc::Status status;
    Response response;
  };
  mutable std::mutex mutex_;  // gRPC's threads write, the test reads
  std::vector<Request> requests_;
  std::deque<Turn> answers_;
};

class FakeBroker {
 public:
  FakeBroker() {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(-1);  // what the broker itself takes is not tested here
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : {static_cast<grpc::Service*>(&queues), static_cast<grpc::Service*>(&topics),
                                   static_cast<grpc::Service*>(&tasks), static_cast<grpc::Service*>(&subscriptions),
                                   static_cast<grpc::Service*>(&messages), static_cast<grpc::Service*>(&dead_letters),
                                   static_cast<grpc::Service*>(&snapshots), static_cast<grpc::Service*>(&idempotency),
                                   static_cast<grpc::Service*>(&admin), static_cast<grpc::Service*>(&health)}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  const std::string& address() const { return address_; }

  struct : v1::Queues::Service {
    grpc::Status Create(grpc::ServerContext*, const v1::CreateQueueRequest* q, v1::Queue* a) override {
      return create.Play(*q, a);
    }
    grpc::Status Get(grpc::ServerContext*, const v1::GetQueueRequest* q, v1::QueueDescription* a) override {
      return get.Play(*q, a);
    }
    grpc::Status List(grpc::ServerContext*, const v1::ListQueuesRequest* q, v1::ListQueuesResponse* a) override {
      return list.Play(*q, a);
    }
    grpc::Status Update(grpc::ServerContext*, const v1::UpdateQueueRequest* q, v1::Queue* a) override {
      return update.Play(*q, a);
    }
    grpc::Status Purge(grpc::ServerContext*, const v1::PurgeQueueRequest* q, v1::PurgeQueueResponse* a) override {
      return purge.Play(*q, a);
    }
    grpc::Status Delete(grpc::ServerContext*, const v1::DeleteQueueRequest* q, google::protobuf::Empty* a) override {
      return remove.Play(*q, a);
    }
    Script<v1::CreateQueueRequest, v1::Queue> create;
    Script<v1::GetQueueRequest, v1::QueueDescription> get;
    Script<v1::ListQueuesRequest, v1::ListQueuesResponse> list;
    Script<v1::UpdateQueueRequest, v1::Queue> update;
    Script<v1::PurgeQueueRequest, v1::PurgeQueueResponse> purge;
    Script<v1::DeleteQueueRequest, google::protobuf::Empty> remove;
  } queues;

  struct : v1::Topics::Service {
    grpc::Status List(grpc::ServerContext*, const v1::ListTopicsRequest* q, v1::ListTopicsResponse* a) override {
      return list.Play(*q, a);
    }
    grpc::Status Create(grpc::ServerContext*, const v1::CreateTopicRequest* q, v1::Topic* a) override {
      return create.Play(*q, a);
    }
    grpc::Status Get(grpc::ServerContext*, const v1::GetTopicRequest* q, v1::TopicDescription* a) override {
      return get.Play(*q, a);
    }
    grpc::Status Update(grpc::ServerContext*, const v1::UpdateTopicRequest* q, v1::Topic* a) override {
      return update.Play(*q, a);
    }
    grpc::Status Delete(grpc::ServerContext*, const v1::DeleteTopicRequest* q, google::protobuf::Empty* a) override {
      return remove.Play(*q, a);
    }
    grpc::Status Replay(grpc::ServerContext*, const v1::ReplayRequest* q, v1::Task* a) override {
      return replay.Play(*q, a);
    }
    Script<v1::ListTopicsRequest, v1::ListTopicsResponse> list;
    Script<v1::CreateTopicRequest, v1::Topic> create;
    Script<v1::GetTopicRequest, v1::TopicDescription> get;
    Script<v1::UpdateTopicRequest, v1::Topic> update;
    Script<v1::DeleteTopicRequest, google::protobuf::Empty> remove;
    Script<v1::ReplayRequest, v1::Task> replay;
  } topics;

  struct : v1::Subscriptions::Service {
    grpc::Status Create(grpc::ServerContext*, const v1::CreateSubscriptionRequest* q, v1::Subscription* a) override {
      return create.Play(*q, a);
    }
    grpc::Status List(grpc::ServerContext*, const v1::ListSubscriptionsRequest* q,
                      v1::ListSubscriptionsResponse* a) override {
      return list.Play(*q, a);
    }
    grpc::Status Get(grpc::ServerContext*, const v1::GetSubscriptionRequest* q,
                     v1::SubscriptionDescription* a) override {
      return get.Play(*q, a);
    }
    grpc::Status Update(grpc::ServerContext*, const v1::UpdateSubscriptionRequest* q, v1::Subscription* a) override {
      return update.Play(*q, a);
    }
    grpc::Status Delete(grpc::ServerContext*, const v1::DeleteSubscriptionRequest* q,
                        google::protobuf::Empty* a) override {
      return remove.Play(*q, a);
    }
    grpc::Status Seek(grpc::ServerContext*, const v1::SeekRequest* q, v1::SubscriptionDescription* a) override {
      return seek.Play(*q, a);
    }
    Script<v1::CreateSubscriptionRequest, v1::Subscription> create;
    Script<v1::ListSubscriptionsRequest, v1::ListSubscriptionsResponse> list;
    Script<v1::GetSubscriptionRequest, v1::SubscriptionDescription> get;
    Script<v1::UpdateSubscriptionRequest, v1::Subscription> update;
    Script<v1::DeleteSubscriptionRequest, google::protobuf::Empty> remove;
    Script<v1::SeekRequest, v1::SubscriptionDescription> seek;
  } subscriptions;

  struct : v1::Messages::Service {
    grpc::Status Publish(grpc::ServerContext*, const v1::PublishRequest* q, v1::PublishResponse* a) override {
      return publish.Play(*q, a);
    }
    grpc::Status Receive(grpc::ServerContext*, const v1::ReceiveRequest* q, v1::ReceiveResponse* a) override {
      return receive.Play(*q, a);
    }
    grpc::Status Ack(grpc::ServerContext*, const v1::AckRequest* q, v1::AckResponse* a) override {
      return ack.Play(*q, a);
    }
    grpc::Status Nack(grpc::ServerContext*, const v1::NackRequest* q, v1::NackResponse* a) override {
      return nack.Play(*q, a);
    }
    grpc::Status Extend(grpc::ServerContext*, const v1::ExtendRequest* q, v1::ExtendResponse* a) override {
      return extend.Play(*q, a);
    }
    grpc::Status Peek(grpc::ServerContext*, const v1::PeekRequest* q, v1::PeekResponse* a) override {
      return peek.Play(*q, a);
    }
    grpc::Status ListConsumers(grpc::ServerContext*, const v1::ListConsumersRequest* q,
                               v1::ListConsumersResponse* a) override {
      return consumers.Play(*q, a);
    }
    Script<v1::PublishRequest, v1::PublishResponse> publish;
    Script<v1::ReceiveRequest, v1::ReceiveResponse> receive;
    Script<v1::AckRequest, v1::AckResponse> ack;
    Script<v1::NackRequest, v1::NackResponse> nack;
    Script<v1::ExtendRequest, v1::ExtendResponse> extend;
    Script<v1::PeekRequest, v1::PeekResponse> peek;
    Script<v1::ListConsumersRequest, v1::ListConsumersResponse> consumers;
  } messages;

  struct : v1::DeadLetters::Service {
    grpc::Status Redrive(grpc::ServerContext*, const v1::RedriveRequest* q, v1::Task* a) override {
      return redrive.Play(*q, a);
    }
    Script<v1::RedriveRequest, v1::Task> redrive;
  } dead_letters;

  struct : v1::Tasks::Service {
    grpc::Status Get(grpc::ServerContext*, const v1::GetTaskRequest* q, v1::Task* a) override {
      return get.Play(*q, a);
    }
    grpc::Status List(grpc::ServerContext*, const v1::ListTasksRequest* q, v1::ListTasksResponse* a) override {
      return list.Play(*q, a);
    }
    grpc::Status Cancel(grpc::ServerContext*, const v1::CancelTaskRequest* q, v1::Task* a) override {
      return cancel.Play(*q, a);
    }
    Script<v1::GetTaskRequest, v1::Task> get;
    Script<v1::ListTasksRequest, v1::ListTasksResponse> list;
    Script<v1::CancelTaskRequest, v1::Task> cancel;
  } tasks;

  struct : grpc::health::v1::Health::Service {
    grpc::Status Check(grpc::ServerContext*, const grpc::health::v1::HealthCheckRequest* q,
                       grpc::health::v1::HealthCheckResponse* a) override {
      return check.Play(*q, a);
    }
    Script<grpc::health::v1::HealthCheckRequest, grpc::health::v1::HealthCheckResponse> check;
  } health;

  struct : v1::Snapshots::Service {
    grpc::Status Create(grpc::ServerContext*, const v1::CreateSnapshotRequest* q, v1::Snapshot* a) override {
      return create.Play(*q, a);
    }
    grpc::Status Get(grpc::ServerContext*, const v1::GetSnapshotRequest* q, v1::Snapshot* a) override {
      return get.Play(*q, a);
    }
    grpc::Status List(grpc::ServerContext*, const v1::ListSnapshotsRequest* q, v1::ListSnapshotsResponse* a) override {
      return list.Play(*q, a);
    }
    grpc::Status Update(grpc::ServerContext*, const v1::UpdateSnapshotRequest* q, v1::Snapshot* a) override {
      return update.Play(*q, a);
    }
    grpc::Status Delete(grpc::ServerContext*, const v1::DeleteSnapshotRequest* q, google::protobuf::Empty* a) override {
      return remove.Play(*q, a);
    }
    Script<v1::CreateSnapshotRequest, v1::Snapshot> create;
    Script<v1::GetSnapshotRequest, v1::Snapshot> get;
    Script<v1::ListSnapshotsRequest, v1::ListSnapshotsResponse> list;
    Script<v1::UpdateSnapshotRequest, v1::Snapshot> update;
    Script<v1::DeleteSnapshotRequest, google::protobuf::Empty> remove;
  } snapshots;

  struct : v1::Idempotency::Service {
    grpc::Status Claim(grpc::ServerContext*, const v1::ClaimKeyRequest* q, v1::IdempotencyRecord* a) override {
      return claim.Play(*q, a);
    }
    grpc::Status Complete(grpc::ServerContext*, const v1::CompleteKeyRequest* q, google::protobuf::Empty* a) override {
      return complete.Play(*q, a);
    }
    grpc::Status Release(grpc::ServerContext*, const v1::ReleaseKeyRequest* q, google::protobuf::Empty* a) override {
      return release.Play(*q, a);
    }
    grpc::Status Forget(grpc::ServerContext*, const v1::ForgetKeyRequest* q, google::protobuf::Empty* a) override {
      return forget.Play(*q, a);
    }
    grpc::Status Get(grpc::ServerContext*, const v1::GetKeyRequest* q, v1::IdempotencyRecord* a) override {
      return get.Play(*q, a);
    }
    Script<v1::ClaimKeyRequest, v1::IdempotencyRecord> claim;
    Script<v1::CompleteKeyRequest, google::protobuf::Empty> complete;
    Script<v1::ReleaseKeyRequest, google::protobuf::Empty> release;
    Script<v1::ForgetKeyRequest, google::protobuf::Empty> forget;
    Script<v1::GetKeyRequest, v1::IdempotencyRecord> get;
  } idempotency;

  struct : v1::Admin::Service {
    grpc::Status ShowClock(grpc::ServerContext*, const v1::ShowClockRequest* q, v1::ClockStatus* a) override {
      return clock.Play(*q, a);
    }
    Script<v1::ShowClockRequest, v1::ClockStatus> clock;
  } admin;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;  // last: gone before the services
};

}  // namespace broker::cli
