// The whole store in memory, for tests and simulations, with the ways in which a real one fails: a power cut that loses
// a tail of what was not synced, writes, syncs and reads that fail, and range-deleted values that ReadMode::kLive still
// sees.
//
// Not here: durability, of course, and anything that makes large stores cheap.
//
// Invariants, besides those of the port:
//  - A snapshot copies nothing. While one lives, values that are replaced stay beside the new ones; when the last one
//    goes, so do they.
//  - Only batches since the last synced one are remembered for undoing.
// Thread contract: as the port says; what this class adds is for the thread that writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "broker/base/mutex.h"
#include "storage/kv.h"

namespace broker::storage {

class MemoryKv final : public Kv {
 public:
  enum class Fault { kMedium, kNoSpace, kDamaged };

  MemoryKv();
  ~MemoryKv() override;
  MemoryKv(const MemoryKv&) = delete;
  MemoryKv& operator=(const MemoryKv&) = delete;

  Result<std::optional<std::string>> Get(Family family, std::string_view key, ReadMode mode) const override;
  Status Scan(Family family, std::string_view from, std::string_view to, ReadMode mode,
              const Visitor& visit) const override;
  Result<std::optional<std::pair<std::string, std::string>>> Last(Family family, std::string_view from,
                                                                  std::string_view to) const override;
  std::unique_ptr<Batch> NewBatch() override;
  Status Write(std::unique_ptr<Batch> batch, Sync sync) override;
  std::unique_ptr<Reader> NewSnapshot() const override;
  void Reclaim(Family family, std::string_view from, std::string_view to, std::uint64_t bytes) override;
  std::optional<Error> BackgroundError() const override;

  // ---- crashes. Each ends with the store as the next process finds it: usable, no fault armed.
  // REQUIRES: no snapshot lives.

  // How many batches a power cut may take: those since the last synced one, with a batch whose sync failed.
  std::size_t unsynced_batches() const;
  // Power cut: of the unsynced batches the first `keep` survive. REQUIRES: keep <= unsynced_batches()
  void CrashLosingUnsynced(std::size_t keep);
  // The process ends (kill -9): everything written survives, also a batch whose sync failed. What was not synced
  // stays at a later power cut's mercy.
  void CrashKeepingAll();

  // ---- faults
  // The `nth` Write from now on (1: the next) fails and leaves nothing.
  void FailWrite(std::uint64_t nth, Fault fault = Fault::kMedium);
  // The `nth` Write with Sync::kYes from now on fails after its bytes were written: readers do not see it, but it may
  // be there after a crash.
  void FailSync(std::uint64_t nth, Fault fault = Fault::kMedium);
  // The next `count` reads of the family (Get, Scan, Last), also through snapshots, fail; later ones succeed again.
  void FailReads(Family family, std::uint64_t count, Fault fault = Fault::kMedium);

  // ---- for tests that look at costs
  std::uint64_t KeyCount(Family family) const;
  std::uint64_t ValueBytes(Family family) const;

 private:
  class MemoryBatch;
  class Snapshot;
  enum class Kind { kValue, kRangeDeleted, kAbsent };
  struct Entry {
    std::uint64_t version = 0;
    Kind kind = Kind::kAbsent;
    std::string value;
    std::unique_ptr<Entry> older;  // only while a snapshot may need it
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  struct Undo {
    Family family;
    std::string key;
    Kind kind;
    std::string value;
  };
  struct ArmedFault {
    std::uint64_t countdown = 0;  // 0: not armed
    Fault fault = Fault::kMedium;
  };

  static const std::string* VisibleAt(const Entry& entry, std::uint64_t version, ReadMode mode);
  static bool CountDown(ArmedFault& fault);
  static Error Failure(Fault fault, std::string_view what);
  // Each read asks this first.
  Status CheckRead(Family family) const BROKER_REQUIRES(mutex_);

  // The store at `version`, which must be pinned unless it is the present one.
  const std::string* Find(std::uint64_t version, Family family, std::string_view key, ReadMode mode) const
      BROKER_REQUIRES(mutex_);
  std::optional<std::pair<std::string, std::string>> LastAt(std::uint64_t version, Family family,
                                                            std::string_view from, std::string_view to) const
      BROKER_REQUIRES(mutex_);
  // Copies up to `limit` pairs of [from, to) and moves `from` past them; true when nothing is left.
  bool Collect(std::uint64_t version, Family family, std::string& from, std::string_view to, ReadMode mode,
               std::size_t limit, std::vector<std::pair<std::string, std::string>>& pairs) const
      BROKER_REQUIRES(mutex_);
  void ScanAt(std::uint64_t version, Family family, std::string from, std::string_view to, ReadMode mode,
              const Visitor& visit) const;
  void Unpin(std::uint64_t version) const;

  void Apply(MemoryBatch& batch, std::vector<Undo>* undo) BROKER_REQUIRES(mutex_);
  // Gives the entry a new version, or removes it, and returns the one after it.
  Entries::iterator Replace(Family family, Entries::iterator at, Kind kind, std::string value, std::vector<Undo>* undo)
      BROKER_REQUIRES(mutex_);
  void DropOldVersions() const BROKER_REQUIRES(mutex_);
  void Restart() BROKER_REQUIRES(mutex_);

  mutable Mutex mutex_;
  mutable Entries families_[kFamilyCount] BROKER_GUARDED_BY(mutex_);
  std::uint64_t version_ BROKER_GUARDED_BY(mutex_) = 0;
  mutable std::multiset<std::uint64_t> pinned_ BROKER_GUARDED_BY(mutex_);
  // Keys whose entry had an older version when it was replaced.
  mutable std::vector<std::pair<Family, std::string>> versioned_ BROKER_GUARDED_BY(mutex_);
  std::vector<std::vector<Undo>> unsynced_ BROKER_GUARDED_BY(mutex_);
  std::unique_ptr<MemoryBatch> sync_failed_ BROKER_GUARDED_BY(mutex_);
  ArmedFault write_fault_ BROKER_GUARDED_BY(mutex_);
  ArmedFault sync_fault_ BROKER_GUARDED_BY(mutex_);
  mutable ArmedFault read_faults_[kFamilyCount] BROKER_GUARDED_BY(mutex_);  // countdown: reads still to fail
  std::optional<Error> failed_ BROKER_GUARDED_BY(mutex_);
};

}  // namespace broker::storage
