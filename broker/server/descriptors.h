// How the descriptors that the process may open are shared out, so that no crowd of clients takes what the store needs
// to go on, nor one face what the other needs to be reached.
//
//   0 ......................... grpc_below ............ http_below ............ limit
//   gRPC's connections, and what else is there | kept for HTTP's |  the store's and the rest
//
// The system gives the lowest descriptor that is free. A face closes a connection at once whose descriptor is not below
// its bound; HTTP also counts its own.
//
// Immutable values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/result.h"

namespace broker::server {

struct Descriptors {
  std::uint64_t limit = 0;           // of the process
  int table_files = 0;               // that the store keeps open
  std::size_t http_connections = 0;  // at most
  int http_below = 0;
  int grpc_below = 0;

  // So few that an operator should know.
  bool few() const { return limit < 4'096; }
};

inline constexpr std::uint64_t kFewestDescriptors = 256;

// As many as the system lets this process have, which is what it may open from then on.
std::uint64_t RaiseDescriptorLimit();

// Errors: kInvalidArgument (reason TOO_FEW_DESCRIPTORS) below kFewestDescriptors, naming both.
Result<Descriptors> ShareDescriptors(std::uint64_t limit);

}  // namespace broker::server
