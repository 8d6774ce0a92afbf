#include "storage/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "broker/storage/v0/records.pb.h"
#include "storage/folder_lock.h"
#include "storage/record_codec.h"
#include "tests/support/temp_folder.h"

namespace broker::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CountingEntropy final : public Entropy {
 public:
  std::uint64_t Next64() override { return ++next_; }

 private:
  std::uint64_t next_ = 1000;
};

class DataFolderTest : public testing::Test {
 protected:
  void Open() {
    folder_.reset();
    auto opened = DataFolder::Open(path_, entropy_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    folder_ = std::move(*opened);
  }
  void Close() { folder_.reset(); }
  // The refusal, which must name the folder.
  Error Refused(const std::string& path) {
    const auto opened = DataFolder::Open(path, entropy_);
    if (opened.ok()) {
      ADD_FAILURE() << path << " was opened";
      return {};
    }
    EXPECT_THAT(opened.error().message, HasSubstr(path));
    return opened.error();
  }
  Error Refused() { return Refused(path_); }
  void Commit(std::string_view key, Sync sync = Sync::kYes) {
    CommitGroup group;
    group.batch = folder_->kv().NewBatch();
    group.batch->Put(Family::kLog, key, "value");
    group.sync = sync;
    const Status status = folder_->committer().Commit(std::move(group));
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  bool Has(std::string_view key) { return folder_->kv().Get(Family::kLog, key, ReadMode::kExact)->has_value(); }
  static void WriteFile(const fs::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    ASSERT_TRUE(file.good());
  }
  // Every file below the folder with its bytes.
  std::map<std::string, std::string> Content() {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      content[entry.path().string()] = bytes.str();
    }
    return content;
  }

  test::TempFolder temp_;
  const std::string path_ = temp_ / "data";
  CountingEntropy entropy_;
  std::unique_ptr<DataFolder> folder_;
};

TEST_F(DataFolderTest, CreatesTheFolderAndKeepsItsIdAndGroups) {
  Open();
  EXPECT_EQ(folder_->id(), 1001u);
  EXPECT_EQ(folder_->committer().state().number, 0u);
  Commit("a");
  Commit("b", Sync::kNo);
  Open();
  EXPECT_EQ(folder_->id(), 1001u);
  EXPECT_EQ(folder_->committer().state().number, 2u);
  EXPECT_TRUE(Has("a"));
  EXPECT_TRUE(Has("b"));
}

TEST_F(DataFolderTest, TheIdIsInTheStoreForTheEngine) {
  Open();
  v0::FolderRecord record;
  ASSERT_TRUE(
      storage::Open("folder", **folder_->kv().Get(Family::kMeta, "folder", ReadMode::kExact), record).ok());
  EXPECT_EQ(record.folder_id(), folder_->id());
  EXPECT_EQ(record.format_version(), kFormatVersion);
}

TEST_F(DataFolderTest, TakesAnEmptyFolder) {
  fs::create_directory(path_);
  fs::create_directory(path_ + "/lost+found");
  Open();
}

TEST_F(DataFolderTest, GoesOnAfterAnInterruptedCreation) {
  fs::create_directory(path_);
  WriteFile(path_ + "/LOCK", "12\n");
  WriteFile(path_ + "/FORMAT.tmp", "bro");
  Open();
  Close();
  fs::remove_all(path_ + "/store");
  fs::remove(path_ + "/marker");
  Open();
  EXPECT_EQ(folder_->id(), 1002u);
}

TEST_F(DataFolderTest, RefusesWhatIsNotAFolder) {
  WriteFile(path_, "text");
  EXPECT_EQ(Refused().reason, "NOT_A_FOLDER");
  EXPECT_EQ(Refused(path_ + "/below").reason, "NOT_A_FOLDER");
}

TEST_F(DataFolderTest, RefusesAPlaceWithoutAParent) {
  const Error error = Refused(temp_ / "absent/data");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.reason, "PARENT_NOT_FOUND");
}

