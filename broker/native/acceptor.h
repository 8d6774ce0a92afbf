// The port of this face: a listening socket, and a thread that accepts on it and hands each connection over.
//
// Why not gRPC's own: once an accept of its own has failed, for want of a descriptor say, it never accepts again, and it
// bounds no connections. Here a connection whose descriptor is not below a bound is closed at once. The system gives
// the lowest descriptor that is free, so this one comparison bounds what the whole process holds when a client comes,
// and what is above is left to others: the store, above all.
//
// Thread contract: confined to its owner; what takes the connections runs on the acceptor's own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "broker/base/result.h"

namespace broker::native {

class Acceptor {
 public:
  // Owns a connected socket from then on.
  using Take = std::function<void(int descriptor)>;

  // Listens when this returns; clients wait until Start. `host` is an IP address; port 0: any free one.
  // Errors: kUnavailable (reason CANNOT_LISTEN) naming the address and why.
  static Result<std::unique_ptr<Acceptor>> Listen(const std::string& host, std::uint16_t port);
  // Closes the port; `take` is not called afterwards.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  std::uint16_t port() const { return port_; }
  // Call once. Connections whose descriptor is not below `max_descriptor` are closed, and the first of them is logged.
  void Start(int max_descriptor, Take take);

 private:
  Acceptor(int listening, int wake, std::uint16_t port) : listening_(listening), wake_(wake), port_(port) {}
  void Run(int max_descriptor, const Take& take);
  // Until there is something to accept, or `patience_ms` have passed (-1: no end). False: the acceptor ends.
  bool Wait(bool for_clients, int patience_ms) const;

  const int listening_;
  const int wake_;  // an eventfd: readable once the acceptor ends
  const std::uint16_t port_;
  std::thread thread_;
};

}  // namespace broker::native
