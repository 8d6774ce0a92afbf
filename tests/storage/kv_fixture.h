// The behaviour that every store must show is tested once (kv_behaviour_test.cc) over each kind of store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/kv.h"

namespace broker::test {

// A store and what lies below it, so that it can be closed and opened again as a new process would.
class Store {
 public:
  virtual ~Store() = default;
  virtual storage::Kv& kv() = 0;
  virtual void Reopen() = 0;
};

struct StoreKind {
  std::string name;
  std::unique_ptr<Store> (*make)();
};

std::vector<StoreKind> AllStores();

// Verbs over one store. Keys and values are text; pairs read "key=value".
class KvTest : public testing::TestWithParam<StoreKind> {
 protected:
  using Family = storage::Family;

  void SetUp() override { store_ = GetParam().make(); }
  storage::Kv& kv() { return store_->kv(); }
  void Reopen() { store_->Reopen(); }

  // "a=1 b=2 -c -d..f": puts a and b, deletes c and the range [d, f), in one batch.
  void Write(std::string_view changes, Family family = Family::kLog, storage::Sync sync = storage::Sync::kNo);

  static std::string Get(const storage::Reader& reader, std::string_view key, Family family = Family::kLog,
                         storage::ReadMode mode = storage::ReadMode::kExact);
  static std::string Scan(const storage::Reader& reader, std::string_view from, std::string_view to,
                          Family family = Family::kLog, storage::ReadMode mode = storage::ReadMode::kExact);
  static std::string Last(const storage::Reader& reader, std::string_view from, std::string_view to,
                          Family family = Family::kLog);

 private:
  std::unique_ptr<Store> store_;
};

}  // namespace broker::test
