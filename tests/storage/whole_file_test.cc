#include "storage/whole_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace broker::storage {
namespace {

class WholeFile : public ::testing::Test {
 public:
  const test::TempFolder folder;
  const std::string path = folder / "secret";

  std::string Read() {
    const auto read = ReadWholeFile(path);
    if (!read.ok()) return std::string(ToString(read.error().code));
    return read->value_or("(none)");
  }
};

TEST_F(WholeFile, IsReadAsItWasWritten) {
  EXPECT_EQ(Read(), "(none)");
  ASSERT_TRUE(WriteWholeFile(folder.path(), path, std::string("a\0b", 3), 0600).ok());
  EXPECT_EQ(Read(), std::string("a\0b", 3));
  ASSERT_TRUE(WriteWholeFile(folder.path(), path, "c", 0600).ok());
  EXPECT_EQ(Read(), "c");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST_F(WholeFile, HasTheModeAskedFor) {
  ASSERT_TRUE(WriteWholeFile(folder.path(), path, "a", 0600).ok());
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(WholeFile, ThatIsTooLargeOrHasNoFolderIsRefused) {
  std::ofstream(path) << std::string(kMaxWholeFileBytes + 1, 'x');
  EXPECT_EQ(Read(), "data_loss");
  EXPECT_FALSE(WriteWholeFile(folder / "nothing", folder / "nothing/a", "a", 0600).ok());
}

}  // namespace
}  // namespace broker::storage
