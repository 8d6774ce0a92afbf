// A small file as a whole: read, or replaced in one step. Not for what is appended to or large.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::storage {

inline constexpr std::size_t kMaxWholeFileBytes = 64u << 10;

// nullopt: there is no such file. Errors: those of FileError; kDataLoss (MALFORMED_RECORD) above kMaxWholeFileBytes.
Result<std::optional<std::string>> ReadWholeFile(const std::string& path);

// Durable when it returns, and never seen half written: file and folder are synced. `mode` is of a new file, such as 0600.
// Errors: those of FileError. REQUIRES: at most kMaxWholeFileBytes.
Status WriteWholeFile(const std::string& folder, const std::string& path, std::string_view bytes, std::uint32_t mode);

// Syncs the entries of a folder.
Status SyncFolder(const std::string& folder);

}  // namespace broker::storage
