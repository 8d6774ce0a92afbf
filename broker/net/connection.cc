#include "broker/net/connection.h"

#include <fmt/format.h>

#include <utility>

#include "broker/net/io_loop.h"
#include "broker/net/response_head.h"

namespace broker::net {
namespace {

constexpr std::size_t kMaxDroppedBytes = 64u << 20;

}  // namespace

Connection::Connection(IoLoop& loop, Stream::Socket socket)
    : loop_(loop), stream_(std::move(socket)), peer_(stream_.Peer()), reader_(loop.options().limits) {}

void Connection::Start() {
  SetDeadline(loop_.options().idle_timeout);
  WaitForBytes();
}

void Connection::WaitForBytes() {
  if (waiting_ || peer_finished_ || state_ == State::kClosed) return;
  waiting_ = true;
  stream_.WhenReadable([self = shared_from_this()](Stream::ErrorCode error) {
    self->waiting_ = false;
    if (self->state_ == State::kClosed || self->peer_finished_) return;
    error ? self->OnEnd(false) : self->OnReadable();
  });
}

void Connection::OnReadable() {
  Stream::ErrorCode error;
  const std::size_t size = stream_.ReadSome(loop_.scratch(), error);
  if (error == boost::asio::error::would_block) return WaitForBytes();
  if (error || size == 0) return OnEnd(error == boost::asio::error::eof);
  const std::string_view bytes(loop_.scratch().data(), size);
  switch (state_) {
    case State::kIdle:
    case State::kReading: return Step(reader_.Feed(bytes));
    case State::kHandling:
    case State::kWriting:
      reader_.Stash(bytes);
      if (reader_.held_bytes() < kMaxReadAhead) WaitForBytes();
      return;
    case State::kLingering:
      dropped_ += size;
      return dropped_ > kMaxDroppedBytes ? Close() : WaitForBytes();
    case State::kClosed: return;
  }
}

// The client sends nothing more. Orderly, it may still read: what has begun is answered.
void Connection::OnEnd(bool orderly) {
  peer_finished_ = true;
  if (!orderly) return Close();
  switch (state_) {
    case State::kIdle:
    case State::kLingering: return Close();
    case State::kReading: return Refuse(400, "the request ends before it is whole");
    case State::kHandling:
      if (auto hang_up = std::exchange(hang_up_, nullptr)) hang_up();
      return;
    case State::kWriting:
    case State::kClosed: return;
  }
}

void Connection::Step(RequestReader::Progress progress) {
  if (!Account(reader_.held_bytes())) return Refuse(503, "too many request bodies at a time: try again later");
  switch (progress) {
    case RequestReader::Progress::kNothing: break;
    case RequestReader::Progress::kHeader:
      if (state_ == State::kIdle) SetDeadline(loop_.options().header_timeout);
      state_ = State::kReading;
      break;
    case RequestReader::Progress::kBody:
      if (!in_body_) SetDeadline(loop_.options().body_timeout);
      state_ = State::kReading;
      in_body_ = true;
      if (reader_.TakeExpectation() && !stream_.WriteNow("HTTP/1.1 100 Continue\r\n\r\n")) return Close();
      break;
    case RequestReader::Progress::kDone: return Handle();
    case RequestReader::Progress::kRefused: return Refuse(reader_.refusal().status, reader_.refusal().why);
  }
  if (peer_finished_) return OnEnd(true);
  WaitForBytes();
}

void Connection::Handle() {
  state_ = State::kHandling;
  in_body_ = false;
  deadline_.reset();
  Request request = reader_.Take();
  request.peer = peer_;
  keep_alive_ = reader_.keep_alive();
  head_only_ = request.method == "HEAD";
  ++exchange_;
  if (reader_.held_bytes() < kMaxReadAhead) WaitForBytes();
  loop_.Handle(std::move(request), weak_from_this(), exchange_);
}

void Connection::SetHangUp(std::uint64_t number, std::function<void()> hang_up) {
  if (!Awaits(number) || peer_finished_) return hang_up();
  hang_up_ = std::move(hang_up);
}

void Connection::LookForEnd() {
  if (!hang_up_ || !waiting_) return;
  Stream::ErrorCode error;
  const std::size_t size = stream_.ReadSome(loop_.scratch(), error);
  if (error == boost::asio::error::would_block) return;
  if (error || size == 0) return OnEnd(error == boost::asio::error::eof);
  reader_.Stash({loop_.scratch().data(), size});
}

void Connection::Answer(std::uint64_t number, Response response, Responder::Written written) {
  if (!Awaits(number)) {
    if (written) written(false);
    return;
  }
  hang_up_ = nullptr;
  Write(std::move(response), std::move(written));
}

void Connection::Refuse(int status, std::string_view why) {
  keep_alive_ = false;
  head_only_ = false;
  Write(Response{status, {{"Content-Type", "text/plain; charset=utf-8"}}, fmt::format("{}\n", why)}, {});
}

void Connection::Write(Response response, Responder::Written written) {
  state_ = State::kWriting;
  if (loop_.draining()) keep_alive_ = false;
  head_ = ResponseHead(response, keep_alive_, loop_.Date());
  body_ = head_only_ || !MayHaveBody(response.status) ? std::string() : std::move(response.body);
  written_ = std::move(written);
  SetDeadline(loop_.options().write_timeout);
  AccountAnswer(head_.size() + body_.size());
  loop_.BoundAnswers(*this);
  stream_.Write(head_, body_, [self = shared_from_this()](Stream::ErrorCode error) { self->OnWritten(error); });
}

void Connection::OnWritten(Stream::ErrorCode error) {
  head_ = std::string();
  body_ = std::string();
  AccountAnswer(0);
  if (auto written = std::exchange(written_, nullptr)) written(!error);
  if (state_ != State::kWriting) return;  // closed meanwhile
  if (error) return Close();
  keep_alive_ ? ReadNext() : Linger();
}

void Connection::ReadNext() {
  state_ = State::kIdle;
  SetDeadline(loop_.options().idle_timeout);
  Step(reader_.Feed({}));
}

void Connection::Linger() {
  if (peer_finished_) return Close();
  stream_.FinishSending();
  state_ = State::kLingering;
  Account(0);
  SetDeadline(loop_.options().linger_timeout);
  WaitForBytes();
}

void Connection::Sweep(MonotonicTime now) {
  if (!deadline_ || now < *deadline_) return;
  if (state_ == State::kReading) return Refuse(408, "the request took too long to arrive");
  Close();
}

void Connection::Drain() {
  if (state_ == State::kIdle) Close();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  peer_finished_ = true;
  stream_.Close();
  Account(0);
  AccountAnswer(0);
  auto hang_up = std::exchange(hang_up_, nullptr);
  loop_.Forget(shared_from_this());
  if (hang_up) hang_up();
}

void Connection::Abandon() {
  hang_up_ = nullptr;
  written_ = nullptr;
  Close();
}

void Connection::SetDeadline(Nanos after) { deadline_ = loop_.Now() + after; }

bool Connection::Account(std::size_t bytes) {
  loop_.HeldChanged(accounted_, bytes);
  const bool grew = bytes > accounted_;
  accounted_ = bytes;
  return !grew || loop_.HasRoom();
}

void Connection::AccountAnswer(std::size_t bytes) {
  loop_.AnswerChanged(answer_accounted_, bytes);
  answer_accounted_ = bytes;
}

}  // namespace broker::net
