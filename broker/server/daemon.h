// brokerd put together: data folder, engine, faces, threads. The only place that composes.
//
// Threads: the caller's, which waits for signals and looks at the free space once a second; the strand, on which the
// engine, the native API and, with CommitMode::kInline, the commits run; one for the commits that are not made there; two
// for reads; one for HTTP; and those of gRPC and of the store.
#pragma once

#include "broker/server/config.h"
#include "broker/server/exit_code.h"
#include "broker/server/signals.h"

namespace broker::server {

// Runs until a signal, then stops in order: not ready, no new calls, finish what is in flight, give back the leases of
// open streams uncounted, sync, close. What keeps it from starting is said in one line on standard error.
ExitCode RunDaemon(const Config& config, StopSignals& signals);

}  // namespace broker::server
