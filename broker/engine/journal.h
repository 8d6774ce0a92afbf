// The one narrow place where effects become durable: collects what a group of commands writes and the answers that wait
// for it. Records are sealed here; nothing behind this point reads a clock or a random source.
//
// Groups are numbered. One is being built; the one before it may be under way to the disk; all earlier ones are durable:
//   committed() < group() <= committed() + 2
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/check.h"
#include "broker/engine/commands.h"
#include "storage/kv.h"
#include "storage/record_codec.h"

namespace broker::engine {

class Journal {
 public:
  explicit Journal(storage::Kv& kv) : kv_(kv) {}

  void Put(storage::Family family, std::string_view key, const google::protobuf::MessageLite& record) {
    batch().Put(family, key, storage::Seal(key, record));
  }
  void PutEmpty(storage::Family family, std::string_view key) { batch().Put(family, key, {}); }
  void Delete(storage::Family family, std::string_view key) { batch().Delete(family, key); }
  void DeleteRange(storage::Family family, std::string_view from, std::string_view to) {
    batch().DeleteRange(family, from, to);
  }
  // Without this a group is written but not synced.
  void RequireSync() { sync_ = true; }
  bool syncs() const { return sync_; }

  // `done` runs with `result` once the group is durable.
  template <class T>
  void Answer(Done<T> done, Result<T> result) {
    answers_.push_back([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
  }
  // Runs once the group is durable.
  void After(std::function<void()> work) { answers_.push_back(std::move(work)); }

  bool empty() const { return batch_ == nullptr && answers_.empty(); }
  bool has_effects() const { return batch_ != nullptr; }

  // The number of the group that is being built.
  std::uint64_t group() const { return group_; }
  // The last that is durable.
  std::uint64_t committed() const { return committed_; }
  // Whatever was written until now is in this group or an earlier one.
  std::uint64_t newest() const { return has_effects() ? group_ : group_ - 1; }
  bool all_durable() const { return newest() <= committed_; }
  bool under_way() const { return under_way_; }
  // The group that was built is on its way, and the next begins. REQUIRES: none is under way.
  void BeginCommit() {
    BROKER_CHECK(!under_way_);
    under_way_ = true;
    ++group_;
  }
  void EndCommit() {
    BROKER_CHECK(under_way_);
    under_way_ = false;
    committed_ = group_ - 1;
  }

  std::unique_ptr<storage::Batch> TakeBatch() { return std::move(batch_); }
  std::vector<std::function<void()>> TakeAnswers() { return std::exchange(answers_, {}); }
  storage::Sync TakeSync() { return std::exchange(sync_, false) ? storage::Sync::kYes : storage::Sync::kNo; }

 private:
  storage::Batch& batch() {
    if (batch_ == nullptr) batch_ = kv_.NewBatch();
    return *batch_;
  }

  storage::Kv& kv_;
  std::unique_ptr<storage::Batch> batch_;
  std::vector<std::function<void()>> answers_;
  bool sync_ = false;
  std::uint64_t group_ = 1;
  std::uint64_t committed_ = 0;
  bool under_way_ = false;
};

}  // namespace broker::engine
