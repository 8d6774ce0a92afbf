#include "storage/memory_kv.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/base/check.h"

namespace broker::storage {

class MemoryKv::MemoryBatch final : public Batch {
 public:
  enum class Kind { kPut, kDelete, kDeleteRange };
  struct Operation {
    Kind kind;
    Family family;
    std::string key;
    std::string value;  // the end of a range
  };

  void Put(Family family, std::string_view key, std::string_view value) override {
    operations.push_back({Kind::kPut, family, std::string(key), std::string(value)});
  }
  void Delete(Family family, std::string_view key) override {
    operations.push_back({Kind::kDelete, family, std::string(key), {}});
  }
  void DeleteRange(Family family, std::string_view from, std::string_view to) override {
    operations.push_back({Kind::kDeleteRange, family, std::string(from), std::string(to)});
  }

  std::size_t size_bytes() const override {
    std::size_t bytes = 0;
    for (const Operation& operation : operations) bytes += operation.key.size() + operation.value.size();
    return bytes;
  }

  std::vector<Operation> operations;
};

// A reader of one pinned version.
class MemoryKv::Snapshot final : public Reader {
 public:
  Snapshot(const MemoryKv& kv, std::uint64_t version) : kv_(kv), version_(version) {}
  ~Snapshot() override { kv_.Unpin(version_); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const override {
    MutexLock lock(kv_.mutex_);
    BROKER_RETURN_IF_ERROR(kv_.CheckRead(family));
    const std::string* value = kv_.Find(version_, family, key, mode);
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
  }
  Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
              const Visitor& visit) const override {
    {
      MutexLock lock(kv_.mutex_);
      BROKER_RETURN_IF_ERROR(kv_.CheckRead(family));
    }
    kv_.ScanAt(version_, family, std::string(from), to, mode, visit);
    return {};
  }
  Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                  std::string_view to) const override {
    MutexLock lock(kv_.mutex_);
    BROKER_RETURN_IF_ERROR(kv_.CheckRead(family));
    return kv_.LastAt(version_, family, from, to);
  }

 private:
  const MemoryKv& kv_;
  const std::uint64_t version_;
};

MemoryKv::MemoryKv() = default;
MemoryKv::~MemoryKv() = default;

// ---- reading

const std::string* MemoryKv::VisibleAt(const Entry& entry, std::uint64_t version, ReadMode mode) {
  const Entry* at = &entry;
  while (at != nullptr && at->version > version) at = at->older.get();
  if (at == nullptr || at->kind == Kind::kAbsent) return nullptr;
  return at->kind == Kind::kValue || mode == ReadMode::kLive ? &at->value : nullptr;
}

const std::string* MemoryKv::Find(std::uint64_t version, Family family, std::string_view key, ReadMode mode) const {
  const Entries& entries = families_[static_cast<int>(family)];
  const auto at = entries.find(key);
  return at == entries.end() ? nullptr : VisibleAt(at->second, version, mode);
}

bool MemoryKv::Collect(std::uint64_t version, Family family, std::string& from, std::string_view to, ReadMode mode,
                       std::size_t limit, std::vector<std::pair<std::string, std::string>>& pairs) const {
  const Entries& entries = families_[static_cast<int>(family)];
  for (auto at = entries.lower_bound(from); at != entries.end() && at->first < to; ++at) {
    const std::string* value = VisibleAt(at->second, version, mode);
    if (value == nullptr) continue;
    if (pairs.size() == limit) {
      from = at->first;
      return false;
    }
    pairs.emplace_back(at->first, *value);
  }
  return true;
}

void MemoryKv::ScanAt(std::uint64_t version, Family family, std::string from, std::string_view to, ReadMode mode,
                      const Visitor& visit) const {
  constexpr std::size_t kPairsAtOnce = 256;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (bool done = false; !done;) {
    pairs.clear();
    {
      MutexLock lock(mutex_);
      done = Collect(version, family, from, to, mode, kPairsAtOnce, pairs);
    }
    for (const auto& [key, value] : pairs) {
      if (!visit(key, value)) return;
    }
  }
}

std::optional<std::pair<std::string, std::string>> MemoryKv::LastAt(std::uint64_t version, Family family,
                                                                    std::string_view from,
                                                                    std::string_view to) const {
  const Entries& entries = families_[static_cast<int>(family)];
  auto at = entries.lower_bound(to);
  while (at != entries.begin()) {
    --at;
    if (at->first < from) return std::nullopt;
    const std::string* value = VisibleAt(at->second, version, ReadMode::kExact);
    if (value != nullptr) return std::pair(at->first, *value);
  }
  return std::nullopt;
}