TEST_F(DataFolderTest, RefusesAFolderOfSomebodyElseAndLeavesItAlone) {
  fs::create_directory(path_);
  WriteFile(path_ + "/photo.jpg", "bytes");
  const auto before = Content();
  const Error error = Refused();
  EXPECT_EQ(error.code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(error.reason, "NOT_A_DATA_FOLDER");
  EXPECT_THAT(error.message, HasSubstr("photo.jpg"));
  EXPECT_EQ(Content(), before);
}

// Root may do anything: the test is somebody else while one of these lives.
class WithoutPrivileges {
 public:
  WithoutPrivileges() { EXPECT_TRUE(!root_ || ::seteuid(65534) == 0); }
  ~WithoutPrivileges() { EXPECT_TRUE(!root_ || ::seteuid(0) == 0); }

 private:
  const bool root_ = ::geteuid() == 0;
};

TEST_F(DataFolderTest, RefusesWithoutPermissionNamingThePath) {
  const std::string readable = temp_ / "readable";
  fs::create_directory(path_);
  fs::create_directory(readable);
  fs::permissions(temp_.path(), fs::perms::all);
  fs::permissions(path_, fs::perms::none);
  fs::permissions(readable, fs::perms(0555));
  {
    const WithoutPrivileges nobody;
    EXPECT_EQ(Refused().code, ErrorCode::kPermissionDenied);
    EXPECT_EQ(Refused(readable).code, ErrorCode::kPermissionDenied);
    EXPECT_EQ(Refused(readable + "/data").code, ErrorCode::kPermissionDenied);
  }
  fs::permissions(path_, fs::perms::owner_all);
  fs::permissions(readable, fs::perms::owner_all);
  EXPECT_TRUE(fs::is_empty(path_));
  EXPECT_TRUE(fs::is_empty(readable));
}

TEST_F(DataFolderTest, RefusesANewerFormatNamingBothAndChangingNothing) {
  Open();
  Commit("a");
  Close();
  WriteFile(path_ + "/FORMAT", "broker data folder, format version 7\n");
  const auto before = Content();
  const Error error = Refused();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.reason, "FORMAT_NOT_SUPPORTED");
  EXPECT_THAT(error.message, HasSubstr("format version 7"));
  EXPECT_THAT(error.message, HasSubstr("version 0"));
  EXPECT_EQ(Content(), before);
}

TEST_F(DataFolderTest, RefusesAStoreOfAnotherFormatThanTheFile) {
  Open();
  v0::FolderRecord record;
  record.set_format_version(3);
  auto batch = folder_->kv().NewBatch();
  batch->Put(Family::kMeta, "folder", Seal("folder", record));
  ASSERT_TRUE(folder_->kv().Write(std::move(batch), Sync::kYes).ok());
  Close();
  EXPECT_EQ(Refused().code, ErrorCode::kUnsupported);
}

TEST_F(DataFolderTest, RefusesAFormatFileThatSaysNothing) {
  fs::create_directory(path_);
  for (const auto* text : {"", "broker data folder, format version \n", "broker data folder, format version 0x\n", "x"}) {
    WriteFile(path_ + "/FORMAT", text);
    EXPECT_EQ(Refused().code, ErrorCode::kDataLoss) << text;
  }
}

