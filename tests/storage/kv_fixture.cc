#include "tests/storage/kv_fixture.h"

#include <sstream>

#include "broker/base/check.h"
#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/temp_folder.h"

namespace broker::test {
namespace {

class MemoryStore final : public Store {
 public:
  storage::Kv& kv() override { return kv_; }
  void Reopen() override { kv_.CrashKeepingAll(); }

 private:
  storage::MemoryKv kv_;
};

class RocksdbStore final : public Store {
 public:
  RocksdbStore() { Reopen(); }
  storage::Kv& kv() override { return *kv_; }
  void Reopen() override {
    kv_.reset();
    auto opened = storage::RocksdbKv::Open(folder_ / "store", {});
    BROKER_CHECK(opened.ok());
    kv_ = std::move(*opened);
  }

 private:
  TempFolder folder_;
  std::unique_ptr<storage::RocksdbKv> kv_;
};

}  // namespace

std::vector<StoreKind> AllStores() {
  return {{"Memory", [] { return std::unique_ptr<Store>(std::make_unique<MemoryStore>()); }},
          {"Rocksdb", [] { return std::unique_ptr<Store>(std::make_unique<RocksdbStore>()); }}};
}

void KvTest::Write(std::string_view changes, Family family, storage::Sync sync) {
  auto batch = kv().NewBatch();
  std::istringstream words{std::string(changes)};
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    const auto dots = word.find("..");
    if (equals != std::string::npos) {
      batch->Put(family, word.substr(0, equals), word.substr(equals + 1));
    } else if (dots != std::string::npos) {
      batch->DeleteRange(family, word.substr(1, dots - 1), word.substr(dots + 2));
    } else {
      batch->Delete(family, word.substr(1));
    }
  }
  const Status status = kv().Write(std::move(batch), sync);
  ASSERT_TRUE(status.ok()) << status.error().message;
}

std::string KvTest::Get(const storage::Reader& reader, std::string_view key, Family family, storage::ReadMode mode) {
  const auto value = reader.Get(family, key, mode);
  if (!value.ok()) return "error: " + value.error().message;
  return value->value_or("none");
}

std::string KvTest::Scan(const storage::Reader& reader, std::string_view from, std::string_view to, Family family,
                         storage::ReadMode mode) {
  std::string pairs;
  const Status status = reader.Scan(family, from, to, mode, [&](std::string_view key, std::string_view value) {
    pairs += (pairs.empty() ? "" : " ") + std::string(key) + "=" + std::string(value);
    return true;
  });
  return status.ok() ? pairs : "error: " + status.error().message;
}

std::string KvTest::Last(const storage::Reader& reader, std::string_view from, std::string_view to, Family family) {
  const auto last = reader.Last(family, from, to);
  if (!last.ok()) return "error: " + last.error().message;
  return last->has_value() ? (*last)->first + "=" + (*last)->second : "none";
}

}  // namespace broker::test
