// Answers as bytes: the frame around an action's output, and refusals, in both protocols. Pure functions.
#pragma once

#include <functional>
#include <string>

#include "broker/aws/fault.h"
#include "broker/aws/request.h"
#include "broker/aws/wire/writer.h"
#include "broker/net/http.h"

namespace broker::aws {

// How an answer is framed.
struct Frame {
  Service service = Service::kSqs;
  Form form = Form::kQuery;
  std::string action;
  std::string request_id;
};

// `write` writes the output's members; none for an action that never answers anything, whose XML answer has no result
// element.
net::Response RenderOutput(const Frame& frame, const std::function<void(Writer&)>& write);
net::Response RenderRefusal(const Frame& frame, const Refusal& refusal);

}  // namespace broker::aws