TEST_F(DataFolderTest, RefusesAFolderThatAnotherProcessOwnsNamingIt) {
  Open();
  Close();
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FolderLock::Take(path_, path_ + "/LOCK");
    char byte = lock.ok() ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1 || ::read(done[0], &byte, 1) != 1) ::_exit(1);
    ::_exit(0);  // as abruptly as a kill: nothing is closed
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const Error error = Refused();
  EXPECT_EQ(error.code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(error.reason, "DATA_FOLDER_IN_USE");
  EXPECT_THAT(error.message, HasSubstr("process " + std::to_string(child)));
  ASSERT_EQ(::write(done[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  Open();  // the lock went with its owner
  for (const int end : {ready[0], ready[1], done[0], done[1]}) ::close(end);
}

TEST_F(DataFolderTest, RefusesASecondOwnerInOneProcess) {
  Open();
  EXPECT_EQ(Refused().reason, "DATA_FOLDER_IN_USE");
  Commit("a");
}

TEST_F(DataFolderTest, RefusesAStoreWithFewerGroupsThanTheMarkerSaysAndChangesNothing) {
  Open();
  for (int i = 0; i < 5; ++i) Commit("a");
  Close();
  fs::copy(path_ + "/store", temp_ / "saved", fs::copy_options::recursive);
  Open();
  for (int i = 0; i < 3; ++i) Commit("b");
  Close();
  fs::remove_all(path_ + "/store");
  fs::rename(temp_ / "saved", path_ + "/store");
  const auto before = Content();
  const Error error = Refused();
  EXPECT_EQ(error.code, ErrorCode::kDataLoss);
  EXPECT_EQ(error.reason, "MISSING_COMMIT_GROUPS");
  EXPECT_THAT(error.message, HasSubstr("groups 6 to 8 are missing"));
  EXPECT_THAT(error.message, HasSubstr("Salvage"));
  auto after = Content();
  after[path_ + "/LOCK"] = before.at(path_ + "/LOCK");
  EXPECT_EQ(after, before);

  // The documented salvage: without the marker the loss is accepted.
  fs::remove(path_ + "/marker");
  testing::internal::CaptureStderr();
  Open();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("marker_unreadable"));
  EXPECT_EQ(folder_->committer().state().number, 5u);
  EXPECT_TRUE(Has("a"));
}

TEST_F(DataFolderTest, RefusesAStoreThatWasRemoved) {
  Open();
  Commit("a");
  Close();
  fs::remove_all(path_ + "/store");
  EXPECT_EQ(Refused().reason, "MISSING_COMMIT_GROUPS");
}

TEST_F(DataFolderTest, RefusesAStoreWithoutItsFirstFileNamingThat) {
  Open();
  Commit("a");
  Close();
  fs::remove(path_ + "/store/CURRENT");
  const Error error = Refused();
  EXPECT_EQ(error.code, ErrorCode::kDataLoss);
  EXPECT_THAT(error.message, HasSubstr("store/CURRENT is not there"));
}

TEST_F(DataFolderTest, RefusesAFileInTheStoresPlace) {
  Open();
  Commit("a");
  Close();
  fs::remove_all(path_ + "/store");
  WriteFile(path_ + "/store", "");
  const Error error = Refused();
  EXPECT_EQ(error.reason, "NOT_A_FOLDER");
  EXPECT_THAT(error.message, HasSubstr("store is not a folder"));
}

TEST_F(DataFolderTest, RefusesAStoreThatItMayNotReadWithoutCallingItLost) {
  Open();
  Commit("a");
  Close();
  for (const fs::path& path : {temp_.path(), fs::path(path_), fs::path(path_ + "/LOCK"), fs::path(path_ + "/marker")}) {
    fs::permissions(path, fs::perms::all);
  }
  fs::permissions(path_ + "/store", fs::perms::none);
  {
    const WithoutPrivileges nobody;
    const Error error = Refused();
    EXPECT_EQ(error.code, ErrorCode::kPermissionDenied);
    EXPECT_THAT(error.message, HasSubstr("cannot read " + path_ + "/store: Permission denied"));
  }
  fs::permissions(path_ + "/store", fs::perms::owner_all);
  Open();
  EXPECT_TRUE(Has("a"));
}

TEST_F(DataFolderTest, RefusesAStoreWithoutItsManifest) {
  Open();
  Commit("a");
  Close();
  for (const auto& entry : fs::directory_iterator(path_ + "/store")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) fs::remove(entry.path());
  }
  const Error error = Refused();
  EXPECT_EQ(error.reason, "STORE_DAMAGED");
  EXPECT_THAT(error.message, HasSubstr("Salvage"));
}

TEST_F(DataFolderTest, RefusesAStoreWithoutOneOfItsTables) {
  Open();
  Commit("a");
  Open();  // recovery wrote tables
  Close();
  for (const auto& entry : fs::directory_iterator(path_ + "/store")) {
    if (entry.path().extension() == ".sst") fs::remove(entry.path());
  }
  EXPECT_EQ(Refused().code, ErrorCode::kDataLoss);
}

TEST_F(DataFolderTest, AsksForFreeSpaceWhereTheFolderIs) {
  DataFolderOptions options;
  options.space = [] { return FileSystemSpace{.free_bytes = 10u << 20, .total_bytes = 100u << 20}; };
  auto opened = DataFolder::Open(path_, entropy_, std::move(options));
  ASSERT_TRUE(opened.ok());
  EXPECT_THAT((*opened)->space().Check().value_or("not full"), HasSubstr(path_));
}

TEST_F(DataFolderTest, OpensAStoreOnlyWithRoomForWhatItsLogHolds) {
  Open();
  Commit("a");
  Close();
  const auto before = Content();
  FileSystemSpace space{.free_bytes = 50u << 20, .total_bytes = 100u << 20, .log_bytes = 40u << 20};
  const auto open = [&] { return DataFolder::Open(path_, entropy_, {.rocksdb = {}, .space = [&] { return space; }}); };
  const auto refused = open();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "STORAGE_FULL");
  for (const char* part : {path_.c_str(), "52428800 bytes free", "55574528", "log of 41943040 bytes"}) {
    EXPECT_THAT(refused.error().message, HasSubstr(part));
  }
  EXPECT_EQ(Content(), before);
  space.free_bytes = 53u << 20;
  EXPECT_TRUE(open().ok());
}

TEST_F(DataFolderTest, TheFileSystemsOwnProbeKnowsHowLargeTheLogIs) {
  Open();
  const auto empty = ProbeFileSystem(path_)();
  Commit("a");
  const auto written = ProbeFileSystem(path_)();
  ASSERT_TRUE(empty.ok() && written.ok());
  EXPECT_GT(written->log_bytes, empty->log_bytes);
  EXPECT_GT(written->free_bytes, written->log_bytes);
}

}  // namespace
}  // namespace broker::storage
