// One engine over a real data folder, run on one thread: what costs memory and disk is measured here. Time stands still
// until Advance. Reads run at once, commits are synced as the engine asks.
// Confined to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/engine/engine.h"
#include "storage/data_folder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sim_executor.h"
#include "tests/support/temp_folder.h"

namespace broker::test {

class DiskBroker {
 public:
  DiskBroker();
  ~DiskBroker();

  engine::Engine& engine() { return *engine_; }
  void CreateQueue(const std::string& name, model::QueueSettings settings = {});
  // `count` messages with bodies of so many bytes, in batches of up to 1,000.
  void Publish(const std::string& queue, std::uint64_t count, std::size_t body_bytes);
  // Receives and acks until nothing is ready; answers how many.
  std::uint64_t ReceiveAndAckAll(const std::string& queue);
  void Advance(Nanos by);
  void Drain();

  // Bytes of the data folder's files, the write-ahead log aside.
  std::uint64_t FolderBytes() const;
  static std::uint64_t ResidentBytes();

 private:
  TempFolder folder_;
  ManualClock clock_;
  SeededEntropy chance_{1};
  SimExecutor strand_;
  SimExecutor reads_;
  std::unique_ptr<storage::DataFolder> data_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace broker::test
