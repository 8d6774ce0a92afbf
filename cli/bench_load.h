// The load of `bench`: threads that publish to one target and threads that receive from its sources, each with a client
// of its own, until everything is received, the time is over, or the user interrupts.
//
// Thread contract: RunLoad is called on the command's thread and returns when its threads have ended.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "cli/client.h"

namespace broker::cli {

struct LoadPlan {
  std::string target;                // a topic or a queue
  std::vector<std::string> sources;  // from which to receive; empty: only publish
  std::uint64_t messages = 10'000;   // to publish
  std::uint32_t batch = 1;           // messages in one publish
  std::uint32_t receive_batch = 100;
  std::size_t size_bytes = 1'024;
  std::uint32_t publishers = 4;
  std::uint32_t consumers = 4;  // of each source
  Nanos at_most{0};             // of the whole load
};

// What one kind of call did. Latencies in nanoseconds, sorted: of a publish from call to answer, of a delivery from before
// its publish to its arrival.
struct LoadResult {
  std::uint64_t messages = 0;
  double seconds = 0;  // from the load's beginning to the last of them
  std::vector<std::int64_t> latencies;
};

struct LoadReport {
  LoadResult published;
  LoadResult received;
  bool finished = false;  // everything was published and received
};

using NewClient = std::function<Client()>;
// Called now and then on the command's thread with what has been published and received; false: stop.
using LoadProgress = std::function<bool(std::uint64_t published, std::uint64_t received)>;

// Errors: the first one of any call.
Result<LoadReport> RunLoad(const LoadPlan& plan, const NewClient& new_client, const Clock& clock,
                           const LoadProgress& progress);

// The value below which `share` (0 to 1) of the sorted latencies lie; 0 for none.
std::int64_t Percentile(const std::vector<std::int64_t>& sorted, double share);

}  // namespace broker::cli
