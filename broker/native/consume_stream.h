// Messages.Consume: leases as much as its client lets it deliver, hands it over, and takes settles.
//
//  - At most one Receive is at the engine, for no more than may be delivered, and only while nothing waits to be
//    written: a client that does not read leases nothing.
//  - It stays with the source that it opened, and ends when that is deleted, whatever it is waiting for.
//  - When it ends, what is still leased is given back: unsent deliveries uncounted; sent ones counted, but uncounted
//    when the daemon stops. The call's status leaves after that is durable.
//
//   opening --(source exists)--> open --(client closes, error, drain)--> closing --(settles answered, leases back)--> over
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/native/messages_service.h"
#include "broker/native/outstanding.h"
#include "broker/native/request_codec.h"
#include "broker/native/stream_call.h"
#include "broker/v1/messages.pb.h"

namespace broker::native {

class ConsumeStream final : public StreamCall {
 public:
  static void Arm(Context& context, MessagesService& service);
  void Drain() override;

 private:
  // The entries of one request of one kind, until the engine has answered.
  struct Part {
    Refusals refusals;
    std::vector<std::string> receipts;  // of those at the engine
    std::vector<Nanos> timeouts;        // extends only, beside the receipts
    std::vector<Status> results;
  };
  struct Settling {
    std::uint64_t id = 0;
    int parts_at_engine = 0;
    Part acks, nacks, extends;
  };
  struct Closing {
    grpc::Status status;
    bool counted = true;
  };

  ConsumeStream(Context& context, MessagesService& service) : StreamCall(context), service_(service) {}
  ~ConsumeStream() override;
  void ArmNext() override { Arm(context_, service_); }
  void Requested(grpc::ByteBuffer& bytes) override;
  void ClientClosed() override;
  void Written(bool ok) override;
  void CallEnded() override;
  void Flush() override;
  bool Busy() const override;

  void Open(const v1::ConsumeOpen& open);
  void Watch();
  void AskClock();
  void Receive();
  void Received(Result<engine::ReceiveResponse> result);
  void ExpireLater();

  void Settle(v1::ConsumeRequest& request);
  void Settled(Settling& settling, Part& part, Result<engine::SettleResponse> result);
  void AnswerSettled();

  void ReadOn();
  // The first one holds.
  void Close(const grpc::Status& status, bool counted);
  // Goes on with closing as far as it can.
  void Advance();
  void GiveBack(std::vector<std::string> receipts, bool counted);

  std::optional<ConsumeLimits> limits_;  // once opened by the client
  engine::Caller caller_;
  bool announced_ = false;          // the opening was answered
  bool client_left_early_ = false;  // it closed its side before that
  std::optional<Outstanding> outstanding_;
  Nanos engine_ahead_{0};  // engine time less monotonic time, when last asked
  bool asking_clock_ = false;
  Loop::TimerId expiry_ = 0;

  bool watching_ = false;
  engine::WaiterId watch_ = 0;
  bool receiving_ = false;
  engine::WaiterId waiter_ = 0;
  v1::ConsumeResponse response_;       // being gathered
  std::vector<std::string> gathered_;  // receipts of its deliveries
  std::vector<std::string> in_write_;  // of those in the write under way

  std::deque<std::unique_ptr<Settling>> settling_;  // in the order of the requests
  int settles_at_engine_ = 0;
  std::size_t settled_in_write_ = 0;  // answers in the write under way

  std::optional<Closing> closing_;
  bool given_back_ = false;
  int releases_ = 0;

  MessagesService& service_;
};

}  // namespace broker::native
