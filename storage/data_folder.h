// One data folder, owned by one process: the lock, the store, the marker and the committer over them.
//
//   FOLDER/LOCK     held with flock while a process owns the folder; says which
//   FOLDER/FORMAT   marks the folder as ours before there is a store in it; the format version in text
//   FOLDER/marker   the last synced commit group (marker_file.h)
//   FOLDER/store/   RocksDB
//
// What is not ours, or of another format, is found before a byte of the folder is changed; another process, missing commit
// groups and lack of space before anything but LOCK is (and an empty marker made where there was none).
// Thread contract: Open and the destructor on one thread; what the accessors give has contracts of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "broker/base/entropy.h"
#include "broker/base/result.h"
#include "storage/committer.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"
#include "storage/space.h"

namespace broker::storage {

// Of the durable records. A folder of another version is refused.
inline constexpr std::uint32_t kFormatVersion = 0;

struct DataFolderOptions {
  RocksdbOptions rocksdb;
  SpaceProbe space;  // empty: the file system's own
};

class DataFolder {
 public:
  // Creates `path`, but not its parents, when it is missing or empty; takes its id from `entropy` then.
  // Errors, each naming the path and what to do:
  //   kInvalidArgument     NOT_A_FOLDER          something else is there, or where its store should be
  //   kNotFound            PARENT_NOT_FOUND      the folder that should hold it is missing
  //   kPermissionDenied    PERMISSION_DENIED
  //   kFailedPrecondition  NOT_A_DATA_FOLDER     not empty, and not ours
  //                        DATA_FOLDER_IN_USE    another process owns it, named by pid
  //   kUnsupported         FORMAT_NOT_SUPPORTED  of a newer or older version, both named
  //   kDataLoss            MISSING_COMMIT_GROUPS, STORE_DAMAGED, CHECKSUM_MISMATCH
  //   kStorageFull         STORAGE_FULL          too little to open the store, with the free and the needed bytes
  //   kInternal
  static Result<std::unique_ptr<DataFolder>> Open(const std::string& path, Entropy& entropy,
                                                  DataFolderOptions options = {});
  // Closes the store, then gives the folder up.
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  Kv& kv();
  Committer& committer();
  FreeSpace& space();
  // Random, from the folder's creation; the engine reads it from the store (FolderRecord).
  std::uint64_t id() const;
  const std::string& path() const;

 private:
  class Impl;
  explicit DataFolder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace broker::storage
