// A file system for RocksDB that fails on demand and knows what a power cut would take: bytes that no sync covered, and
// files and renames whose folder was not synced. Files are real ones, so that what is left can be opened again.
// Syncs are noted, not done: the machine that loses power is simulated.
//
// Not simulated: a deleted file that comes back.
// Thread-safe. The crash itself needs the store closed.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "broker/base/mutex.h"
#include "storage/rocksdb_seam.h"

namespace broker::test {

class FaultFs final : public rocksdb::FileSystemWrapper {
 public:
  // What a power cut leaves of bytes that were written and not synced.
  enum class Tail {
    kDropped,  // none
    kTorn,     // some first part, of random length
    kGarbled,  // of the write-ahead log a part whose end is noise; elsewhere as kTorn
  };

  FaultFs();
  const char* Name() const override { return "FaultFs"; }
  // For RocksdbOptions::seam; lives as long as this.
  const storage::RocksdbSeam* seam() const { return &seam_; }

  // ---- faults, in files whose name ends in `suffix` (".log": the write-ahead log). Once; `nth` 1 is the next.
  void FailAppend(std::string suffix, std::uint64_t nth, bool no_space = false);
  void FailSync(std::string suffix, std::uint64_t nth);

  // ---- power
  // Changes that reached the file system so far: appends, syncs, creations, renames, deletions.
  std::uint64_t operations() const;
  // The power goes at the `nth` change from now on. A process that lost power is told nothing: that change and all later
  // ones seem to succeed, and leave nothing. What it says afterwards is heard by nobody: ask has_power().
  void CutPowerAt(std::uint64_t nth);
  void CutPower();
  bool has_power() const;
  // What the machine finds when power is back: unsynced data treated as `tail` says; no fault is armed any more.
  // REQUIRES: nothing is open
  void PowerOn(Tail tail, std::uint64_t seed);

  // ---- used by the files
  rocksdb::IOStatus BeforeAppend(const std::string& path);
  void Appended(const std::string& path, std::uint64_t bytes);
  rocksdb::IOStatus Synced(const std::string& path);
  rocksdb::IOStatus FolderSynced(const std::string& folder);
  void Truncated(const std::string& path, std::uint64_t bytes);

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  struct File {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    bool in_folder = false;             // the folder's entry is synced
    std::optional<std::string> before;  // what stood under this name, until the folder is synced
  };
  struct Fault {
    std::string suffix;
    std::uint64_t countdown = 0;  // 0: not armed
    bool no_space = false;
  };

  static bool Strikes(Fault& fault, const std::string& path);
  bool Change() BROKER_REQUIRES(mutex_);  // false: the power is off, and it leaves nothing
  void Create(const std::string& path) BROKER_REQUIRES(mutex_);

  const std::unique_ptr<rocksdb::Env> env_;
  storage::RocksdbSeam seam_;
  mutable Mutex mutex_;
  std::map<std::string, File> files_ BROKER_GUARDED_BY(mutex_);
  Fault append_fault_ BROKER_GUARDED_BY(mutex_);
  Fault sync_fault_ BROKER_GUARDED_BY(mutex_);
  std::uint64_t operations_ BROKER_GUARDED_BY(mutex_) = 0;
  std::uint64_t until_cut_ BROKER_GUARDED_BY(mutex_) = 0;  // 0: no cut is due
  bool power_ BROKER_GUARDED_BY(mutex_) = true;
};

// Flips one bit of a file: what a worn medium does to data that was written and synced.
void FlipBit(const std::string& path, std::uint64_t byte, int bit = 0);

}  // namespace broker::test
