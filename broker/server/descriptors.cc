#include "broker/server/descriptors.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace broker::server {
namespace {

// Beside its table files: write-ahead logs, folders, what is being written, tables that are in use while others are
// opened; and the daemon's own listeners, pollers and files. About 50 are there at rest.
constexpr std::uint64_t kBesideTables = 96;
constexpr std::uint64_t kFewestTables = 32;
constexpr std::uint64_t kMostTables = 512;
constexpr std::uint64_t kMostConnections = 30'000;  // of both faces: each costs memory, too

}  // namespace

std::uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

Result<Descriptors> ShareDescriptors(std::uint64_t limit) {
  if (limit < kFewestDescriptors) {
    return Error(ErrorCode::kInvalidArgument, "TOO_FEW_DESCRIPTORS",
                 fmt::format("the process may open {} files, and needs {} at least: raise the limit (ulimit -n, "
                             "LimitNOFILE)",
                             limit, kFewestDescriptors));
  }
  const std::uint64_t tables = std::clamp(limit / 8, kFewestTables, kMostTables);
  const std::uint64_t room = std::min(limit - tables - kBesideTables, kMostConnections);
  const std::uint64_t http = room / 3;
  return Descriptors{.limit = limit,
                     .table_files = static_cast<int>(tables),
                     .http_connections = http,
                     .http_below = static_cast<int>(room),
                     .grpc_below = static_cast<int>(room - http)};
}

}  // namespace broker::server
