// An HTTP client that does exactly what a test says, also what no real one does: sends any bytes, closes one side, stops
// reading. Every read has a deadline that only a defect reaches. Confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/net/http.h"

namespace broker::test {

class HttpClient {
 public:
  // `receive_buffer`: of the socket, in bytes; 0 is the system's own.
  explicit HttpClient(std::uint16_t port, int receive_buffer = 0);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False when the other side has reset the connection.
  bool Send(std::string_view bytes);
  void FinishSending();
  void Reset();  // closes so that the other side sees an error

  // The next whole answer; nullopt at the end of the stream before one.
  std::optional<net::Response> Receive(bool head_only = false);
  // As Send and Receive.
  std::optional<net::Response> Call(std::string_view bytes);
  // Everything until the other side closes.
  std::string ReceiveAll();
  bool ClosedByServer() { return ReceiveAll().empty(); }

 private:
  bool Fill();

  int socket_;
  std::string received_;
};

// "GET /x HTTP/1.1" with a Host.
std::string Get(std::string_view target);
std::string Post(std::string_view target, std::string_view body, std::string_view more_headers = {});

// Lets this process have as many sockets as the system allows.
void RaiseDescriptorLimit();

}  // namespace broker::test
