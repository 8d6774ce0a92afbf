#include "broker/net/responder.h"

#include <boost/asio/dispatch.hpp>

#include "broker/base/check.h"
#include "broker/base/log.h"

namespace broker::net {

void Responder::Exchange::Send(Render render, Written written) {
  // At once when this is the connection's thread.
  boost::asio::dispatch(loop_->context(), [weak = connection_, number = number_, render = std::move(render),
                                           written = std::move(written)]() mutable {
    const auto connection = weak.lock();
    if (connection) connection->LookForEnd();
    if (connection && connection->Awaits(number)) return connection->Answer(number, render(), std::move(written));
    if (written) written(false);
  });
}

void Responder::Exchange::OnHangUp(std::function<void()> hang_up) {
  boost::asio::dispatch(loop_->context(), [weak = connection_, number = number_, hang_up = std::move(hang_up)]() mutable {
    const auto connection = weak.lock();
    connection ? connection->SetHangUp(number, std::move(hang_up)) : hang_up();
  });
}

Responder::Responder(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
Responder::Responder(Responder&&) noexcept = default;

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(exchange_, other.exchange_);
  return *this;
}

Responder::~Responder() {
  if (!exchange_) return;
  Log(LogLevel::kError, "http_request_unanswered", {{"do", "report this: a handler has a defect"}});
  Send(Response{500, {}, {}});
}

void Responder::Send(Response response, Written written) {
  // Shared because a std::function must be copyable; it has one owner at a time.
  auto shared = std::make_shared<Response>(std::move(response));
  Send([shared] { return std::move(*shared); }, std::move(written));
}

void Responder::Send(Render render, Written written) {
  BROKER_CHECK(exchange_);
  std::exchange(exchange_, nullptr)->Send(std::move(render), std::move(written));
}

void Responder::OnHangUp(std::function<void()> hang_up) {
  BROKER_CHECK(exchange_);
  exchange_->OnHangUp(std::move(hang_up));
}

}  // namespace broker::net
