// A request's first line of input is its Authorization header, the second its target, the rest its body: whatever they
// are, it is understood or refused with a code, and a signature that is taken has all its parts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "broker/aws/identity.h"
#include "broker/aws/request.h"
#include "broker/base/check.h"
#include "broker/base/utf8.h"

namespace {

std::string_view TakeLine(std::string_view& bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  broker::net::Request request{.method = "POST", .headers = {{"Host", "h"}, {"Date", "now"}}};
  if (const std::string_view header = TakeLine(bytes); !header.empty()) {
    request.headers.push_back({"Authorization", std::string(header)});
  }
  request.target = "/" + std::string(TakeLine(bytes));
  request.body = bytes;
  const auto asked = broker::aws::Understand(request, [](std::string_view action) { return action == "Publish"; });
  if (asked.refusal) {
    BROKER_CHECK(!asked.refusal->fault.code.empty() && asked.refusal->fault.status >= 400);
    BROKER_CHECK(broker::IsUtf8(asked.refusal->message));
    return 0;
  }
  BROKER_CHECK(!asked.action.empty());
  if (asked.signature) {
    const auto& signature = *asked.signature;
    BROKER_CHECK(!signature.access_key.empty() && !signature.region.empty() && !signature.service.empty());
    BROKER_CHECK(signature.signature.size() == 64 && !signature.signed_headers.empty());
  }
  const auto caller = broker::aws::Identity::Of(request, asked.signature, {});
  BROKER_CHECK(broker::aws::Arn::Parse(caller.QueueArn("q")).has_value() || caller.region.find(':') != std::string::npos);
  return 0;
}
