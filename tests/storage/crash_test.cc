// Power cuts, failing writes and altered bytes under the real store, through committer and marker as a daemon uses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

#include "storage/committer.h"
#include "storage/keys.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/fault_fs.h"
#include "tests/support/memory_marker.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace broker::storage {
namespace {

namespace fs = std::filesystem;
using test::FaultFs;
using testing::HasSubstr;

// The script: group `number` writes two families, and now and then deletes, always derived from its number alone.
using Model = std::map<std::pair<Family, std::string>, std::string>;

bool IsSynced(std::uint64_t number) { return number % 3 != 0; }

std::string ValueOf(std::uint64_t number) { return std::string(200 + number % 300, static_cast<char>('a' + number % 26)); }

void Fill(Batch& batch, std::uint64_t number) {
  batch.Put(Family::kLog, PairKey(1, number), ValueOf(number));
  batch.Put(Family::kOutstanding, PairKey(2, number % 5), ValueOf(number));
  if (number % 4 == 0) batch.Delete(Family::kOutstanding, PairKey(2, (number + 1) % 5));
  if (number % 10 == 0) batch.DeleteRange(Family::kLog, PairKey(1, number - 9), PairKey(1, number - 4));
}

Model After(std::uint64_t groups) {
  Model model;
  for (std::uint64_t number = 1; number <= groups; ++number) {
    model[{Family::kLog, PairKey(1, number)}] = ValueOf(number);
    model[{Family::kOutstanding, PairKey(2, number % 5)}] = ValueOf(number);
    if (number % 4 == 0) model.erase({Family::kOutstanding, PairKey(2, (number + 1) % 5)});
    if (number % 10 == 0) {
      for (std::uint64_t i = number - 9; i < number - 4; ++i) model.erase({Family::kLog, PairKey(1, i)});
    }
  }
  return model;
}

class CrashTest : public testing::Test {
 protected:
  // A folder and a marker of its own for each run.
  void Begin() {
    Close();
    marker_ = test::MemoryMarker();
    path_ = temp_ / ("store" + std::to_string(++runs_));
    ASSERT_TRUE(Open().ok());
  }
  Status Open() {
    Close();
    RocksdbOptions options;
    options.seam = faults_.seam();
    options.memtable_bytes = 8u << 10;  // many flushes
    auto opened = RocksdbKv::Open(path_, options);
    if (!opened.ok()) return std::move(opened).error();
    kv_ = std::move(*opened);
    auto committer = Committer::Open(*kv_, marker_);
    if (!committer.ok()) {
      kv_.reset();
      return std::move(committer).error();
    }
    committer_ = std::move(*committer);
    return {};
  }
  void Close() {
    committer_.reset();
    kv_.reset();
  }
  Status CommitNext() {
    CommitGroup group;
    group.batch = kv_->NewBatch();
    const std::uint64_t number = committer_->state().number + 1;
    Fill(*group.batch, number);
    group.sync = IsSynced(number) ? Sync::kYes : Sync::kNo;
    group.engine_time = Time(Nanos(static_cast<std::int64_t>(number)));
    return committer_->Commit(std::move(group));
  }
  Model Stored() {
    Model stored;
    for (const Family family : {Family::kLog, Family::kOutstanding}) {
      const Status status =
          kv_->Scan(family, PairKey(0, 0), PairKey(9, 0), ReadMode::kExact, [&](auto key, auto value) {
            stored[{family, std::string(key)}] = std::string(value);
            return true;
          });
      EXPECT_TRUE(status.ok());
    }
    return stored;
  }
  // After a crash: everything up to the last synced group is there, nothing after the last committed, no half group.
  void ExpectRecovered(std::uint64_t synced, std::uint64_t committed) {
    const Status status = Open();
    ASSERT_TRUE(status.ok()) << status.error().message;
    const std::uint64_t found = committer_->state().number;
    EXPECT_GE(found, synced);
    EXPECT_LE(found, committed);
    EXPECT_EQ(committer_->state().engine_time, Time(Nanos(static_cast<std::int64_t>(found))));
    EXPECT_TRUE(Stored() == After(found)) << "after group " << found;
    ASSERT_TRUE(CommitNext().ok());  // and it goes on
  }
  // What a process without power wrote into its marker was not written.
  void ForgetMarksAfter(std::uint64_t synced) { ASSERT_TRUE(marker_.Store(synced).ok()); }
  std::string NewestLog() {
    std::string newest;
    for (const auto& entry : fs::directory_iterator(path_)) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return newest;
  }

