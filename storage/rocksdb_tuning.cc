#include "storage/rocksdb_tuning.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/rocksdb_seam.h"

namespace broker::storage {
namespace {

constexpr std::size_t kMebibyte = 1u << 20;

std::size_t MemtableBytes(Family family) {
  switch (family) {
    case Family::kLog: return 32 * kMebibyte;
    case Family::kOutstanding:
    case Family::kDedup:
    case Family::kKept: return 16 * kMebibyte;
    case Family::kMeta:
    case Family::kCatalog:
    case Family::kSchedule:
    case Family::kMarks:
    case Family::kTasks:
    case Family::kIdempotency: return 4 * kMebibyte;
  }
  return 4 * kMebibyte;
}

rocksdb::BlockBasedTableOptions TableOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  // Bodies are read in runs; everything else one value at a time.
  table.block_size = family == Family::kLog || family == Family::kKept ? 16 * 1024 : 4 * 1024;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  // Index and filters count against the cache, in pieces small enough to be evicted one by one.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.pin_top_level_index_and_filter = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = MemtableBytes(family);
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kLZ4Compression;
  // Small stores go from level 0 straight to the last level, where deletions end; small files are wholly covered by a
  // reclaimed range more often, and then dropped without being read.
  options.level_compaction_dynamic_level_bytes = true;
  options.target_file_size_base = 16 * kMebibyte;
  options.max_bytes_for_level_base = 128 * kMebibyte;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(family, cache)));
  if (family == Family::kDedup) {
    // Nearly every lookup is for a key that is not there: neither memtable nor files should be searched for it.
    options.memtable_prefix_bloom_size_ratio = 0.1;
    options.memtable_whole_key_filtering = true;
  }
  if (family == Family::kOutstanding || family == Family::kSchedule) {
    // These are put and deleted all the time: a file in which half of some run of keys is deleted is compacted at once,
    // so that a scan never walks over heaps of what is gone.
    options.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(1024, 512, 0.5));
  }
  return options;
}

}  // namespace

rocksdb::DBOptions DbOptions(const RocksdbOptions& options) {
  rocksdb::DBOptions db;
  if (options.seam != nullptr && options.seam->env != nullptr) db.env = options.seam->env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(options.memtable_bytes);
  db.max_total_wal_size = options.max_wal_bytes;
  db.max_background_jobs = 2;  // one flush, one compaction
  db.max_open_files = options.max_open_files;
  db.bytes_per_sync = kMebibyte;  // of tables: else a large flush holds up the log's sync behind it
  db.avoid_unnecessary_blocking_io = true;
  // An error that RocksDB could get over by itself is still an error to us; only lack of space may pass.
  db.max_bgerror_resume_count = 0;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.max_log_file_size = 4 * kMebibyte;
  db.keep_log_file_num = 3;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> FamilyDescriptors(const RocksdbOptions& options) {
  rocksdb::LRUCacheOptions cache_options;
  cache_options.capacity = options.block_cache_bytes;
  cache_options.num_shard_bits = 2;  // more would leave shards of less than a table's index
  cache_options.high_pri_pool_ratio = 0.5;
  const auto cache = rocksdb::NewLRUCache(cache_options);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(family == Family::kMeta ? rocksdb::kDefaultColumnFamilyName : std::string(ToString(family)),
                          FamilyOptions(family, cache));
  }
  return families;
}

}  // namespace broker::storage
