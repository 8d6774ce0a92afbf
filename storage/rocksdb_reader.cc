#include "storage/rocksdb_reader.h"

#include <fmt/format.h>

#include "storage/rocksdb_error.h"

namespace broker::storage {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

RocksdbReader::~RocksdbReader() {
  if (snapshot_ != nullptr) db_.ReleaseSnapshot(snapshot_);
}

rocksdb::ReadOptions RocksdbReader::Options(ReadMode mode) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  options.ignore_range_deletions = mode == ReadMode::kLive;
  return options;
}

Result<std::optional<std::string>> RocksdbReader::Get(Family family, std::string_view key, ReadMode mode) const {
  if (Handle(family) == nullptr) return std::optional<std::string>();
  std::string value;
  const rocksdb::Status status = db_.Get(Options(mode), Handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return RocksdbError(fmt::format("reading from {} failed", ToString(family)), status);
  return std::optional(std::move(value));
}

Status RocksdbReader::Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
                           const Visitor& visit) const {
  // RocksDB wants bounds in order.
  if (Handle(family) == nullptr || from >= to) return {};
  rocksdb::ReadOptions options = Options(mode);
  const rocksdb::Slice lower = ToSlice(from);
  const rocksdb::Slice upper = ToSlice(to);
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  // Bodies are scanned once per cursor, far apart: in the cache they would only replace what is looked up.
  options.fill_cache = family != Family::kLog && family != Family::kKept;
  const std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(options, Handle(family)));
  for (at->Seek(lower); at->Valid(); at->Next()) {
    if (!visit(at->key().ToStringView(), at->value().ToStringView())) return {};
  }
  if (!at->status().ok()) return RocksdbError(fmt::format("scanning {} failed", ToString(family)), at->status());
  return {};
}

Result<std::optional<std::pair<std::string, std::string>>> RocksdbReader::Last(Family family, std::string_view from,
                                                                               std::string_view to) const {
  using Pair = std::pair<std::string, std::string>;
  if (Handle(family) == nullptr || from >= to) return std::optional<Pair>();
  rocksdb::ReadOptions options = Options(ReadMode::kExact);
  const rocksdb::Slice lower = ToSlice(from);
  const rocksdb::Slice upper = ToSlice(to);
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(options, Handle(family)));
  at->SeekToLast();
  if (at->Valid()) return std::optional(Pair(at->key().ToString(), at->value().ToString()));
  if (!at->status().ok()) return RocksdbError(fmt::format("scanning {} failed", ToString(family)), at->status());
  return std::optional<Pair>();
}

}  // namespace broker::storage
