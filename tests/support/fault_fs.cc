#include "tests/support/fault_fs.h"

#include <rocksdb/system_clock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "broker/base/check.h"

namespace broker::test {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

std::string Content(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(FaultFs& fs, std::string path, std::unique_ptr<rocksdb::FSWritableFile>&& file)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = fs_.BeforeAppend(path_);
    if (status.ok()) status = target()->Append(data, options, debug);
    if (status.ok()) fs_.Appended(path_, data.size());
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("only used for direct I/O");
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&, const rocksdb::DataVerificationInfo&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("only used for direct I/O");
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = target()->Truncate(size, options, debug);
    if (status.ok()) fs_.Truncated(path_, size);
    return status;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return fs_.Synced(path_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return fs_.Synced(path_); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();  // a hint; promises nothing
  }

 private:
  FaultFs& fs_;
  const std::string path_;
};

class FaultFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultFolder(FaultFs& fs, std::string path, std::unique_ptr<rocksdb::FSDirectory>&& folder)
      : FSDirectoryWrapper(std::move(folder)), fs_(fs), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return fs_.FolderSynced(path_); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*, const rocksdb::DirFsyncOptions&) override {
    return fs_.FolderSynced(path_);
  }

 private:
  FaultFs& fs_;
  const std::string path_;
};

// After a failed background job RocksDB sleeps for a second. Here it only yields to the job that is to come.
class ImpatientClock final : public rocksdb::SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int micros) override { target_->SleepForMicroseconds(std::min(micros, 1000)); }
};

class ImpatientEnv final : public rocksdb::EnvWrapper {
 public:
  explicit ImpatientEnv(const std::shared_ptr<rocksdb::FileSystem>& fs) : EnvWrapper(rocksdb::NewCompositeEnv(fs)) {
    file_system_ = fs;
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

// One name for one folder: RocksDB says "store" here and "store/" there.
std::string Parent(const std::string& path) { return fs::path(path).lexically_normal().parent_path().string(); }
std::string Normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }

}  // namespace

FaultFs::FaultFs()
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      // The environment does not own this; this owns the environment.
      env_(std::make_unique<ImpatientEnv>(std::shared_ptr<rocksdb::FileSystem>(this, [](auto*) {}))),
      seam_{env_.get()} {}

bool FaultFs::Strikes(Fault& fault, const std::string& path) {
  return fault.countdown > 0 && path.ends_with(fault.suffix) && --fault.countdown == 0;
}

bool FaultFs::Change() {
  ++operations_;
  if (until_cut_ > 0 && --until_cut_ == 0) power_ = false;
  return power_;
}

void FaultFs::FailAppend(std::string suffix, std::uint64_t nth, bool no_space) {
  MutexLock lock(mutex_);
  append_fault_ = {std::move(suffix), nth, no_space};
}

void FaultFs::FailSync(std::string suffix, std::uint64_t nth) {
  MutexLock lock(mutex_);
  sync_fault_ = {std::move(suffix), nth, false};
}

std::uint64_t FaultFs::operations() const {
  MutexLock lock(mutex_);
  return operations_;
}

void FaultFs::CutPowerAt(std::uint64_t nth) {
  MutexLock lock(mutex_);
  until_cut_ = nth;
}

void FaultFs::CutPower() {
  MutexLock lock(mutex_);
  power_ = false;
}

bool FaultFs::has_power() const {
  MutexLock lock(mutex_);
  return power_;
}

void FaultFs::PowerOn(Tail tail, std::uint64_t seed) {
  MutexLock lock(mutex_);
  std::mt19937_64 random(seed);
  for (auto& [path, file] : files_) {
    if (!fs::exists(path)) continue;
    if (!file.in_folder) {
      fs::remove(path);
      if (file.before) std::ofstream(path, std::ios::binary) << *file.before;
      continue;
    }
    const std::uint64_t unsynced = file.written - file.synced;
    const std::uint64_t kept = tail == Tail::kDropped ? 0 : random() % (unsynced + 1);
    fs::resize_file(path, file.synced + kept);  // also takes what was written without power
    if (tail != Tail::kGarbled || kept == 0 || !path.ends_with(".log")) continue;
    std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
    const std::uint64_t noise = 1 + random() % kept;
    bytes.seekp(static_cast<std::streamoff>(file.synced + kept - noise));
    for (std::uint64_t i = 0; i < noise; ++i) bytes.put(static_cast<char>(random() % 256));
  }
  files_.clear();
  append_fault_ = {};
  sync_fault_ = {};
  until_cut_ = 0;
  power_ = true;
}

