// The native face: broker.v1, grpc.health.v1 and reflection on one address, over an engine and its loop.
//
//   constructed --Start--> serving --Drain--> draining --Stop--> stopped
//
// Not here: configuration, the loop's thread, the engine, the commit; the composition brings them (see loop.h).
//
// Thread contract: Start before the loop runs; Drain and Stop from a thread that is not the strand, in this order, while
// the loop runs. port() after Start.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/engine.h"
#include "broker/native/acceptor.h"
#include "broker/native/admin_service.h"
#include "broker/native/context.h"
#include "broker/native/loop.h"

namespace broker::native {

struct NativeOptions {
  std::string host = "127.0.0.1";  // an IP address
  std::uint16_t port = 0;          // 0: any free one
  // A connection whose descriptor is not below this is closed at once: see acceptor.h.
  int max_descriptor = std::numeric_limits<int>::max();
  ResolveNamespace resolve_namespace;  // none: names stand for themselves
  std::function<ServerFacts()> facts;  // required; called on the strand
};

class NativeServer {
 public:
  NativeServer(NativeOptions options, Loop& loop, engine::Engine& engine, const Clock& clock);
  // REQUIRES: stopped, or never started.
  ~NativeServer();
  NativeServer(const NativeServer&) = delete;
  NativeServer& operator=(const NativeServer&) = delete;

  // Listens, and gives the loop its queue. Calls are served as soon as the loop runs.
  // Errors: kUnavailable (reason CANNOT_LISTEN) naming the address and why.
  Status Start();
  // The bound port.
  std::uint16_t port() const { return port_; }

  // Says NOT_SERVING, refuses new calls with UNAVAILABLE, ends waiting receives empty and streams with UNAVAILABLE,
  // their leases given back uncounted, and waits until what is in flight has been answered, at most for `grace`.
  // True: all of it was.
  bool Drain(Nanos grace);
  // Closes the port and ends what is left, then the loop; returns when nothing calls the engine any more. What the
  // engine was given before that is committed.
  void Stop();

 private:
  class Services;

  const NativeOptions options_;
  Loop& loop_;
  Context context_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> hand_over_;
  std::unique_ptr<Acceptor> acceptor_;  // what it takes is handed over
  std::uint16_t port_ = 0;
};

}  // namespace broker::native
