#include "tests/support/disk_broker.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "broker/base/check.h"

namespace broker::test {
namespace {

constexpr std::uint32_t kBatch = 1'000;

}  // namespace

DiskBroker::DiskBroker() {
  auto data = storage::DataFolder::Open(folder_ / "data", chance_);
  BROKER_CHECK(data.ok());
  data_ = std::move(data).value();
  auto engine = engine::Engine::Open({clock_, chance_, data_->kv(), strand_, reads_}, {}, data_->committer().state());
  BROKER_CHECK(engine.ok());
  engine_ = std::move(engine).value();
  Drain();
}

DiskBroker::~DiskBroker() {
  strand_.Drop();
  reads_.Drop();
  engine_.reset();
}

void DiskBroker::Drain() {
  for (;;) {
    bool worked = false;
    while (!reads_.empty() || !strand_.empty()) {
      if (!reads_.empty()) {
        reads_.RunFirst();
      } else {
        strand_.RunFirst();
      }
      worked = true;
    }
    if (auto group = engine_->TakeGroup()) {
      if (group->commit.batch != nullptr) BROKER_CHECK(data_->committer().Commit(std::move(group->commit)).ok());
      engine_->Committed(std::move(*group));
      worked = true;
    }
    if (!worked && reads_.empty() && strand_.empty()) return;
  }
}

void DiskBroker::CreateQueue(const std::string& name, model::QueueSettings settings) {
  bool created = false;
  engine_->CreateQueue({}, name, std::move(settings), [&](auto result) { created = result.ok(); });
  Drain();
  BROKER_CHECK(created);
}

void DiskBroker::Publish(const std::string& queue, std::uint64_t count, std::size_t body_bytes) {
  while (count > 0) {
    engine::PublishRequest request;
    request.target = {model::ResourceKind::kQueue, queue};
    request.entries.resize(std::min<std::uint64_t>(count, kBatch));
    for (auto& entry : request.entries) {
      // Not compressible: what is on disk is what was published.
      while (entry.content.body.size() < body_bytes) {
        const std::uint64_t word = chance_.Next64();
        entry.content.body.append(reinterpret_cast<const char*>(&word), sizeof(word));
      }
      entry.content.body.resize(body_bytes);
    }
    count -= request.entries.size();
    bool published = false;
    engine_->Publish({}, std::move(request), [&](auto result) { published = result.ok(); });
    Drain();
    BROKER_CHECK(published);
  }
}

std::uint64_t DiskBroker::ReceiveAndAckAll(const std::string& queue) {
  const model::Target source{model::ResourceKind::kQueue, queue};
  for (std::uint64_t total = 0;;) {
    std::vector<std::string> receipts;
    engine_->Receive({}, {.source = source, .max_messages = kBatch}, [&](Result<engine::ReceiveResponse> result) {
      for (const auto& delivery : result->deliveries) receipts.push_back(delivery.receipt);
    });
    Drain();
    if (receipts.empty()) return total;
    total += receipts.size();
    engine_->Ack({}, source, std::move(receipts), [](Result<engine::SettleResponse> result) {
      for (const Status& status : result->results) BROKER_CHECK(status.ok());
    });
    Drain();
  }
}

void DiskBroker::Advance(Nanos by) {
  const MonotonicTime end = clock_.Monotonic() + by;
  for (;;) {
    Drain();
    const auto next = engine_->NextDeadline();
    if (!next || *next > end) break;
    clock_.Advance(std::max(*next - clock_.Monotonic(), Nanos{0}));
    engine_->RunDue();
  }
  clock_.Advance(end - clock_.Monotonic());
  Drain();
}

std::uint64_t DiskBroker::FolderBytes() const { return test::FolderBytes(folder_.path(), ".log"); }

std::uint64_t DiskBroker::ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace broker::test
