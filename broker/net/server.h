// An HTTP/1.1 server that knows no protocol: it hands each request to one handler and writes what that answers.
//
// Taken: keep-alive, pipelining (one request of a connection is handled at a time, in order), chunked and gzip bodies,
// 100-continue, HTTP/1.0. Not here: routes (router.h), TLS (its place is stream.h), HTTP/2, compressed answers.
//
// Bounds, all in ServerOptions: a header, a body, all bodies together, all answers together, connections, and the time
// for each phase of a request; a handler may take as long as it likes. What a client sends ahead of an answer is kept up
// to kMaxReadAhead and then left to the network. A connection without a request costs no buffer.
//
// Threads: `threads` of the server's own; each connection belongs to one of them, and the handler and every callback
// given to a Responder run on it: they must not block. A Responder may be used and destroyed on any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/net/http.h"
#include "broker/net/request_reader.h"

namespace broker::net {

inline constexpr std::size_t kMaxReadAhead = 64u << 10;

struct ServerOptions {
  std::string host = "127.0.0.1";  // an IP address
  std::uint16_t port = 0;          // 0: any free one
  int threads = 1;

  Limits limits;
  std::size_t all_bodies_bytes = 256u << 20;   // being read or handled; above it requests with a body get 503
  std::size_t all_answers_bytes = 256u << 20;  // being written; above it the clients slowest to take theirs are closed
  std::size_t max_connections = 10'000;        // a further one is closed at once
  // So is one whose descriptor is not below this: the system gives the lowest that is free, so this bounds what the whole
  // process holds when a client comes, and leaves the rest to others.
  int max_descriptor = std::numeric_limits<int>::max();

  Nanos header_timeout = std::chrono::seconds(10);  // from a request's first byte to the end of its header: 408
  Nanos body_timeout = std::chrono::seconds(60);    // from there to the end of its body: 408
  Nanos idle_timeout = std::chrono::seconds(120);   // until a request begins: closed
  Nanos write_timeout = std::chrono::seconds(60);   // until the client has taken the answer: closed
  Nanos linger_timeout = std::chrono::seconds(3);   // until the client has closed after its last answer: closed
  Nanos sweep_interval = std::chrono::seconds(1);   // how often the times above are looked at
};

// Answers one request, once. Moved, not copied. Destroyed without an answer it sends 500: a defect of the handler.
class Responder {
 public:
  // Whether the whole answer was given to the operating system; false when the client was gone or did not take it.
  using Written = std::function<void(bool)>;
  // Makes the answer on the connection's thread, to keep work off the thread that has it.
  using Render = std::function<Response()>;

  class Exchange;  // of the server
  explicit Responder(std::unique_ptr<Exchange> exchange);
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept;
  ~Responder();

  // REQUIRES: nothing was sent yet. `written` is called once, except when the server is destroyed before.
  void Send(Response response, Written written = {});
  void Send(Render render, Written written = {});

  // Calls `hang_up` once if the client closes its connection, or only its sending side, before the answer is sent; at
  // once if it already has. Who waits for something should then stop waiting and answer: it is still attempted. An end
  // that came before a `render` runs is told before it. Only the last one given counts. REQUIRES: nothing was sent yet.
  void OnHangUp(std::function<void()> hang_up);

 private:
  std::unique_ptr<Exchange> exchange_;
};

using Handler = std::function<void(Request, Responder)>;

class Server {
 public:
  // Listens when this returns. `clock` must outlive it. Errors: kUnavailable (reason ADDRESS_IN_USE) or
  // kInvalidArgument (reason CANNOT_LISTEN), naming the address.
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, Handler handler, const Clock& clock);
  // Closes every connection and ends the threads; no callback runs afterwards. REQUIRES: not one of its own threads.
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  virtual std::size_t connections() const = 0;
  // Stops accepting, closes idle connections, and waits until each request that has begun is answered and its
  // connection closed, at most for `grace`. True: all of it was. Call once.
  virtual bool Drain(Nanos grace) = 0;
};

}  // namespace broker::net
