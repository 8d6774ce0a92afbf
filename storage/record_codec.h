// The envelope of every durable value: the serialised protobuf record, then 8 bytes (little-endian) of XXH3-64 over the
// record, seeded with XXH3-64 of the key: a value that turns up under another key does not hold either. A value that does not hold is reported, never returned. Format versions are per data folder
// (data_folder.h).
#pragma once

#include <google/protobuf/message_lite.h>

#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::storage {

std::string Seal(std::string_view key, const google::protobuf::MessageLite& record);

// Errors: kDataLoss (reason CHECKSUM_MISMATCH or MALFORMED_RECORD) naming the key in hex.
Status Open(std::string_view key, std::string_view value, google::protobuf::MessageLite& record);

}  // namespace broker::storage
