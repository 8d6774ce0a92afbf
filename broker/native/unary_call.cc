#include "broker/native/unary_call.h"

#include "broker/native/errors.h"

namespace broker::native {

UnaryCall::UnaryCall(Context& context) : context_(context) {}

UnaryCall::~UnaryCall() {
  if (entered_) context_.Leave();
}

void UnaryCall::Complete(bool ok) {
  switch (state_) {
    case State::kArmed: {
      if (!ok) {  // the server is shut down: nobody came
        delete this;
        return;
      }
      ArmNext();
      state_ = State::kServing;
      const Status entered = context_.Enter();
      entered_ = entered.ok();
      if (entered_ || ServesWhileDraining()) {
        Serve();
      } else {
        Fail(entered.error());
      }
      return;
    }
    case State::kServing: break;
    case State::kReplying: Finished(ok); return;
  }
  BROKER_CHECK(false);  // while serving no operation is under way
}

void UnaryCall::Finished(bool) { delete this; }

void UnaryCall::Reply(const google::protobuf::Message& response) {
  BROKER_CHECK(state_ == State::kServing);
  state_ = State::kReplying;
  writer_.Finish(Serialize(response), grpc::Status::OK, this);
}

void UnaryCall::Fail(const Error& error) {
  BROKER_CHECK(state_ == State::kServing);
  state_ = State::kReplying;
  writer_.FinishWithError(ToStatus(error), this);
}

}  // namespace broker::native
