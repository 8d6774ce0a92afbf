#include "storage/rocksdb_kv.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include <array>

#include "broker/base/check.h"
#include "broker/base/log.h"
#include "broker/base/mutex.h"
#include "storage/rocksdb_error.h"
#include "storage/rocksdb_reader.h"
#include "storage/rocksdb_reclaimer.h"
#include "storage/rocksdb_tuning.h"

namespace broker::storage {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// RocksDB's own threads report here. Thread-safe.
class ErrorListener final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    Error error = RocksdbError("a background job of the store failed", *status);
    Log(LogLevel::kError, "storage_background_error", {{"error", error.message}});
    MutexLock lock(mutex_);
    if (!error_ || error_->code == ErrorCode::kStorageFull) error_ = std::move(error);  // which may pass: the others do not
  }
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    if (!info.new_bg_error.ok()) return;
    Log(LogLevel::kInfo, "storage_background_error_over");
    MutexLock lock(mutex_);
    if (error_ && error_->code == ErrorCode::kStorageFull) error_.reset();
  }
  std::optional<Error> error() const {
    MutexLock lock(mutex_);
    return error_;
  }

 private:
  mutable Mutex mutex_;
  std::optional<Error> error_ BROKER_GUARDED_BY(mutex_);
};

class RocksdbBatch final : public Batch {
 public:
  explicit RocksdbBatch(const FamilyHandles& families) : families_(families) {}

  void Put(Family family, std::string_view key, std::string_view value) override {
    Check(batch_.Put(Handle(family), ToSlice(key), ToSlice(value)));
  }
  void Delete(Family family, std::string_view key) override { Check(batch_.Delete(Handle(family), ToSlice(key))); }
  void DeleteRange(Family family, std::string_view from, std::string_view to) override {
    if (from >= to) return;  // RocksDB refuses such a batch when it is written
    ++range_deletions_[static_cast<std::size_t>(family)];
    Check(batch_.DeleteRange(Handle(family), ToSlice(from), ToSlice(to)));
  }

  std::size_t size_bytes() const override { return batch_.GetDataSize(); }

  rocksdb::WriteBatch& batch() { return batch_; }
  std::uint64_t range_deletions(Family family) const { return range_deletions_[static_cast<std::size_t>(family)]; }

 private:
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return families_[static_cast<std::size_t>(family)]; }
  // Fails only past 4 GiB in one key or value, or in a batch that was given a limit.
  static void Check(const rocksdb::Status& status) { BROKER_CHECK(status.ok()); }

  const FamilyHandles& families_;
  rocksdb::WriteBatch batch_;
  std::array<std::uint64_t, kFamilyCount> range_deletions_{};
};

// Owns a RocksDB opened for reading only.
class ReadOnlyMeta final : public Reader {
 public:
  ReadOnlyMeta(std::unique_ptr<rocksdb::DB> db, rocksdb::ColumnFamilyHandle* meta)
      : db_(std::move(db)), families_(kFamilyCount, nullptr), reader_(*db_, families_, nullptr) {
    families_[static_cast<std::size_t>(Family::kMeta)] = meta;
  }
  ~ReadOnlyMeta() override {
    db_->DestroyColumnFamilyHandle(families_[static_cast<std::size_t>(Family::kMeta)]).PermitUncheckedError();
  }
  ReadOnlyMeta(const ReadOnlyMeta&) = delete;
  ReadOnlyMeta& operator=(const ReadOnlyMeta&) = delete;

  Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const override {
    return reader_.Get(family, key, mode);
  }
  Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
              const Visitor& visit) const override {
    return reader_.Scan(family, from, to, mode, visit);
  }
  Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                  std::string_view to) const override {
    return reader_.Last(family, from, to);
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  FamilyHandles families_;
  RocksdbReader reader_;
};

}  // namespace

