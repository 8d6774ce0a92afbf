// What an HTTP request asks for: which service, in which protocol, which action, with which input. Pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/fault.h"
#include "broker/aws/sigv4.h"
#include "broker/aws/wire/value.h"
#include "broker/net/http.h"

namespace broker::aws {

enum class Service { kSqs, kSns };

struct Asked {
  Service service = Service::kSqs;
  Form form = Form::kQuery;
  std::string action;                      // empty when refused before it was known
  Value input;                             // an object
  bool at_queue = false;                   // sent to a queue's own path, which is the input's QueueUrl unless it has one
  std::optional<Signature> signature;
  std::optional<Refusal> refusal;          // what is wrong, to be said in `form` and by `service`
};

// Whether a request is for this face at all: by its target header, or by its path. Here and below `base` is the path of
// the daemon's own URL, of which a path may be below.
bool Claims(const net::Request& request, std::string_view base = {});

// The service, by what is surest: the target header; the signature's scope; the parameter Version; a queue's path.
// Else SQS, unless the action is one that only SNS has.
Asked Understand(const net::Request& request, const std::function<bool(std::string_view)>& only_sns_has,
                 std::string_view base = {});

}  // namespace broker::aws
