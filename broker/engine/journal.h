// The one narrow place where effects become durable: collects what a group of commands writes and the answers that wait
// for it. Records are sealed here; nothing behind this point reads a clock or a random source.
// Confined to the engine's strand.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

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
};

}  // namespace broker::engine
