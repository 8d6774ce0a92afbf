// The only unit that instantiates Beast: it takes long to compile.
#include "broker/net/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <utility>

#include "broker/base/check.h"
#include "broker/net/inflate.h"

namespace broker::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Progress = RequestReader::Progress;

// A body that grows with what has come: a length that is only promised costs nothing.
struct GrowingBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& length, beast::error_code& error) {
      constexpr std::uint64_t kReserved = 256u << 10;
      if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, kReserved)));
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& error) {
      error = {};
      std::size_t size = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers); ++it) {
        body_.append(static_cast<const char*>(it->data()), it->size());
        size += it->size();
      }
      return size;
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

std::string ToString(boost::beast::string_view text) { return std::string(text.data(), text.size()); }

// A target may name the server before the path ("http://host/path"): answers the authority and cuts it off.
std::string TakeAuthority(std::string& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsWithoutCase(std::string_view(target).substr(0, scheme.size()), scheme)) continue;
    const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    std::string authority = target.substr(scheme.size(), end - scheme.size());
    target.erase(0, end);
    if (target.empty() || target.front() != '/') target.insert(0, "/");
    return authority;
  }
  return {};
}

}  // namespace

class RequestReader::Parser : public http::request_parser<GrowingBody> {};

RequestReader::RequestReader(const Limits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

Progress RequestReader::Feed(std::string_view bytes) {
  if (progress_ == Progress::kDone || progress_ == Progress::kRefused) {
    if (progress_ == Progress::kDone) waiting_.append(bytes);
    return progress_;
  }
  if (waiting_.empty()) {
    const std::size_t used = Parse(bytes);
    waiting_ = bytes.substr(used);
  } else {
    waiting_.append(bytes);
    const std::size_t used = Parse(waiting_);
    waiting_.erase(0, used);
  }
  if (progress_ == Progress::kRefused || waiting_.empty()) waiting_ = std::string();  // gives the memory back
  return progress_;
}

std::size_t RequestReader::Parse(std::string_view bytes) {
  const char* const begin = bytes.data();
  if (progress_ == Progress::kNothing) {
    // RFC 9112, 2.2: an empty line before a request is skipped.
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    if (bytes.empty()) return static_cast<std::size_t>(bytes.data() - begin);
    progress_ = Progress::kHeader;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(limits_.body_bytes);
  }
  // The shortest end of a chunked body is "0 CRLF CRLF", and the parser asserts that no less is left of one.
  constexpr std::size_t kLeastOfChunks = 5;
  while (!bytes.empty() && (progress_ == Progress::kHeader || progress_ == Progress::kBody)) {
    if (progress_ == Progress::kBody && parser_->chunked() && bytes.size() < kLeastOfChunks) break;
    beast::error_code error;
    const std::size_t body_before = parser_->get().body().size();
    const std::size_t used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    const bool in_header = progress_ == Progress::kHeader;
    // A step reads lines of the header, or some of the body, or a chunk's own line with whatever trailer follows it. The
    // parser's own limit forgets the lines that it has done with.
    const std::size_t framing = used - (parser_->get().body().size() - body_before);
    if (in_header) header_bytes_ += framing;
    const std::size_t unfinished_line = error == http::error::need_more ? bytes.size() : 0;
    if (error == http::error::header_limit ||
        (in_header ? header_bytes_ : framing) + unfinished_line > limits_.header_bytes) {
      Refuse(431, fmt::format("the header is larger than {} bytes", limits_.header_bytes));
    } else if (error == http::error::need_more) {
      break;
    } else if (error == http::error::body_limit) {
      Refuse(413, fmt::format("the body is larger than {} bytes", limits_.body_bytes));
    } else if (error == http::error::bad_version) {
      Refuse(505, "the version is not HTTP/1.0 or HTTP/1.1");
    } else if (error) {
      Refuse(400, fmt::format("not a well-formed HTTP request: {}", error.message()));
    } else {
      if (in_header && parser_->is_header_done()) FinishHeader();
      if (progress_ == Progress::kBody && parser_->is_done()) FinishBody();
    }
  }
  return static_cast<std::size_t>(bytes.data() - begin);
}

void RequestReader::FinishHeader() {
  progress_ = Progress::kBody;
  const auto& header = parser_->get();
  request_ = {};
  request_.method = ToString(header.method_string());
  request_.target = ToString(header.target());
  std::string authority = TakeAuthority(request_.target);

  std::size_t hosts = 0;
  std::optional<std::string> coding;
  gzip_ = false;
  for (const auto& field : header) {
    std::string value = ToString(field.value());
    switch (field.name()) {
      case http::field::host:
        ++hosts;
        if (!authority.empty()) value = authority;
        break;
      case http::field::transfer_encoding: coding = value; break;
      case http::field::content_encoding:
        if (gzip_ || !(EqualsWithoutCase(value, "gzip") || EqualsWithoutCase(value, "x-gzip") ||
                       EqualsWithoutCase(value, "identity"))) {
          return Refuse(415, fmt::format("content encoding {} is not taken: gzip is", value));
        }
        gzip_ = !EqualsWithoutCase(value, "identity");
        break;
      case http::field::expect:
        if (!EqualsWithoutCase(value, "100-continue")) return Refuse(417, fmt::format("{} is not met", value));
        expects_ = header.version() >= 11;
        break;
      default: break;
    }
    request_.headers.push_back({ToString(field.name_string()), std::move(value)});
  }
  if (hosts > 1 || (hosts == 0 && header.version() >= 11)) {
    return Refuse(400, hosts == 0 ? "there is no Host header" : "there is more than one Host header");
  }
  if (coding && !(EqualsWithoutCase(*coding, "chunked") && parser_->chunked())) {
    return Refuse(501, fmt::format("transfer encoding {} is not taken: chunked is", *coding));
  }
  keep_alive_ = header.keep_alive();
}

void RequestReader::FinishBody() {
  std::string body = std::move(parser_->get().body());
  parser_.reset();
  header_bytes_ = 0;
  expects_ = false;
  if (!gzip_) {
    request_.body = std::move(body);
  } else {
    switch (Inflate(body, limits_.body_bytes, &request_.body)) {
      case InflateOutcome::kOk: break;
      case InflateOutcome::kMalformed: return Refuse(400, "the body is not well-formed gzip");
      case InflateOutcome::kTooLarge:
        return Refuse(413, fmt::format("the inflated body is larger than {} bytes", limits_.body_bytes));
    }
  }
  progress_ = Progress::kDone;
}

bool RequestReader::TakeExpectation() {
  return progress_ == Progress::kBody && std::exchange(expects_, false);
}

Request RequestReader::Take() {
  BROKER_CHECK(progress_ == Progress::kDone);
  progress_ = Progress::kNothing;
  return std::exchange(request_, {});
}

void RequestReader::Refuse(int status, std::string why) {
  progress_ = Progress::kRefused;
  refusal_ = {status, std::move(why)};
  parser_.reset();
  request_ = {};
}

std::size_t RequestReader::held_bytes() const {
  return waiting_.size() + request_.body.size() + (parser_ ? parser_->get().body().size() : 0);
}

}  // namespace broker::net