IOStatus FaultFs::BeforeAppend(const std::string& path) {
  MutexLock lock(mutex_);
  if (Strikes(append_fault_, path)) {
    return append_fault_.no_space ? IOStatus::NoSpace("no space left") : IOStatus::IOError("a planned write error");
  }
  return IOStatus::OK();
}

void FaultFs::Appended(const std::string& path, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  // The append at which the power goes may have reached the medium, or a part of it: the tail decides.
  const bool had_power = power_;
  Change();
  if (had_power) files_[Normal(path)].written += bytes;
}

IOStatus FaultFs::Synced(const std::string& path) {
  MutexLock lock(mutex_);
  if (Strikes(sync_fault_, path)) return IOStatus::IOError("a planned sync error");
  File& file = files_[Normal(path)];
  if (Change()) file.synced = file.written;
  return IOStatus::OK();
}

IOStatus FaultFs::FolderSynced(const std::string& folder) {
  MutexLock lock(mutex_);
  if (!Change()) return IOStatus::OK();
  const std::string synced = Parent(folder + "/x");
  for (auto& [path, file] : files_) {
    if (Parent(path) != synced) continue;
    file.in_folder = true;
    file.before.reset();
  }
  return IOStatus::OK();
}

void FaultFs::Truncated(const std::string& path, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  if (!power_) return;
  File& file = files_[Normal(path)];
  file.written = bytes;
  file.synced = std::min(file.synced, bytes);
}

void FaultFs::Create(const std::string& path) {
  File file;
  if (fs::exists(path)) file.before = Content(path);
  files_[path] = std::move(file);
}

IOStatus FaultFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  {
    MutexLock lock(mutex_);
    Change();
    Create(Normal(path));
  }
  IOStatus status = target()->NewWritableFile(path, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultFile>(*this, path, std::move(*result));
  return status;
}

IOStatus FaultFs::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  {
    MutexLock lock(mutex_);
    Change();
    const auto [file, added] = files_.try_emplace(Normal(path));
    if (added && fs::exists(path)) file->second = {fs::file_size(path), fs::file_size(path), true, std::nullopt};
  }
  IOStatus status = target()->ReopenWritableFile(path, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultFile>(*this, path, std::move(*result));
  return status;
}

IOStatus FaultFs::NewDirectory(const std::string& path, const IOOptions& options,
                               std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* debug) {
  IOStatus status = target()->NewDirectory(path, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultFolder>(*this, path, std::move(*result));
  return status;
}

IOStatus FaultFs::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* debug) {
  {
    MutexLock lock(mutex_);
    if (!Change()) return IOStatus::OK();
    files_.erase(Normal(path));
  }
  return target()->DeleteFile(path, options, debug);
}

IOStatus FaultFs::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                             IODebugContext* debug) {
  {
    MutexLock lock(mutex_);
    Change();
    File file;
    if (const auto known = files_.find(Normal(from)); known != files_.end()) {
      file = std::move(known->second);
      files_.erase(known);
    } else {
      file.written = file.synced = fs::file_size(from);
    }
    file.in_folder = false;
    file.before.reset();
    if (fs::exists(to)) file.before = Content(to);
    files_[Normal(to)] = std::move(file);
  }
  return target()->RenameFile(from, to, options, debug);
}

void FlipBit(const std::string& path, std::uint64_t byte, int bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(byte));
  const int value = file.get();
  file.seekp(static_cast<std::streamoff>(byte));
  file.put(static_cast<char>(value ^ (1 << bit)));
  BROKER_CHECK(file.good());
}

}  // namespace broker::test
