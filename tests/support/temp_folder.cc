#include "tests/support/temp_folder.h"

#include <stdlib.h>

#include "broker/base/check.h"

namespace broker::test {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
  std::string pattern = (fs::temp_directory_path() / "broker-test-XXXXXX").string();
  BROKER_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::uintmax_t FolderBytes(const fs::path& folder, const std::string& except) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!except.empty() && name.ends_with(except)) continue;
    if (!entry.is_regular_file(error)) continue;
    const std::uintmax_t size = entry.file_size(error);  // a background job may just have removed it
    if (!error) bytes += size;
  }
  return bytes;
}

}  // namespace broker::test