Result<std::optional<std::string>> MemoryKv::Get(Family family, std::string_view key, ReadMode mode) const {
  MutexLock lock(mutex_);
  BROKER_RETURN_IF_ERROR(CheckRead(family));
  const std::string* value = Find(version_, family, key, mode);
  return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
}

Status MemoryKv::Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
                      const Visitor& visit) const {
  // Most scans are short: those need no pinned version.
  constexpr std::size_t kShort = 16;
  std::vector<std::pair<std::string, std::string>> pairs;
  std::string next(from);
  std::uint64_t version = 0;
  bool done = false;
  {
    MutexLock lock(mutex_);
    BROKER_RETURN_IF_ERROR(CheckRead(family));
    version = version_;
    done = Collect(version, family, next, to, mode, kShort, pairs);
    if (!done) pinned_.insert(version);
  }
  const bool pinned = !done;
  for (const auto& [key, value] : pairs) {
    if (!visit(key, value)) {
      done = true;
      break;
    }
  }
  if (!done) ScanAt(version, family, std::move(next), to, mode, visit);
  if (pinned) Unpin(version);
  return {};
}

Result<std::optional<std::pair<std::string, std::string>>> MemoryKv::Last(Family family, std::string_view from,
                                                                          std::string_view to) const {
  MutexLock lock(mutex_);
  BROKER_RETURN_IF_ERROR(CheckRead(family));
  return LastAt(version_, family, from, to);
}

// ---- snapshots

std::unique_ptr<Reader> MemoryKv::NewSnapshot() const {
  MutexLock lock(mutex_);
  pinned_.insert(version_);
  return std::make_unique<Snapshot>(*this, version_);
}

void MemoryKv::Unpin(std::uint64_t version) const {
  MutexLock lock(mutex_);
  pinned_.erase(pinned_.find(version));
  if (pinned_.empty()) DropOldVersions();
}

void MemoryKv::DropOldVersions() const {
  for (const auto& [family, key] : versioned_) {
    Entries& entries = families_[static_cast<int>(family)];
    const auto at = entries.find(key);
    if (at == entries.end()) continue;
    at->second.older.reset();
    if (at->second.kind == Kind::kAbsent) entries.erase(at);
  }
  versioned_.clear();
}

// ---- writing

std::unique_ptr<Batch> MemoryKv::NewBatch() { return std::make_unique<MemoryBatch>(); }

MemoryKv::Entries::iterator MemoryKv::Replace(Family family, Entries::iterator at, Kind kind, std::string value,
                                              std::vector<Undo>* undo) {
  Entry& entry = at->second;
  const bool keep = !pinned_.empty() && *pinned_.rbegin() >= entry.version &&
                    (entry.kind != Kind::kAbsent || entry.older != nullptr);
  if (undo != nullptr) undo->push_back({family, at->first, entry.kind, keep ? entry.value : std::move(entry.value)});
  if (keep) {
    versioned_.emplace_back(family, at->first);
    auto older = std::make_unique<Entry>(std::move(entry));
    entry = Entry();
    entry.older = std::move(older);
  }
  entry.version = version_;
  entry.kind = kind;
  entry.value = std::move(value);
  if (kind == Kind::kAbsent && entry.older == nullptr) return families_[static_cast<int>(family)].erase(at);
  return std::next(at);
}

void MemoryKv::Apply(MemoryBatch& batch, std::vector<Undo>* undo) {
  ++version_;
  for (auto& operation : batch.operations) {
    Entries& entries = families_[static_cast<int>(operation.family)];
    switch (operation.kind) {
      case MemoryBatch::Kind::kPut: {
        const auto at = entries.try_emplace(std::move(operation.key)).first;
        Replace(operation.family, at, Kind::kValue, std::move(operation.value), undo);
        break;
      }
      case MemoryBatch::Kind::kDelete: {
        const auto at = entries.find(operation.key);
        if (at != entries.end()) Replace(operation.family, at, Kind::kAbsent, {}, undo);
        break;
      }
      case MemoryBatch::Kind::kDeleteRange: {
        auto at = entries.lower_bound(operation.key);
        while (at != entries.end() && at->first < operation.value) {
          if (at->second.kind == Kind::kValue) {
            at = Replace(operation.family, at, Kind::kRangeDeleted, at->second.value, undo);
          } else {
            ++at;
          }
        }
        break;
      }
    }
  }
}

