// One call of a streaming method: what both directions, the end and the object's life have in common. The object owns
// itself: it goes when the call has ended, no operation of it is under way, and the engine owes it no answer.
//
// Thread contract: on the strand, but for the arming before the loop runs.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/byte_buffer.h>

#include "broker/native/context.h"
#include "broker/native/tag.h"

namespace broker::native {

class StreamCall : public LongCall {
 public:
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

 protected:
  using Stream = grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

  explicit StreamCall(Context& context);
  virtual ~StreamCall();

  // ---- events, in the words of the derived class
  virtual void ArmNext() = 0;
  virtual void Started() { Read(); }
  virtual void Requested(grpc::ByteBuffer& bytes) = 0;  // one request; Read asks for the next
  virtual void ClientClosed() = 0;                      // no more requests come
  virtual void Written(bool ok) = 0;                    // the last Write left, or could not
  virtual void CallEnded() = 0;                         // nothing can be read or written any more
  virtual void Flush() {}                               // what FlushSoon asked for
  virtual bool Busy() const { return false; }           // an answer of the engine is still to come

  // How to write and finish, for a method whose client sends no stream.
  virtual void StartWrite(const grpc::ByteBuffer& bytes, void* tag) { stream_.Write(bytes, tag); }
  virtual void StartFinish(const grpc::Status& status, void* tag) { stream_.Finish(status, tag); }

  // ---- operations. At most one Read and one Write at a time; Finish last, once, with no Write under way.
  void Read();
  void Write(const google::protobuf::Message& response);
  void Finish(const grpc::Status& status);
  // Calls Flush when the strand has run what is at hand: the answers of a whole group then leave in one response.
  void FlushSoon();
  // To be called at the end of every callback from the engine: the object may be gone afterwards.
  void MayGo();

  bool reading() const { return reading_; }
  bool writing() const { return writing_; }
  bool ended() const { return ended_; }
  bool finishing() const { return finish_called_; }

  Context& context_;
  grpc::ServerContext rpc_;
  Stream stream_{&rpc_};

  void CutIfUnread() final;

  // For the request of the method: where its arrival is told.
  void* started_tag() { return static_cast<Tag*>(&started_tag_); }

 private:
  void OnStarted(bool ok);
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnFinished(bool ok);
  void OnEnded(bool ok);

  MemberTag<StreamCall, &StreamCall::OnStarted> started_tag_{*this};
  MemberTag<StreamCall, &StreamCall::OnRead> read_tag_{*this};
  MemberTag<StreamCall, &StreamCall::OnWritten> written_tag_{*this};
  MemberTag<StreamCall, &StreamCall::OnFinished> finished_tag_{*this};
  MemberTag<StreamCall, &StreamCall::OnEnded> ended_tag_{*this};

  grpc::ByteBuffer read_bytes_;
  bool entered_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool finish_called_ = false;
  bool finish_pending_ = false;
  bool ended_ = false;
  bool flush_posted_ = false;
  bool write_seen_ = false;  // the write or finish under way was there when CutIfUnread looked last
};

}  // namespace broker::native
