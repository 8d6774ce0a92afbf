#include "broker/aws/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/aws/arn.h"
#include "broker/aws/wire/percent.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Refusal Incomplete(std::string message) { return Refuse(CommonFault::kIncompleteSignature, std::move(message)); }

bool IsSignature(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "AKID/20260102/us-east-1/sqs/aws4_request"; an access key may itself contain slashes.
Result<void, Refusal> ReadCredential(std::string_view text, Signature& out) {
  std::vector<std::string> parts = Split(text, '/');
  if (parts.size() < 5) {
    return Incomplete(
        fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                    "keyid/date/region/service/term, got '{}'",
                    Shown(text)));
  }
  if (parts.back() != "aws4_request") {
    return Incomplete(fmt::format("Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.",
                                  Shown(parts.back())));
  }
  const auto last = parts.end();
  out.service = std::move(last[-2]);
  out.region = std::move(last[-3]);
  out.date = std::move(last[-4]);
  out.access_key = text.substr(0, text.size() - (out.date.size() + out.region.size() + out.service.size() +
                                                 std::string_view("aws4_request").size() + 4));
  const bool dated = out.date.size() == 8 && out.date.find_first_not_of("0123456789") == std::string::npos;
  if (out.access_key.empty() || !IsRegion(out.region) || out.service.empty() || !dated) {
    return Incomplete(fmt::format("Credential has an empty or malformed element: '{}'", Shown(text)));
  }
  return {};
}

Result<std::optional<Signature>, Refusal> FromHeader(std::string_view header, bool dated) {
  const std::size_t space = std::min(header.find(' '), header.size());
  if (header.substr(0, space) != kAlgorithm) {
    return Incomplete(fmt::format("Unsupported AWS 'algorithm': '{}'.", Shown(header.substr(0, space))));
  }
  std::optional<std::string_view> credential, signature, signed_headers;
  const std::vector<std::string> parts = Split(header.substr(space), ',');
  for (const std::string& part : parts) {
    const std::string_view pair = Trim(part);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (name == "Credential") credential = value;
    if (name == "Signature") signature = value;
    if (name == "SignedHeaders") signed_headers = value;
  }
  std::string missing;
  if (!credential) missing += "Authorization header requires 'Credential' parameter. ";
  if (!signature) missing += "Authorization header requires 'Signature' parameter. ";
  if (!signed_headers) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (!dated) missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (!missing.empty()) return Incomplete(missing + fmt::format("Authorization={}", Shown(header)));
  Signature read;
  if (auto done = ReadCredential(*credential, read); !done.ok()) return std::move(done).error();
  if (!IsSignature(*signature)) {
    return Incomplete(fmt::format("Signature must be 64 hexadecimal digits, got '{}'", Shown(*signature)));
  }
  read.signature = *signature;
  read.signed_headers = Split(*signed_headers, ';');
  return std::optional(std::move(read));
}

// X-Amz-* parameters of a presigned URL.
Result<std::optional<Signature>, Refusal> FromQuery(std::string_view query) {
  const auto parameter = [query](std::string_view name) -> std::optional<std::string> {
    for (const std::string& pair : Split(query, '&')) {
      const std::size_t equals = std::min(pair.find('='), pair.size());
      const auto decoded = PercentDecode(std::string_view(pair).substr(0, equals), true);
      if (decoded && *decoded == name)
        return PercentDecode(std::string_view(pair).substr(std::min(equals + 1, pair.size())), true);
    }
    return std::nullopt;
  };
  const auto algorithm = parameter("X-Amz-Algorithm");
  if (!algorithm) return std::optional<Signature>();
  if (*algorithm != kAlgorithm) return Incomplete(fmt::format("Unsupported AWS 'algorithm': '{}'.", Shown(*algorithm)));
  std::string missing;
  for (const char* const name :
       {"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires"}) {
    if (!parameter(name)) missing += fmt::format("AWS query-string parameters must include '{}'. ", name);
  }
  if (!missing.empty()) return Incomplete(missing + "Re-examine the query-string parameters.");
  Signature read;
  if (auto done = ReadCredential(*parameter("X-Amz-Credential"), read); !done.ok()) return std::move(done).error();
  read.signature = *parameter("X-Amz-Signature");
  if (!IsSignature(read.signature)) {
    return Incomplete(fmt::format("Signature must be 64 hexadecimal digits, got '{}'", Shown(read.signature)));
  }
  read.signed_headers = Split(*parameter("X-Amz-SignedHeaders"), ';');
  read.presigned = true;
  return std::optional(std::move(read));
}

}  // namespace

Result<std::optional<Signature>, Refusal> ReadSignature(const net::Request& request) {
  if (const auto header = request.Find("Authorization")) {
    return FromHeader(*header, request.Find("X-Amz-Date") || request.Find("Date"));
  }
  return FromQuery(request.query());
}

}  // namespace broker::aws
