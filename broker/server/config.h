// What brokerd can be told, with the defaults. How it is told - flags, environment, file - is in settings.h and
// load_config.h. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/server/listen_address.h"

namespace broker::server {

// Which thread makes commit groups durable: the engine's own, between two rounds; one of its own, while the engine gathers
// the next group; or small groups the one, large ones the other. See broker/server/README.md for what was measured.
enum class CommitMode { kAuto, kInline, kThread };

struct Config {
  std::string data = "data";
  ListenAddress grpc_address{"127.0.0.1", 8085};
  ListenAddress http_address{"127.0.0.1", 4566};
  bool insecure = false;  // listen beyond this machine, although nothing is encrypted and nobody is asked who they are

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  Nanos shutdown_grace = std::chrono::seconds(10);
  Nanos clock_max_forward = std::chrono::hours(24 * 7);

  CommitMode commit = CommitMode::kAuto;
  std::uint64_t block_cache_bytes = 64u << 20;
  std::uint64_t write_buffer_bytes = 64u << 20;
  std::uint64_t tail_cache_bytes = 64u << 20;
  std::uint64_t read_ahead_bytes = 64u << 20;

  // Per namespace.
  std::uint64_t max_topics = 100'000;
  std::uint64_t max_queues = 100'000;
  std::uint64_t max_subscriptions = 100'000;
  std::uint64_t max_snapshots = 5'000;
  std::uint64_t max_running_tasks = 100;

  std::map<std::string, std::string, std::less<>> namespace_alias;

  std::string aws_public_url;  // of queue URLs and certificates, without a slash at its end; empty: as the caller called
  std::string aws_region = "us-east-1";  // of callers that name none
  bool aws_strict = true;                // AWS's own limits and waiting rules
};

}  // namespace broker::server