  test::TempFolder temp_;
  FaultFs faults_;
  test::MemoryMarker marker_;
  std::string path_;
  int runs_ = 0;
  std::unique_ptr<RocksdbKv> kv_;
  std::unique_ptr<Committer> committer_;
};

constexpr FaultFs::Tail kTails[] = {FaultFs::Tail::kDropped, FaultFs::Tail::kTorn, FaultFs::Tail::kGarbled};

TEST_F(CrashTest, APowerCutAtEveryCommitBoundaryLosesNoSyncedGroup) {
  constexpr std::uint64_t kGroups = 40;
  for (std::uint64_t groups = 0; groups <= kGroups; ++groups) {
    SCOPED_TRACE("cut after group " + std::to_string(groups));
    Begin();
    std::uint64_t synced = 0;
    for (std::uint64_t number = 1; number <= groups; ++number) {
      ASSERT_TRUE(CommitNext().ok());
      if (IsSynced(number)) synced = number;
    }
    faults_.CutPower();
    Close();
    faults_.PowerOn(kTails[groups % 3], groups);
    ExpectRecovered(synced, groups);
    if (HasFatalFailure()) return;
  }
}

TEST_F(CrashTest, APowerCutInTheMiddleOfAnythingLosesNoSyncedGroup) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Begin();
    std::mt19937_64 random(seed);
    faults_.CutPowerAt(1 + random() % 150);
    std::uint64_t synced = 0;
    std::uint64_t attempted = 0;
    while (attempted < 60) {
      ++attempted;
      const bool answered = CommitNext().ok() && faults_.has_power();
      if (!answered) break;
      if (IsSynced(attempted)) synced = attempted;
    }
    ForgetMarksAfter(synced);
    faults_.CutPower();
    Close();
    faults_.PowerOn(kTails[seed % 3], seed);
    ExpectRecovered(synced, attempted);
    if (HasFatalFailure()) return;
  }
}

TEST_F(CrashTest, APowerCutDuringRecoveryLosesNothingEither) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Begin();
    for (std::uint64_t number = 1; number <= 20; ++number) ASSERT_TRUE(CommitNext().ok());
    faults_.CutPower();
    Close();
    faults_.PowerOn(FaultFs::Tail::kTorn, seed);
    faults_.CutPowerAt(seed * 2);
    ASSERT_TRUE(Open().ok());
    faults_.CutPower();
    Close();
    faults_.PowerOn(FaultFs::Tail::kTorn, seed);
    ExpectRecovered(20, 20);
    if (HasFatalFailure()) return;
  }
}

TEST_F(CrashTest, TheEndOfTheProcessLosesNothing) {
  Begin();
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(CommitNext().ok());
  ExpectRecovered(30, 30);
}

TEST_F(CrashTest, AFailedSyncIsFinal) {
  Begin();
  ASSERT_TRUE(CommitNext().ok());
  faults_.FailSync(".log", 1);
  const Status status = CommitNext();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
  EXPECT_THAT(status.error().message, HasSubstr("planned sync error"));
  for (const Sync sync : {Sync::kNo, Sync::kYes}) {
    auto batch = kv_->NewBatch();
    batch->Put(Family::kMeta, "k", "v");
    EXPECT_FALSE(kv_->Write(std::move(batch), sync).ok());
  }
  EXPECT_TRUE(kv_->BackgroundError().has_value());
  EXPECT_EQ(*marker_.Load(), 1u);
  faults_.CutPower();
  Close();
  faults_.PowerOn(FaultFs::Tail::kDropped, 1);
  ExpectRecovered(1, 2);
}

