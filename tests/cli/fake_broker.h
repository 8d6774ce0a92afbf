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

#include "broker/v1/dead_letters.grpc.pb.h"
#include "broker/v1/messages.grpc.pb.h"
#include "broker/v1/queues.grpc.pb.h"
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
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service :
         {static_cast<grpc::Service*>(&queues), static_cast<grpc::Service*>(&topics),
          static_cast<grpc::Service*>(&tasks), static_cast<grpc::Service*>(&subscriptions),
          static_cast<grpc::Service*>(&messages), static_cast<grpc::Service*>(&dead_letters),
          static_cast<grpc::Service*>(&health)}) {
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
    Script<v1::CreateQueueRequest, v1::Queue> create;
    Script<v1::GetQueueRequest, v1::QueueDescription> get;
    Script<v1::ListQueuesRequest, v1::ListQueuesResponse> list;
    Script<v1::UpdateQueueRequest, v1::Queue> update;
    Script<v1::PurgeQueueRequest, v1::PurgeQueueResponse> purge;
  } queues;

  struct : v1::Topics::Service {
    grpc::Status List(grpc::ServerContext*, const v1::ListTopicsRequest* q, v1::ListTopicsResponse* a) override {
      return list.Play(*q, a);
    }
    Script<v1::ListTopicsRequest, v1::ListTopicsResponse> list;
  } topics;

  struct : v1::Subscriptions::Service {
    grpc::Status Create(grpc::ServerContext*, const v1::CreateSubscriptionRequest* q, v1::Subscription* a) override {
      return create.Play(*q, a);
    }
    grpc::Status List(grpc::ServerContext*, const v1::ListSubscriptionsRequest* q,
                      v1::ListSubscriptionsResponse* a) override {
      return list.Play(*q, a);
    }
    Script<v1::CreateSubscriptionRequest, v1::Subscription> create;
    Script<v1::ListSubscriptionsRequest, v1::ListSubscriptionsResponse> list;
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
    grpc::Status Peek(grpc::ServerContext*, const v1::PeekRequest* q, v1::PeekResponse* a) override {
      return peek.Play(*q, a);
    }
    Script<v1::PublishRequest, v1::PublishResponse> publish;
    Script<v1::ReceiveRequest, v1::ReceiveResponse> receive;
    Script<v1::AckRequest, v1::AckResponse> ack;
    Script<v1::NackRequest, v1::NackResponse> nack;
    Script<v1::PeekRequest, v1::PeekResponse> peek;
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
    Script<v1::GetTaskRequest, v1::Task> get;
  } tasks;

  struct : grpc::health::v1::Health::Service {
    grpc::Status Check(grpc::ServerContext*, const grpc::health::v1::HealthCheckRequest* q,
                       grpc::health::v1::HealthCheckResponse* a) override {
      return check.Play(*q, a);
    }
    Script<grpc::health::v1::HealthCheckRequest, grpc::health::v1::HealthCheckResponse> check;
  } health;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;  // last: gone before the services
};

}  // namespace broker::cli
