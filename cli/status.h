// gRPC statuses of the broker read back into the broker's own errors, and into words that name flags instead of
// protocol fields. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "broker/base/error.h"
#include "broker/v1/common.pb.h"
#include "cli/connection.h"

namespace broker::cli {

// REQUIRES: !status.ok(). With the details that the broker sent; a failure to connect has the reason CANNOT_CONNECT,
// no answer within the deadline NO_ANSWER.
Error ErrorOf(const grpc::Status& status, const Connection& connection);

// Of one entry of a batch.
Error ErrorOf(const v1::EntryError& entry);

// The flag or argument that sets a request's field: "queue.visibility_timeout" is "--visibility-timeout",
// "messages[3].body" is "--body". A field without one is itself.
std::string FlagOf(std::string_view field);

// What to write to standard error: the message with one line per violation, and what to do where that is known.
std::string Describe(const Error& error, const Connection& connection);

}  // namespace broker::cli
