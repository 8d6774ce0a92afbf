// Messages.PublishStream: requests go to the engine as they come, answers leave as their groups are durable.
//
// At most kMaxUnanswered requests and kMaxUnansweredBytes of them wait for their answers to leave; at the bound the
// stream is not read, and the client's own flow control stops it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_set>

#include "broker/native/messages_service.h"
#include "broker/native/stream_call.h"
#include "broker/v1/messages.pb.h"

namespace broker::native {

class PublishStream final : public StreamCall {
 public:
  static constexpr std::size_t kMaxUnanswered = 256;
  static constexpr std::size_t kMaxUnansweredBytes = 16u << 20;

  static void Arm(Context& context, MessagesService& service);
  void Drain() override;

 private:
  struct Answer {
    v1::PublishStreamResponse::Answer proto;
    std::size_t request_bytes = 0;
  };

  PublishStream(Context& context, MessagesService& service) : StreamCall(context), service_(service) {}
  ~PublishStream() override = default;
  void ArmNext() override { Arm(context_, service_); }
  void Requested(grpc::ByteBuffer& bytes) override;
  void ClientClosed() override { Close(grpc::Status::OK); }
  void Written(bool ok) override;
  void CallEnded() override { Close(grpc::Status::CANCELLED); }
  void Flush() override;
  bool Busy() const override { return publishing_ > 0; }

  void Publish(std::uint64_t id, std::size_t request_bytes);
  void Refuse(std::uint64_t id, std::size_t request_bytes, const Error& error);
  void Answered(Answer answer);
  void ReadOn();
  // No more requests; the stream ends with `status` when everything read is answered. The first status holds.
  void Close(const grpc::Status& status);
  void FinishIfAnswered();

  std::string name_space_;  // of the request before
  std::string target_;
  v1::PublishStreamRequest request_;  // kept for its buffers
  std::unordered_set<std::uint64_t> unanswered_;
  std::deque<Answer> answers_;  // waiting to leave
  std::size_t publishing_ = 0;  // at the engine
  std::size_t held_ = 0;        // requests whose answers have not left
  std::size_t held_bytes_ = 0;
  std::size_t writing_held_ = 0;  // of them in the write under way
  std::size_t writing_bytes_ = 0;
  std::optional<grpc::Status> closing_;

  MessagesService& service_;
};

}  // namespace broker::native
