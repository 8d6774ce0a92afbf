// What an SQS request costs at the least: an HTTP server that parses the JSON of SendMessage and SendMessageBatch, hashes
// each body, and answers as the real one does, without keeping anything. One thread, Beast's own parser, Boost.JSON's own
// tree. Prints its port; ends when its standard input does.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <string>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;

std::string Md5Hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

json::object Sent(const json::object& entry) {
  const json::string& body = entry.at("MessageBody").as_string();
  return {{"MD5OfMessageBody", Md5Hex({body.data(), body.size()})}, {"MessageId", "5fea7756-0ea4-451a-a703-a558b933e274"}};
}

std::string Answer(std::string_view body) {
  const json::value request = json::parse(json::string_view(body.data(), body.size()));
  const json::object& input = request.as_object();
  const json::value* const entries = input.if_contains("Entries");
  if (entries == nullptr) return json::serialize(Sent(input));
  json::array successful;
  for (const json::value& entry : entries->as_array()) {
    json::object each = Sent(entry.as_object());
    each["Id"] = entry.as_object().at("Id");
    successful.push_back(std::move(each));
  }
  return json::serialize(json::object{{"Successful", std::move(successful)}});
}

asio::awaitable<void> Serve(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  try {
    while (true) {
      http::request<http::string_body> request;
      co_await http::async_read(socket, buffer, request, asio::use_awaitable);
      http::response<http::string_body> response(http::status::ok, 11);
      response.set(http::field::content_type, "application/x-amz-json-1.0");
      response.body() = Answer(request.body());
      response.prepare_payload();
      co_await http::async_write(socket, response, asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // The client is done.
  }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main() {
  asio::io_context io(1);
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  fmt::print("{}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  asio::co_spawn(io, Accept(acceptor), asio::detached);
  asio::posix::stream_descriptor input(io, ::dup(0));
  char byte = 0;
  input.async_read_some(asio::buffer(&byte, 1), [&](boost::system::error_code, std::size_t) { io.stop(); });
  io.run();
}
