// A store that counts what is written to it, per family: the costs that the design promises are tests over these.
// Confined to one thread, except for reads, which pass through.
#pragma once

#include <array>
#include <map>
#include <string>

#include "storage/kv.h"

namespace broker::test {

struct FamilyCounts {
  std::uint64_t puts = 0;
  std::uint64_t bytes = 0;  // of keys and values
  std::uint64_t deletes = 0;
  std::uint64_t range_deletes = 0;
};

class CountingKv final : public storage::Kv {
 public:
  explicit CountingKv(storage::Kv& kv) : kv_(kv) {}

  // Since the last Reset.
  const FamilyCounts& of(storage::Family family) const { return counts_[static_cast<std::size_t>(family)]; }
  std::uint64_t groups() const { return groups_; }
  std::uint64_t synced_groups() const { return synced_groups_; }
  std::uint64_t total_puts() const;
  std::uint64_t total_bytes() const;
  // The most often that one key of the family was put within one group.
  std::uint64_t most_puts_of_one_key(storage::Family family) const;
  void Reset();
  // Key by key counting costs; off until asked for.
  void CountKeys() { count_keys_ = true; }

  Result<std::optional<std::string>> Get(storage::Family family, std::string_view key,
                                         storage::ReadMode mode) const override {
    return kv_.Get(family, key, mode);
  }
  Status Scan(storage::Family family, std::string_view from, std::string_view to, storage::ReadMode mode,
              const storage::Visitor& visit) const override {
    return kv_.Scan(family, from, to, mode, visit);
  }
  Result<std::optional<std::pair<std::string, std::string>>> Last(storage::Family family, std::string_view from,
                                                                  std::string_view to) const override {
    return kv_.Last(family, from, to);
  }
  std::unique_ptr<storage::Batch> NewBatch() override;
  Status Write(std::unique_ptr<storage::Batch> batch, storage::Sync sync) override;
  std::unique_ptr<storage::Reader> NewSnapshot() const override { return kv_.NewSnapshot(); }
  void Reclaim(storage::Family family, std::string_view from, std::string_view to, std::uint64_t bytes) override {
    kv_.Reclaim(family, from, to, bytes);
  }
  std::optional<Error> BackgroundError() const override { return kv_.BackgroundError(); }

 private:
  class CountingBatch;

  storage::Kv& kv_;
  std::array<FamilyCounts, storage::kFamilyCount> counts_{};
  std::array<std::uint64_t, storage::kFamilyCount> most_{};
  std::uint64_t groups_ = 0;
  std::uint64_t synced_groups_ = 0;
  bool count_keys_ = false;
};

}  // namespace broker::test
