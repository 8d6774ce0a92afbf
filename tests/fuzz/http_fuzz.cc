// Bytes of a connection. Whatever they are: fed at once, byte by byte, or in pieces, they are the same requests and the
// same refusal, within the limits.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/check.h"
#include "broker/net/request_reader.h"

namespace {

using broker::net::Request;
using broker::net::RequestReader;

constexpr broker::net::Limits kLimits{.header_bytes = 512, .body_bytes = 1'024};

struct Story {
  std::vector<Request> requests;
  RequestReader::Progress progress = RequestReader::Progress::kNothing;
  int status = 0;
};

Story Tell(std::string_view bytes, std::size_t piece) {
  RequestReader reader(kLimits);
  Story story;
  while (true) {
    const std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    story.progress = reader.Feed(part);
    while (story.progress == RequestReader::Progress::kDone) {
      story.requests.push_back(reader.Take());
      BROKER_CHECK(story.requests.back().body.size() <= kLimits.body_bytes);
      story.progress = reader.Feed({});
    }
    if (bytes.empty() || story.progress == RequestReader::Progress::kRefused) break;
  }
  if (story.progress == RequestReader::Progress::kRefused) {
    story.status = reader.refusal().status;
    BROKER_CHECK(story.status >= 400 && !reader.refusal().why.empty() && reader.held_bytes() == 0);
  }
  return story;
}

void CheckSame(const Story& a, const Story& b) {
  BROKER_CHECK(a.requests.size() == b.requests.size());
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    const Request& x = a.requests[i];
    const Request& y = b.requests[i];
    BROKER_CHECK(x.method == y.method && x.target == y.target && x.body == y.body);
    BROKER_CHECK(x.headers.size() == y.headers.size());
    for (std::size_t k = 0; k < x.headers.size(); ++k) {
      BROKER_CHECK(x.headers[k].name == y.headers[k].name && x.headers[k].value == y.headers[k].value);
    }
  }
  // A fault may be seen as soon as its line is there, or only when the whole header is; but nothing follows it.
  const auto is_open = [](const Story& story) { return story.progress != RequestReader::Progress::kNothing; };
  BROKER_CHECK(is_open(a) == is_open(b));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Story whole = Tell(bytes, size + 1);
  CheckSame(whole, Tell(bytes, 1));
  CheckSame(whole, Tell(bytes, 7));
  return 0;
}
