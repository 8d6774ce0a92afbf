// The way back from a Responder to its connection. Private to broker/net.
// Shares the loop, which must be there to post to even when the server is gone.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "broker/net/io_loop.h"

namespace broker::net {

class Responder::Exchange {
 public:
  Exchange(std::shared_ptr<IoLoop> loop, std::weak_ptr<Connection> connection, std::uint64_t number)
      : loop_(std::move(loop)), connection_(std::move(connection)), number_(number) {}

  void Send(Render render, Written written);
  void OnHangUp(std::function<void()> hang_up);

 private:
  const std::shared_ptr<IoLoop> loop_;
  const std::weak_ptr<Connection> connection_;
  const std::uint64_t number_;
};

}  // namespace broker::net
