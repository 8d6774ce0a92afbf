#include "broker/server/signing_key_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace broker::server {
namespace {

TEST(SigningKeyFile, IsMadeOnceAndKept) {
  const test::TempFolder folder;
  const SystemClock clock;
  const auto first = OpenSigningKey(folder.path(), clock);
  ASSERT_TRUE(first.ok());
  const auto second = OpenSigningKey(folder.path(), clock);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->certificate(), first->certificate());
  EXPECT_EQ(std::filesystem::status(folder / "notification-key.pem").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SigningKeyFile, ThatIsDamagedIsRefusedByName) {
  const test::TempFolder folder;
  std::ofstream(folder / "notification-key.pem") << "nothing";
  const auto key = OpenSigningKey(folder.path(), SystemClock());
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(key.error().message, ::testing::HasSubstr("notification-key.pem: the signing key is damaged"));
}

}  // namespace
}  // namespace broker::server
