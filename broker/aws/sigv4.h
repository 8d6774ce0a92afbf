// Reads a request's signature (Signature Version 4): who signed, and for which region and service. Not here: whether
// the signature is right.
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/base/result.h"
#include "broker/net/http.h"

namespace broker::aws {

struct Signature {
  std::string access_key;
  std::string date;  // of the scope: "20260102"
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;
  std::string signature;  // 64 hexadecimal digits
  bool presigned = false;
};

// From the Authorization header, else from the query string; nullopt when the request is not signed.
// Errors: IncompleteSignature, saying what is missing or malformed.
Result<std::optional<Signature>, Refusal> ReadSignature(const net::Request& request);

}  // namespace broker::aws