TEST_F(CrashTest, AFailedWriteIsFinal) {
  for (const bool no_space : {false, true}) {
    Begin();
    ASSERT_TRUE(CommitNext().ok());
    faults_.FailAppend(".log", 1, no_space);
    const Status status = CommitNext();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, no_space ? ErrorCode::kStorageFull : ErrorCode::kInternal);
    EXPECT_FALSE(CommitNext().ok());
    EXPECT_TRUE(kv_->BackgroundError().has_value());
    faults_.CutPower();
    Close();
    faults_.PowerOn(FaultFs::Tail::kTorn, 1);
    ExpectRecovered(1, 2);
  }
}

// A full disk under a background job: it shows, and nothing that was committed is lost.
TEST_F(CrashTest, NoSpaceForATableIsReportedAsFullAndLosesNothing) {
  Begin();
  faults_.FailAppend(".sst", 1, true);
  std::uint64_t committed = 0;
  while (committed < 2'000 && !kv_->BackgroundError()) {
    if (!CommitNext().ok()) break;
    ++committed;
  }
  ASSERT_TRUE(test::WaitFor([&] { return kv_->BackgroundError().has_value(); }));
  EXPECT_EQ(kv_->BackgroundError()->code, ErrorCode::kStorageFull);
  const Status next = CommitNext();
  EXPECT_TRUE(next.ok() || next.error().code == ErrorCode::kStorageFull) << next.error().message;
  faults_.CutPower();
  Close();
  faults_.PowerOn(FaultFs::Tail::kDropped, 1);
  ExpectRecovered(*marker_.Load().value(), committed + 1);
}

// Bytes that were synced, altered later: RocksDB alone opens such a store and says nothing.
TEST_F(CrashTest, AFlippedBitInTheMiddleOfTheLogIsRefusedByNumber) {
  for (const double where : {0.2, 0.5, 0.9}) {
    Begin();
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(CommitNext().ok());
    ASSERT_TRUE(CommitNext().ok());  // the 10th is synced
    faults_.CutPower();
    Close();
    faults_.PowerOn(FaultFs::Tail::kDropped, 1);
    const std::string log = NewestLog();
    test::FlipBit(log, static_cast<std::uint64_t>(static_cast<double>(fs::file_size(log)) * where));
    const Status status = Open();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kDataLoss);
    EXPECT_EQ(status.error().reason, "MISSING_COMMIT_GROUPS");
    EXPECT_THAT(status.error().message, HasSubstr("to 10 are missing"));
  }
}

TEST_F(CrashTest, ALostTailThatWasSyncedIsRefusedByNumber) {
  Begin();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(CommitNext().ok());
  faults_.CutPower();
  Close();
  faults_.PowerOn(FaultFs::Tail::kDropped, 1);
  const std::string log = NewestLog();
  fs::resize_file(log, fs::file_size(log) - 1);
  const Status status = Open();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("groups 10 to 10 are missing"));
}

TEST_F(CrashTest, JudgingAStoreReadOnlyChangesNothingAndSeesWhatRecoveryWouldFind) {
  Begin();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(CommitNext().ok());
  faults_.CutPower();
  Close();
  faults_.PowerOn(FaultFs::Tail::kDropped, 1);
  const std::string log = NewestLog();
  const auto size = fs::file_size(log);
  test::FlipBit(log, size / 2);
  RocksdbOptions options;
  options.seam = faults_.seam();
  const std::uint64_t operations = faults_.operations();
  for (int i = 0; i < 2; ++i) {
    auto meta = RocksdbKv::OpenMetaReadOnly(path_, options);
    ASSERT_TRUE(meta.ok()) << meta.error().message;
    EXPECT_EQ(Committer::Recover(**meta, marker_).error().reason, "MISSING_COMMIT_GROUPS");
  }
  EXPECT_EQ(faults_.operations(), operations);
  test::FlipBit(log, size / 2);  // repaired: nothing is missing any more
  ExpectRecovered(10, 10);
}

}  // namespace
}  // namespace broker::storage