class RocksdbKv::Impl {
 public:
  Impl(std::unique_ptr<rocksdb::DB> opened, FamilyHandles handles, std::shared_ptr<ErrorListener> errors,
       const RocksdbOptions& options)
      : listener(std::move(errors)),
        db(std::move(opened)),
        families(std::move(handles)),
        present(*db, families, nullptr),
        reclaimer(std::make_unique<RocksdbReclaimer>(*db, families, options.reclaim_bytes,
                                                     [this](Error error) { Fail(std::move(error)); })) {}
  ~Impl() {
    reclaimer.reset();
    // What was not synced would survive a power cut soon after a clean stop, too. Not after an error: RocksDB builds
    // with assertions end the process when a file that failed once is touched again.
    if (!Failure() && !listener->error()) db->SyncWAL().PermitUncheckedError();
    for (auto* family : families) db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
    db->Close().PermitUncheckedError();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<Error> Failure() const {
    MutexLock lock(mutex);
    return failed;
  }
  void Fail(Error error) {
    Log(LogLevel::kError, "storage_failed", {{"error", error.message}});
    MutexLock lock(mutex);
    if (!failed) failed = std::move(error);
  }

  const std::shared_ptr<ErrorListener> listener;
  const std::unique_ptr<rocksdb::DB> db;
  const FamilyHandles families;
  const RocksdbReader present;
  mutable Mutex mutex;
  std::optional<Error> failed BROKER_GUARDED_BY(mutex);
  std::unique_ptr<RocksdbReclaimer> reclaimer;
};

RocksdbKv::RocksdbKv(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksdbKv::~RocksdbKv() = default;

Result<std::unique_ptr<RocksdbKv>> RocksdbKv::Open(const std::string& folder, const RocksdbOptions& options) {
  auto listener = std::make_shared<ErrorListener>();
  rocksdb::DBOptions db_options = DbOptions(options);
  db_options.listeners.push_back(listener);
  FamilyHandles families;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, folder, FamilyDescriptors(options), &families, &db);
  if (!status.ok()) return RocksdbError(fmt::format("opening the store in {} failed", folder), status);
  return std::unique_ptr<RocksdbKv>(new RocksdbKv(std::make_unique<Impl>(
      std::unique_ptr<rocksdb::DB>(db), std::move(families), std::move(listener), options)));
}

Result<std::unique_ptr<Reader>> RocksdbKv::OpenMetaReadOnly(const std::string& folder, const RocksdbOptions& options) {
  rocksdb::DBOptions db_options = DbOptions(options);
  db_options.create_if_missing = false;
  if (db_options.env->FileExists(folder + "/CURRENT").IsNotFound()) return std::unique_ptr<Reader>();
  const std::vector<rocksdb::ColumnFamilyDescriptor> meta{
      FamilyDescriptors(options)[static_cast<std::size_t>(Family::kMeta)]};
  FamilyHandles families;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(db_options, folder, meta, &families, &db);
  if (!status.ok()) return RocksdbError(fmt::format("reading the store in {} failed", folder), status);
  return std::unique_ptr<Reader>(std::make_unique<ReadOnlyMeta>(std::unique_ptr<rocksdb::DB>(db), families.front()));
}

Result<std::optional<std::string>> RocksdbKv::Get(Family family, std::string_view key, ReadMode mode) const {
  return impl_->present.Get(family, key, mode);
}

Status RocksdbKv::Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
                       const Visitor& visit) const {
  return impl_->present.Scan(family, from, to, mode, visit);
}

Result<std::optional<std::pair<std::string, std::string>>> RocksdbKv::Last(Family family, std::string_view from,
                                                                           std::string_view to) const {
  return impl_->present.Last(family, from, to);
}

std::unique_ptr<Batch> RocksdbKv::NewBatch() { return std::make_unique<RocksdbBatch>(impl_->families); }

Status RocksdbKv::Write(std::unique_ptr<Batch> batch, Sync sync) {
  // Lack of space may have passed; RocksDB knows. Any other error of a background job - it may have been a sync of the
  // log - is as final as one of our own.
  if (auto failed = BackgroundError(); failed && failed->code != ErrorCode::kStorageFull) return *std::move(failed);
  if (auto failed = impl_->Failure()) return *std::move(failed);
  auto& written = static_cast<RocksdbBatch&>(*batch);
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kYes;
  const rocksdb::Status status = impl_->db->Write(options, &written.batch());
  if (!status.ok()) {
    Error error = RocksdbError(options.sync ? "a synced write to the store failed" : "a write to the store failed", status);
    impl_->Fail(error);
    return error;
  }
  for (int i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    if (written.range_deletions(family) > 0) {
      impl_->reclaimer->RangeDeletionsWritten(family, written.range_deletions(family));
    }
  }
  return {};
}

std::unique_ptr<Reader> RocksdbKv::NewSnapshot() const {
  return std::make_unique<RocksdbReader>(*impl_->db, impl_->families, impl_->db->GetSnapshot());
}

void RocksdbKv::Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes) {
  if (from < to) impl_->reclaimer->Reclaim(family, from, to, bytes);
}

std::optional<Error> RocksdbKv::BackgroundError() const {
  auto failed = impl_->Failure();
  auto error = impl_->listener->error();
  return error && (!failed || failed->code == ErrorCode::kStorageFull) ? error : failed;
}

}  // namespace broker::storage