Status MemoryKv::Write(std::unique_ptr<Batch> batch, Sync sync) {
  std::unique_ptr<MemoryBatch> written(static_cast<MemoryBatch*>(batch.release()));
  MutexLock lock(mutex_);
  if (failed_) return *failed_;
  if (CountDown(write_fault_)) {
    failed_ = Failure(write_fault_.fault, "write");
    return *failed_;
  }
  if (sync == Sync::kYes && CountDown(sync_fault_)) {
    failed_ = Failure(sync_fault_.fault, "sync");
    sync_failed_ = std::move(written);
    return *failed_;
  }
  if (sync == Sync::kYes) {
    Apply(*written, nullptr);
    unsynced_.clear();
  } else {
    Apply(*written, &unsynced_.emplace_back());
  }
  return {};
}

void MemoryKv::Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t) {
  MutexLock lock(mutex_);
  Entries& entries = families_[static_cast<int>(family)];
  for (auto at = entries.lower_bound(from); at != entries.end() && at->first < to;) {
    at = at->second.kind == Kind::kValue ? std::next(at) : entries.erase(at);
  }
}

// ---- crashes and faults

bool MemoryKv::CountDown(ArmedFault& fault) { return fault.countdown > 0 && --fault.countdown == 0; }

Error MemoryKv::Failure(Fault fault, std::string_view what) {
  if (fault == Fault::kNoSpace) {
    return Error(ErrorCode::kStorageFull, "STORAGE_FULL", fmt::format("no space left for a {} of the store", what));
  }
  if (fault == Fault::kDamaged) {
    return Error(ErrorCode::kDataLoss, "STORE_DAMAGED", fmt::format("a {} of the store met damage", what));
  }
  return Error(ErrorCode::kInternal, "STORAGE_FAILED", fmt::format("a {} of the store failed", what));
}

Status MemoryKv::CheckRead(Family family) const {
  ArmedFault& armed = read_faults_[static_cast<int>(family)];
  if (armed.countdown == 0) return {};
  --armed.countdown;
  return Failure(armed.fault, "read");
}

std::optional<Error> MemoryKv::BackgroundError() const {
  MutexLock lock(mutex_);
  return failed_;
}

std::size_t MemoryKv::unsynced_batches() const {
  MutexLock lock(mutex_);
  return unsynced_.size() + (sync_failed_ != nullptr ? 1 : 0);
}

void MemoryKv::CrashLosingUnsynced(std::size_t keep) {
  MutexLock lock(mutex_);
  Restart();
  BROKER_CHECK(keep <= unsynced_.size());
  for (; unsynced_.size() > keep; unsynced_.pop_back()) {
    auto& undo = unsynced_.back();
    for (auto change = undo.rbegin(); change != undo.rend(); ++change) {
      Entries& entries = families_[static_cast<int>(change->family)];
      if (change->kind == Kind::kAbsent) {
        entries.erase(change->key);
        continue;
      }
      Entry& entry = entries[std::move(change->key)];
      entry.kind = change->kind;
      entry.value = std::move(change->value);
    }
  }
  unsynced_.clear();  // what survived a power cut is on disk
}

void MemoryKv::CrashKeepingAll() {
  MutexLock lock(mutex_);
  Restart();
}

void MemoryKv::Restart() {
  BROKER_CHECK(pinned_.empty());
  failed_.reset();
  write_fault_ = {};
  sync_fault_ = {};
  std::fill(std::begin(read_faults_), std::end(read_faults_), ArmedFault());
  if (sync_failed_ != nullptr) Apply(*std::exchange(sync_failed_, nullptr), &unsynced_.emplace_back());
}

void MemoryKv::FailWrite(std::uint64_t nth, Fault fault) {
  MutexLock lock(mutex_);
  write_fault_ = {nth, fault};
}

void MemoryKv::FailSync(std::uint64_t nth, Fault fault) {
  MutexLock lock(mutex_);
  sync_fault_ = {nth, fault};
}

void MemoryKv::FailReads(Family family, std::uint64_t count, Fault fault) {
  MutexLock lock(mutex_);
  read_faults_[static_cast<int>(family)] = {count, fault};
}

// ---- costs

std::uint64_t MemoryKv::KeyCount(Family family) const {
  MutexLock lock(mutex_);
  const Entries& entries = families_[static_cast<int>(family)];
  return static_cast<std::uint64_t>(
      std::count_if(entries.begin(), entries.end(), [](const auto& e) { return e.second.kind == Kind::kValue; }));
}

std::uint64_t MemoryKv::ValueBytes(Family family) const {
  MutexLock lock(mutex_);
  std::uint64_t bytes = 0;
  for (const auto& [key, entry] : families_[static_cast<int>(family)]) {
    if (entry.kind == Kind::kValue) bytes += key.size() + entry.value.size();
  }
  return bytes;
}

}  // namespace broker::storage
