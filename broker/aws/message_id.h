// Ids of messages in the form this wire has for them. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "broker/model/ids.h"

namespace broker::aws {

// A UUID (version 4 in form) that belongs to one message of one data folder: always the same for the same message, and
// not to be told from a random one.
std::string MessageUuid(std::uint64_t folder_id, model::MessageId id);

// Twenty decimal digits; of one log, greater for a later message.
std::string SequenceNumber(model::Sequence sequence);

}  // namespace broker::aws
