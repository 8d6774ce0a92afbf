// The marker as a small file of fixed size with two checksummed slots, written in turn: a torn write spoils one slot and
// leaves the number before it. Never synced: after a power cut it may be older than the store, never newer.
// Thread contract: one caller at a time.
#pragma once

#include <memory>
#include <string>

#include "storage/committer.h"

namespace broker::storage {

class MarkerFile final : public Marker {
 public:
  // Creates the file when it is missing. Errors: kInternal, kPermissionDenied, kStorageFull, naming the path.
  static Result<std::unique_ptr<MarkerFile>> Open(std::string path);
  ~MarkerFile() override;
  MarkerFile(const MarkerFile&) = delete;
  MarkerFile& operator=(const MarkerFile&) = delete;

  Status Store(std::uint64_t group) override;
  // The greater of the slots that hold.
  Result<std::optional<std::uint64_t>> Load() const override;

 private:
  MarkerFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

  Result<std::optional<std::uint64_t>> LoadSlot(std::int64_t offset) const;

  const std::string path_;
  const int file_;
  bool second_slot_ = false;  // goes next
};

}  // namespace broker::storage
