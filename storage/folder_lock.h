// Internal to storage: exclusive ownership of a folder by one process, through flock on a file in it that names the
// owner. The kernel gives the lock up when the process ends, however it ends; the file stays.
#pragma once

#include <memory>
#include <string>

#include "broker/base/result.h"

namespace broker::storage {

class FolderLock {
 public:
  // `path` is the lock file. Errors: kFailedPrecondition (DATA_FOLDER_IN_USE) naming folder and owner; those of
  // FileError.
  static Result<std::unique_ptr<FolderLock>> Take(const std::string& folder, const std::string& path);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  const int file_;
};

}  // namespace broker::storage
