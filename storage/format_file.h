// Internal to storage: the file that marks a folder as ours and says its format version, in text, so that a folder of
// any version is recognised before its store is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/result.h"

namespace broker::storage {

// nullopt: there is no such file. Errors: kDataLoss (MALFORMED_RECORD), those of FileError.
Result<std::optional<std::uint32_t>> ReadFormatFile(const std::string& path);

// Durable when it returns: file and folder are synced.
Status WriteFormatFile(const std::string& folder, const std::string& path, std::uint32_t version);

}  // namespace broker::storage
