// A new folder of this test's own, removed with everything in it when the test is done.
#pragma once

#include <filesystem>
#include <string>

namespace broker::test {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Size in bytes of the regular files below `folder`, without those whose name ends in `except`.
std::uintmax_t FolderBytes(const std::filesystem::path& folder, const std::string& except = {});

}  // namespace broker::test
