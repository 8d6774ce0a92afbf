#include "tests/support/counting_kv.h"

#include <algorithm>

namespace broker::test {

using storage::Family;

class CountingKv::CountingBatch final : public storage::Batch {
 public:
  CountingBatch(std::unique_ptr<storage::Batch> inner, bool count_keys)
      : inner_(std::move(inner)), count_keys_(count_keys) {}

  void Put(Family family, std::string_view key, std::string_view value) override {
    FamilyCounts& counts = counts_[static_cast<std::size_t>(family)];
    ++counts.puts;
    counts.bytes += key.size() + value.size();
    if (count_keys_) ++keys_[static_cast<std::size_t>(family)][std::string(key)];
    inner_->Put(family, key, value);
  }
  void Delete(Family family, std::string_view key) override {
    ++counts_[static_cast<std::size_t>(family)].deletes;
    inner_->Delete(family, key);
  }
  void DeleteRange(Family family, std::string_view from, std::string_view to) override {
    ++counts_[static_cast<std::size_t>(family)].range_deletes;
    inner_->DeleteRange(family, from, to);
  }
  std::size_t size_bytes() const override { return inner_->size_bytes(); }

  std::unique_ptr<storage::Batch> inner_;
  bool count_keys_;
  std::array<FamilyCounts, storage::kFamilyCount> counts_{};
  std::array<std::map<std::string, std::uint64_t>, storage::kFamilyCount> keys_;
};

std::unique_ptr<storage::Batch> CountingKv::NewBatch() {
  return std::make_unique<CountingBatch>(kv_.NewBatch(), count_keys_);
}

Status CountingKv::Write(std::unique_ptr<storage::Batch> batch, storage::Sync sync) {
  auto& counted = static_cast<CountingBatch&>(*batch);
  ++groups_;
  if (sync == storage::Sync::kYes) ++synced_groups_;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i].puts += counted.counts_[i].puts;
    counts_[i].bytes += counted.counts_[i].bytes;
    counts_[i].deletes += counted.counts_[i].deletes;
    counts_[i].range_deletes += counted.counts_[i].range_deletes;
    for (const auto& [key, puts] : counted.keys_[i]) most_[i] = std::max(most_[i], puts);
  }
  return kv_.Write(std::move(counted.inner_), sync);
}

std::uint64_t CountingKv::total_puts() const {
  std::uint64_t total = 0;
  for (const FamilyCounts& counts : counts_) total += counts.puts;
  return total;
}

std::uint64_t CountingKv::total_bytes() const {
  std::uint64_t total = 0;
  for (const FamilyCounts& counts : counts_) total += counts.bytes;
  return total;
}

std::uint64_t CountingKv::most_puts_of_one_key(Family family) const {
  return most_[static_cast<std::size_t>(family)];
}

void CountingKv::Reset() {
  counts_ = {};
  most_ = {};
  groups_ = 0;
  synced_groups_ = 0;
}

}  // namespace broker::test
