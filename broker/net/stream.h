// One client's bytes. The one seam at which encryption comes in: whoever adds it gives this class a second way to read
// and write, and nothing else changes. Waiting for bytes needs no buffer.
// Private to broker/net; confined to the connection's thread.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace broker::net {

class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCode = boost::system::error_code;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {
    ErrorCode ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  }

  // done(error) when there are bytes to read, or the end.
  template <class Done>
  void WhenReadable(Done done) {
    socket_.async_wait(Socket::wait_read, std::move(done));
  }
  // What is there at once; `would_block` when there is nothing.
  std::size_t ReadSome(std::span<char> into, ErrorCode& error) {
    return socket_.read_some(boost::asio::buffer(into.data(), into.size()), error);
  }
  // All of it, later: done(error). The bytes must stay until then.
  template <class Done>
  void Write(std::string_view first, std::string_view second, Done done) {
    const std::array<boost::asio::const_buffer, 2> buffers{boost::asio::buffer(first.data(), first.size()),
                                                           boost::asio::buffer(second.data(), second.size())};
    boost::asio::async_write(socket_, buffers,
                             [done = std::move(done)](ErrorCode error, std::size_t) mutable { done(error); });
  }
  // A few bytes while nothing else is being written. False when the network would not take them at once.
  bool WriteNow(std::string_view bytes) {
    ErrorCode error;
    return socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error) == bytes.size();
  }

  std::string Peer() const {
    ErrorCode error;
    const auto peer = socket_.remote_endpoint(error);
    if (error) return {};
    const std::string host = peer.address().to_string();
    return (peer.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(peer.port());
  }
  void FinishSending() {
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  void Close() {
    ErrorCode ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
};

}  // namespace broker::net
