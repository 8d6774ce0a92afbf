#include "broker/native/stream_call.h"

#include <utility>

#include "broker/native/errors.h"
#include "broker/native/wire.h"

namespace broker::native {

StreamCall::StreamCall(Context& context) : context_(context) {
  rpc_.AsyncNotifyWhenDone(static_cast<Tag*>(&ended_tag_));
}

StreamCall::~StreamCall() {
  context_.Remove(*this);
  if (entered_) context_.Leave();
}

void StreamCall::Read() {
  BROKER_CHECK(!reading_);
  reading_ = true;
  stream_.Read(&read_bytes_, static_cast<Tag*>(&read_tag_));
}

void StreamCall::Write(const google::protobuf::Message& response) {
  BROKER_CHECK(!writing_ && !finish_called_);
  writing_ = true;
  write_seen_ = false;
  StartWrite(Serialize(response), static_cast<Tag*>(&written_tag_));
}

void StreamCall::Finish(const grpc::Status& status) {
  BROKER_CHECK(!writing_ && !finish_called_);
  finish_called_ = true;
  finish_pending_ = true;
  write_seen_ = false;
  StartFinish(status, static_cast<Tag*>(&finished_tag_));
}

void StreamCall::CutIfUnread() {
  if ((writing_ || finish_pending_) && std::exchange(write_seen_, true)) rpc_.TryCancel();
}

void StreamCall::FlushSoon() {
  if (flush_posted_) return;
  flush_posted_ = true;
  context_.loop().Post([this] {
    flush_posted_ = false;
    Flush();
    MayGo();
  });
}

void StreamCall::OnStarted(bool ok) {
  if (!ok) {  // the server is shut down: nobody came
    delete this;
    return;
  }
  ArmNext();
  const Status entered = context_.Enter();
  entered_ = entered.ok();
  if (!entered_) return Finish(ToStatus(entered.error()));
  context_.Add(*this);
  Started();
}

void StreamCall::OnRead(bool ok) {
  reading_ = false;
  if (ok) {
    grpc::ByteBuffer bytes;
    bytes.Swap(&read_bytes_);
    Requested(bytes);
  } else {
    ClientClosed();
  }
  MayGo();
}

void StreamCall::OnWritten(bool ok) {
  writing_ = false;
  Written(ok);
  MayGo();
}

void StreamCall::OnFinished(bool) {
  finish_pending_ = false;
  MayGo();
}

void StreamCall::OnEnded(bool) {
  ended_ = true;
  CallEnded();
  MayGo();
}

void StreamCall::MayGo() {
  if (ended_ && !reading_ && !writing_ && !finish_pending_ && !flush_posted_ && !Busy()) delete this;
}

}  // namespace broker::native
