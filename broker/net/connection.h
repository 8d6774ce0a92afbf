// One client, from its first byte to its last.
//
//   idle ──▶ reading ──whole──▶ handling ──answer──▶ writing ──▶ idle ...
//              │ refused                                │ last answer
//              └──────────────▶ writing ────────────▶ lingering ──▶ closed
//
// Lingering: after the last answer what the client still sends is read and dropped, because closing with unread bytes
// would reset the connection and take the answer with it.
// Private to broker/net; confined to its loop's thread. Shared by its own pending operations and by the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "broker/net/request_reader.h"
#include "broker/net/server.h"
#include "broker/net/stream.h"

namespace broker::net {

class IoLoop;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoLoop& loop, Stream::Socket socket);

  void Start();
  // Both do nothing but say so when exchange `number` is over or the connection gone.
  void Answer(std::uint64_t number, Response response, Responder::Written written);
  void SetHangUp(std::uint64_t number, std::function<void()> hang_up);
  // Tells who wants to know if the client has hung up, though its turn to be read has not come.
  void LookForEnd();
  bool Awaits(std::uint64_t number) const { return state_ == State::kHandling && number == exchange_; }

  // When the time to take the present answer is over, if there is one.
  std::optional<MonotonicTime> writing_until() const { return state_ == State::kWriting ? deadline_ : std::nullopt; }
  // Closes it, or refuses the request, if the time for the present phase is over.
  void Sweep(MonotonicTime now);
  // Closes it if idle; otherwise the next answer is the last.
  void Drain();
  // Whatever it is at. A handler that has not answered is told.
  void Close();
  // As Close, but nobody is told anything any more.
  void Abandon();

 private:
  enum class State { kIdle, kReading, kHandling, kWriting, kLingering, kClosed };

  void WaitForBytes();
  void OnReadable();
  void OnEnd(bool orderly);
  void Step(RequestReader::Progress progress);
  void Handle();
  void Refuse(int status, std::string_view why);
  void Write(Response response, Responder::Written written);
  void OnWritten(Stream::ErrorCode error);
  void ReadNext();
  void Linger();
  void SetDeadline(Nanos after);
  // Keeps the loop's count of bytes in memory true. False when all connections together hold too much.
  bool Account(std::size_t bytes);
  void AccountAnswer(std::size_t bytes);

  IoLoop& loop_;
  Stream stream_;
  const std::string peer_;
  RequestReader reader_;
  State state_ = State::kIdle;
  bool in_body_ = false;        // of the request being read
  bool waiting_ = false;        // WhenReadable is pending
  bool peer_finished_ = false;  // the client sends nothing more
  bool keep_alive_ = true;
  bool head_only_ = false;      // the answer goes without its body
  std::optional<MonotonicTime> deadline_;
  std::uint64_t exchange_ = 0;  // number of the request being handled
  std::size_t accounted_ = 0;
  std::size_t answer_accounted_ = 0;
  std::size_t dropped_ = 0;     // while lingering
  std::function<void()> hang_up_;
  std::string head_;            // being written, with body_
  std::string body_;
  Responder::Written written_;
};

}  // namespace broker::net
