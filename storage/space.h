// Whether the file system still has room for new messages. Below the reserve the broker takes no more publishes and
// creates; acks, deletes and reclamation, which bring space back, go on and live off the reserve. What the log still has
// to be given in tables is not counted as free: the reserve is there when that is done.
//
// So that the answer does not flap, "full" ends only once half a reserve more is free.
// Thread contract: confined to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "broker/base/result.h"

namespace broker::storage {

struct FileSystemSpace {
  std::uint64_t free_bytes = 0;  // for this user
  std::uint64_t total_bytes = 0;
  std::uint64_t log_bytes = 0;  // of the store's log: as much again is needed to bring it into tables
};

using SpaceProbe = std::function<Result<FileSystemSpace>()>;

// The file system that holds the data folder `path`, and the log of the store in it.
SpaceProbe ProbeFileSystem(std::string path);

// The larger of 256 MiB and 2 % of the file system, but no more than a quarter of it.
std::uint64_t ReserveBytes(std::uint64_t total_bytes);

class FreeSpace {
 public:
  // `folder` is only named in messages.
  FreeSpace(std::string folder, SpaceProbe probe) : folder_(std::move(folder)), probe_(std::move(probe)) {}

  // Why storage counts as full, for the refusal that a publisher reads; nullopt when it does not. A probe that fails
  // counts as full too.
  std::optional<std::string> Check();
  // Whether the store can be opened: what its log holds is written into tables then. RocksDB may abort on a full disk, so
  // it is not asked. Errors: kStorageFull, with the free and the needed bytes; the probe's.
  Status CheckBeforeOpen() const;

 private:
  const std::string folder_;
  const SpaceProbe probe_;
  bool full_ = false;
};

}  // namespace broker::storage
