// Internal to storage, and the seam at which its tests put a faulty file system under RocksDB.
#pragma once

namespace rocksdb {
class Env;
}

namespace broker::storage {

struct RocksdbSeam {
  rocksdb::Env* env = nullptr;  // must outlive the store
};

}  // namespace broker::storage
