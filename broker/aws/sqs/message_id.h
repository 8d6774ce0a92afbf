// Ids of messages as this face shows them. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "broker/model/ids.h"

namespace broker::aws::sqs {

// A UUID for the message's place, the same whenever it is asked for and in no other data folder. It is a digest, in the
// form of a version 4, which clients may look for.
std::string MessageIdText(std::uint64_t folder_id, model::MessageId id);

// 20 digits, so that texts sort as numbers do.
std::string SequenceText(model::Sequence sequence);

}  // namespace broker::aws::sqs
