// The broker's errors as this face says them: gRPC statuses with details, and errors of single entries.
// Pure functions.
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "broker/base/error.h"
#include "broker/v1/common.pb.h"

namespace broker::native {

grpc::StatusCode ToCode(ErrorCode code);

// With ErrorInfo, and BadRequest and ResourceInfo where there is something to say, in the status's details. What is
// long is cut so that the whole stays far below the 8 KiB of metadata that a client accepts by default.
grpc::Status ToStatus(const Error& error);

void ToEntryError(const Error& error, v1::EntryError* out);

// Renames the fields of an error's violations from the engine's structs to the request's: "delivery.retention" becomes
// "queue.retention" for `prefix` "queue.".
Error InRequest(Error error, std::string_view prefix);

}  // namespace broker::native
