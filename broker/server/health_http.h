// The HTTP listener as far as it goes: /livez says that the process answers, /readyz whether it takes work (200 or 503,
// and why as JSON). One thread of its own, so that it answers while everything else is busy or stopping.
//
// Bounds: kMaxConnections at a time (a further one is closed at once), requests without body and with 8 KiB of headers,
// 10 seconds for each request and each answer.
// Thread contract: make, ask for the port and destroy it from one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "broker/base/result.h"
#include "broker/server/listen_address.h"
#include "broker/server/readiness.h"

namespace broker::server {

class HealthHttp {
 public:
  static constexpr int kMaxConnections = 64;

  // Listens when this returns. `readiness` must outlive it. Errors: kUnavailable (reason ADDRESS_IN_USE) or
  // kInvalidArgument (reason CANNOT_LISTEN), naming the address.
  static Result<std::unique_ptr<HealthHttp>> Start(const ListenAddress& address, const Readiness& readiness);
  virtual ~HealthHttp() = default;  // closes every connection and ends the thread

  virtual std::uint16_t port() const = 0;
};

}  // namespace broker::server
